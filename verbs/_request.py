"""A call that an operator wants placed: the body of `POST /calls`, and what of it the call itself needs."""

from typing import Any

import msgspec
from msgspec import Struct

import schemas
from schemas import Fault
from verbs._amd import Amd
from verbs._spec import Hook, HookSpec
from verbs._target import Target


class CallSpec(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """How the call is placed. Times in seconds."""

    to: Target
    caller_name: str = ""
    timeout: float = 60.0
    time_limit: float = 0.0
    headers: dict[str, Any] = {}
    amd: Amd | None = None
    carrier: dict[str, Any] = {}


class CallRequest(Struct, frozen=True, kw_only=True):
    """The whole request: the call, and who runs it."""

    from_: str
    spec: CallSpec
    tag: dict[str, Any] | None = None
    app: str = ""
    call_hook: Hook | None = None
    status_hook: Hook | None = None


def faults(body: Any) -> list[Fault]:
    """What is wrong with the body of `POST /calls`."""
    return schemas.faults("components/call", body)


def read(body: dict[str, Any]) -> CallRequest:
    """A request from its checked body. A bare string of `to` is a SIP URI or a number."""
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
