"""The INVITE of a call that came in, as the first hook is told of it.

The carrier passes on who calls whom and some headers, not the request. jambonz' hooks have the whole request, and clients read it, so the
rest is written here as jambonz' own SBC would have: what the carrier tells is true, and everything else is the same for every call.
"""

from typing import Any

from callverbs.verbs.language.app import App
from callverbs.verbs.language.leg import Leg

METHODS = "INVITE, ACK, CANCEL, BYE, INFO, NOTIFY, OPTIONS, REFER"


def describe(app: App, leg: Leg) -> dict[str, Any]:
    """Returns the request with method, uri, headers, an empty body, and as text (`raw`). Headers of the carrier come before ours."""
    uri = f"sip:{leg.to}@{app.sip_address}"
    passed_on = {name.lower() for name in leg.headers}
    headers = {name: value for name, value in _headers(app, leg).items() if name.lower() not in passed_on} | leg.headers
    lines = [f"INVITE {uri} SIP/2.0", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return {"method": "INVITE", "uri": uri, "version": "2.0", "headers": headers, "body": "", "payload": [], "raw": "\r\n".join(lines)}


def _headers(app: App, leg: Leg) -> dict[str, str]:
    """Returns the headers that RFC 3261 demands of every INVITE, and those that jambonz' SBC adds."""
    name = f'"{leg.caller_name}" ' if leg.caller_name else ""
    return {
        "via": f"SIP/2.0/UDP {app.sip_address};branch=z9hG4bK{leg.call_leg_id}",
        "max-forwards": "70",
        "from": f"{name}<sip:{leg.from_}@{app.public_ip}>;tag={leg.call_leg_id}",
        "to": f"<sip:{leg.to}@{app.public_ip}>",
        "call-id": leg.call_session_id,
        "cseq": "1 INVITE",
        "contact": f"<sip:{app.sip_address}>",
        "user-agent": "callverbs",
        "allow": METHODS,
        "supported": "timer",
        "min-se": "90",
        "content-type": "application/sdp",
        "content-length": "0",
        "X-Account-Sid": app.account_sid,
        "X-Application-Sid": app.sid,
        "X-CID": leg.call_session_id,
        "X-Forwarded-For": app.public_ip,
        "X-Originating-Carrier": app.trunk,
        "X-Voip-Carrier-Sid": app.connection_id,
    }
