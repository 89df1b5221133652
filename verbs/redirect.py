"""`redirect`: ask another hook what to do."""

from urllib.parse import urlsplit

from callverbs.verbs.language.app import App
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.spec import Hook, HookSpec, Spec
from callverbs.verbs.language.verb import Verb


class RedirectSpec(Spec):
    """A redirect as written."""

    action_hook: Hook
    status_hook: Hook | None = None


class Redirect(Verb[RedirectSpec]):
    """Asks its hook. Verbs in the reply replace the call's program; none, and the next verb runs; a failure ends the call."""

    def action_hook(self, app: App) -> Hook | None:
        return None  # asked at the start, not at the finish

    def start(self, call: VerbContext) -> None:
        call.ask(self.spec.action_hook, self.on_redirect_reply, action=True)
        call.move_hooks(base_url=origin(self.spec.action_hook), status_hook=self.spec.status_hook)

    def on_redirect_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if reply.failed:
            call.end_program()
        elif reply.verbs:
            call.replace_root(reply.verbs)
        else:
            call.finish()


def origin(hook: Hook) -> str | None:
    """Returns scheme, host and port of an absolute hook; None for a relative one, and for what is no URL."""
    try:
        url = urlsplit(hook.url if isinstance(hook, HookSpec) else hook)
    except ValueError:
        return None
    return f"{url.scheme}://{url.netloc}" if url.scheme in ("http", "https") else None
