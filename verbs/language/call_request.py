"""A call that an operator wants placed: the body of `POST /calls`, and what of it the call itself needs."""

from typing import Any

import msgspec

from callverbs import schemas
from callverbs.schemas import Diagnostic
from callverbs.verbs.language.spec import Amd, Hook, HookSpec
from callverbs.verbs.language.target import Target
from callverbs.verbs.language.word import Word


class CallSpec(Word, rename="camel"):
    """How the call is placed. Times in seconds."""

    to: Target
    caller_name: str = ""
    timeout: float = 60.0
    time_limit: float | None = None
    headers: dict[str, Any] = {}
    amd: Amd | None = None
    carrier: dict[str, Any] = {}


class CallRequest(Word):
    """The whole request: the call, and who runs it."""

    from_: str
    spec: CallSpec
    tag: dict[str, Any] | None = None
    app: str = ""
    call_hook: Hook | None = None
    status_hook: Hook | None = None


def diagnose(body: Any) -> list[Diagnostic]:
    """Returns what is wrong with the body of `POST /calls`."""
    return schemas.diagnose("components/call", body)


def read(body: dict[str, Any]) -> CallRequest:
    """Reads a request from its checked body. A bare string of `to` is a SIP URI or a number."""
    to = body["to"]
    if isinstance(to, str):
        to = {"type": "sip", "sipUri": to} if to.lower().startswith(("sip:", "sips:")) else {"type": "phone", "number": to}
    return CallRequest(
        from_=body["from"],
        spec=msgspec.convert({**body, "to": to}, CallSpec),
        tag=body.get("tag"),
        app=body.get("app", ""),
        call_hook=_hook(body.get("call_hook")),
        status_hook=_hook(body.get("call_status_hook")),
    )


def _hook(written: Any) -> Hook | None:
    return msgspec.convert(written, HookSpec) if isinstance(written, dict) else written
