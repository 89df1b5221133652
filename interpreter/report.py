"""What applications are told of a call: the payload that every hook carries, in jambonz's names or a dialect's.

Sources: jambonz call-info.js (the fields), http-requestor.js (snake case), middleware.js (what the first hook has besides).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from interpreter.outcome import Turn
from verbs._commands import Ask
from verbs._leg import Leg
from verbs._spec import Credentials, Hook, HookSpec

RENAMED: dict[str, dict[str, str]] = {"cognigy": {"dial_call_status": "dial_status"}}
"""By dialect, the keys that it names otherwise."""
FINAL = ("completed", "failed", "busy", "no-answer")


def payload(turn: Turn, leg: Leg) -> dict[str, Any]:
    """The fields that every hook about a leg carries (jambonz CallInfo.toJSON)."""
    session = turn.session
    told: dict[str, Any] = {
        "call_sid": leg.call_leg_id,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "call_id": leg.call_control_id,
        "sip_status": leg.sip_status,
        "sip_reason": leg.sip_reason,
        "call_status": leg.call_status,
        "account_sid": session.app.account_sid,
        "application_sid": session.app.sid,
        "trace_id": session.id,
    }
    if leg.parent:
        told["parent_call_sid"] = session.legs[leg.parent].call_leg_id
        told["caller_id"] = leg.from_
    if leg.customer_data is not None:
        told["customerData"] = leg.customer_data
    if leg.gone and leg.answered_at:
        told["duration"] = round(leg.ended_at - leg.answered_at)
    if leg.gone:
        told["call_termination_by"] = "jambonz" if leg.ending else "caller"
    return told


def first(turn: Turn, leg: Leg) -> dict[str, Any]:
    """What the first hook carries besides."""
    app = turn.session.app
    voice = app.synthesizer
    told: dict[str, Any] = {
        "defaults": {
            "synthesizer": {"vendor": voice.vendor, "language": voice.language, "voice": voice.voice},
            "recognizer": {"vendor": "default", "language": voice.language},
        }
    }
    if leg.inbound:
        told |= {"caller_name": leg.caller_name, "sip": {"method": "INVITE", "headers": leg.headers}}
    if app.env_vars:
        told["env_vars"] = app.env_vars
    return told


def question(turn: Turn, hook: Hook, kind: Any, leg: Leg, extra: Mapping[str, Any], key: str = "", lane: str = "") -> Ask:
    """A hook's question in full: where it goes, and what it carries."""
    told = {**payload(turn, leg), **(first(turn, leg) if kind == "call" else {}), **extra}
    renamed = RENAMED.get(turn.session.app.dialect, {})
    spec = hook if isinstance(hook, HookSpec) else HookSpec(hook)
    basic = Credentials(spec.username, spec.password or "") if spec.username else spec.basic_auth
    return Ask(
        kind=kind,
        url=resolve(spec.url, turn.session.base_url or turn.session.app.base_url),
        method=spec.method.upper(),
        auth=basic,
        payload={renamed.get(name, name): value for name, value in told.items()},
        key=key,
        lane=lane,
    )


def resolve(url: str, base_url: str) -> str:
    """An absolute URL. A path goes to the base's origin, and so does a bare word, which reads as `/word`; what is no URL stays."""
    try:
        if urlsplit(url).scheme or not base_url:
            return url
    except ValueError:
        return url
    origin = urlsplit(base_url)
    return urljoin(f"{origin.scheme}://{origin.netloc}/", "/" + url.lstrip("/"))


def stand(turn: Turn, leg: Leg, call_status: str, sip_status: int, sip_reason: str | None = None) -> Ask | None:
    """A leg's new standing, and the question that tells it; None where there is nobody to tell, or nothing new."""
    if leg.call_status in FINAL and leg.announced:
        return None
    leg.stand(call_status, sip_status, sip_reason)
    hook = turn.session.status_hook or turn.session.app.status_hook
    if not hook:
        return None
    return question(turn, hook, "status", leg, {}, lane="status")
