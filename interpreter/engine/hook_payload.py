"""What hooks are told of a call: the payload that every request carries, in jambonz's names or a dialect's.

Sources: jambonz call-info.js (the fields), http-requestor.js (snake case), middleware.js (what the first hook has besides).
"""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from callverbs.interpreter.engine import invite, outbox
from callverbs.interpreter.engine.outcome import Turn
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.messages import AllowedVerbs, HookRequest
from callverbs.verbs.language.spec import Credentials, Hook, HookSpec

DIALECT_KEYS: dict[str, dict[str, str]] = {"cognigy": {"dial_call_status": "dial_status"}}
"""By dialect, the keys that it names otherwise."""
FINAL_STATUSES = ("completed", "failed", "busy", "no-answer")
STATUS_ORDERING_KEY = "status"


def payload(turn: Turn, leg: Leg) -> dict[str, Any]:
    """Returns the fields that every hook about a leg carries (jambonz CallInfo.toJSON)."""
    session = turn.session
    fields: dict[str, Any] = {
        "call_sid": leg.call_leg_id,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "call_id": leg.call_control_id or leg.call_leg_id,
        "sip_status": leg.sip_status,
        "sip_reason": leg.sip_reason,
        "call_status": leg.call_status,
        "account_sid": session.app.account_sid,
        "application_sid": session.app.sid,
        "trace_id": session.id,
        "fs_sip_address": session.app.sip_address,
        "fs_public_ip": session.app.public_ip,
    }
    if leg.call_session_id:
        fields["sbc_callid"] = leg.call_session_id
    if leg.inbound:
        fields |= {"originating_sip_ip": session.app.public_ip, "originating_sip_trunk_name": session.app.trunk}
    if leg.parent:
        fields["parent_call_sid"] = session.legs[leg.parent].call_leg_id
        fields["caller_id"] = leg.from_
    if leg.customer_data is not None:
        fields["customerData"] = leg.customer_data
    if leg.client_state:
        fields["client_state"] = leg.client_state
    if leg.call_status == "completed":
        fields["duration"] = round((leg.ended_at or turn.at) - leg.answered_at)
    if not leg.parent and (leg.call_status == "completed" or (leg.inbound and leg.call_status == "no-answer")):
        fields["call_termination_by"] = "jambonz" if leg.ending else "caller"
    return fields


def refresh(turn: Turn, leg: Leg) -> None:
    """Brings requests about a leg up to date that wait for an earlier one. What the status hook is told stays as it was then."""
    entries = turn.session.open_entries()
    for entry in entries:
        message = entry.message
        if not isinstance(message, HookRequest) or message.kind == "status" or message.payload.get("call_sid") != leg.call_leg_id:
            continue
        if any(entry.waits_for(other) for other in entries):
            entry.message = msgspec.structs.replace(message, payload={**message.payload, **payload(turn, leg)})


def first_payload(turn: Turn, leg: Leg) -> dict[str, Any]:
    """Returns what the first hook carries besides."""
    app = turn.session.app
    voice = app.synthesizer
    fields: dict[str, Any] = {
        "defaults": {
            "synthesizer": {"vendor": voice.vendor, "language": voice.language, "voice": voice.voice},
            "recognizer": {"vendor": "default", "language": voice.language},
        }
    }
    if leg.inbound:
        fields |= {
            "caller_name": leg.caller_name,
            "has_recording": False,
            "local_sip_address": app.sip_address,
            "public_ip": app.public_ip,
            "service_provider_sid": app.service_provider_sid,
            "sip": invite.describe(app, leg),
        }
    if app.env_vars:
        fields["env_vars"] = app.env_vars
    return fields


def request(
    turn: Turn,
    hook: Hook,
    kind: Literal["call", "action", "verb", "notify", "status"],
    leg: Leg,
    extra: Mapping[str, Any],
    *,
    reply: str = "",
    about: str = "",
    allowed: AllowedVerbs = "",
    ordering_key: str = "",
    sensitive: bool = False,
) -> HookRequest:
    """Returns the request to a hook: where it goes, and what it carries. The keywords are those of HookRequest."""
    fields = {**payload(turn, leg), **(first_payload(turn, leg) if kind == "call" else {}), **extra}
    if "local_sip_address" in fields:  # the first hook of an inbound call has these names of the two instead (middleware.js)
        del fields["fs_sip_address"], fields["fs_public_ip"]
    renamed = DIALECT_KEYS.get(turn.session.app.dialect, {})
    spec = hook if isinstance(hook, HookSpec) else HookSpec(url=hook)
    basic = Credentials(username=spec.username, password=spec.password or "") if spec.username else spec.basic_auth
    return HookRequest(
        kind=kind,
        url=resolve(spec.url, turn.session.base_url or turn.session.app.base_url),
        method=spec.method.upper(),
        auth=basic,
        payload={renamed.get(name, name): value for name, value in fields.items()},
        reply=reply,
        about=about,
        allowed=allowed,
        ordering_key=ordering_key,
        sensitive=sensitive,
    )


def resolve(url: str, base_url: str) -> str:
    """Returns an absolute URL. A path goes to the base's origin, and so does a bare word, which reads as `/word`; what is no URL stays."""
    try:
        if urlsplit(url).scheme or not base_url:
            return url
    except ValueError:
        return url
    origin = urlsplit(base_url)
    return urljoin(f"{origin.scheme}://{origin.netloc}/", "/" + url.lstrip("/"))


# --------------------------------------------------------------------------- call status


def set_status(turn: Turn, leg: Leg, call_status: str, sip_status: int, sip_reason: str | None = None) -> None:
    """Sets the call status of a leg. It is reported if the application knows of the leg."""
    if leg.reported:
        report_status(turn, leg, call_status, sip_status, sip_reason)
    else:
        leg.set_status(call_status, sip_status, sip_reason)


def report_status(turn: Turn, leg: Leg, call_status: str, sip_status: int, sip_reason: str | None = None) -> None:
    """Sets the call status of a leg, and tells the status hook; from now on the application knows of the leg. A final status stays."""
    leg.reported = True
    if leg.call_status in FINAL_STATUSES:
        return
    leg.set_status(call_status, sip_status, sip_reason)
    tell_status_hook(turn, leg, {})


def tell_status_hook(turn: Turn, leg: Leg, extra: Mapping[str, Any]) -> None:
    """Tells the status hook, if there is one, how a leg stands. Requests to it go one at a time."""
    if hook := turn.session.status_hook or turn.session.app.status_hook:
        outbox.add(turn, request(turn, hook, "status", leg, extra, ordering_key=STATUS_ORDERING_KEY), 0)
