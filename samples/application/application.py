"""A customer's application: a small reception desk. It answers hooks with verbs, and knows nothing of carriers.

Run it with `python samples/application/application.py 3000`, and serve it with `callverbs serve --app http://127.0.0.1:3000/call`.
"""

import hashlib
import hmac
import os
import sys
from typing import Any

from quart import Quart, Response, request

SECRET = os.environ.get("CALLVERBS_HOOK_SECRET", "")
SALES = ["+14155550101", "+14155550102", "+14155550103"]

app = Quart(__name__)


@app.before_request
async def check_signature() -> Response | None:
    """Answers only hooks that are signed with our secret: `Jambonz-Signature: t=<time>,v1=<hmac>`."""
    if not SECRET:
        return None
    parts = dict(part.split("=", 1) for part in request.headers.get("Jambonz-Signature", "t=,v1=").split(","))
    signed = f"{parts['t']}.".encode() + await request.get_data()
    wanted = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    return None if hmac.compare_digest(wanted, parts["v1"]) else Response("not signed by us", 403)


@app.post("/call")
async def call() -> list[dict[str, Any]]:
    """A call comes in."""
    return [
        {"verb": "tag", "data": {"desk": "reception"}},
        {
            "verb": "gather",
            "actionHook": "/menu",
            "numDigits": 1,
            "timeout": 8,
            "say": {"text": "Welcome to Acme. Press 1 for sales, or 2 to leave."},
        },
        {"verb": "say", "text": "We did not hear anything. Goodbye."},
    ]


@app.post("/menu")
async def menu() -> list[dict[str, Any]]:
    """The caller has chosen: three phones ring, and each that answers is asked whether to take the call."""
    chosen = (await request.get_json()).get("digits")
    if chosen != "1":
        return [{"verb": "say", "text": "Goodbye."}, {"verb": "hangup"}]
    return [
        {"verb": "say", "text": "One moment, please."},
        {
            "verb": "dial",
            "actionHook": "/dialed",
            "confirmHook": "/screen",
            "timeout": 20,
            "target": [{"type": "phone", "number": number} for number in SALES],
        },
    ]


@app.post("/screen")
async def screen() -> list[dict[str, Any]]:
    """A phone was picked up: a machine will not press a key."""
    caller = (await request.get_json()).get("caller_id", "somebody")
    prompt = f"A call for sales from {' '.join(caller[-4:])}. Press 1 to take it."
    return [
        {"verb": "gather", "actionHook": "/accept", "numDigits": 1, "timeout": 5, "say": {"text": prompt}},
        {"verb": "hangup"},
    ]


@app.post("/accept")
async def accept() -> list[dict[str, Any]]:
    """Verbs instead of the hangup let the call through; none, and the hangup is next."""
    accepted = (await request.get_json()).get("digits") == "1"
    return [{"verb": "say", "text": "Connecting you."}] if accepted else []


@app.post("/dialed")
async def dialed() -> list[dict[str, Any]]:
    """The call with sales is over, or never began."""
    status = (await request.get_json())["dial_call_status"]
    text = "Thank you for calling Acme. Goodbye." if status == "completed" else "Nobody is free right now. Please call again."
    return [{"verb": "say", "text": text}, {"verb": "hangup"}]


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
