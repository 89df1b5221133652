"""`redirect`: ask another hook what to do."""

from typing import ClassVar
from urllib.parse import urlsplit

from verbs._app import App
from verbs._call import Call
from verbs._events import HookFailed, HookReplied
from verbs._spec import Hook, HookSpec, Spec
from verbs._verb import Verb


class RedirectSpec(Spec, frozen=True, kw_only=True, tag="redirect"):
    """A redirect as written."""

    action_hook: Hook
    status_hook: Hook | None = None


class Redirect(Verb, kw_only=True, tag="redirect"):
    """Asks its hook. Verbs in the reply replace the call's program; none, and the next verb runs; a failure ends the call."""

    name: ClassVar[str] = "redirect"
    Spec: ClassVar[type[Spec]] = RedirectSpec

    spec: RedirectSpec

    def action_hook(self, app: App) -> Hook | None:
        return None  # asked at the start, not at the finish

    def start(self, call: Call) -> None:
        call.ask(self.spec.action_hook, kind="redirect")
        call.move(base_url=origin(self.spec.action_hook), status_hook=self.spec.status_hook)

    def on_hook_replied(self, call: Call, event: HookReplied) -> None:
        if event.verbs:
            call.replace(event.verbs)
        else:
            call.finish()

    def on_hook_failed(self, call: Call, event: HookFailed) -> None:
        call.end()


def origin(hook: Hook) -> str | None:
    """Scheme, host and port of an absolute hook; None for a relative one, and for what is no URL."""
    try:
        url = urlsplit(hook.url if isinstance(hook, HookSpec) else hook)
    except ValueError:
        return None
    return f"{url.scheme}://{url.netloc}" if url.scheme in ("http", "https") else None
