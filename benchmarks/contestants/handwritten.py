"""A simring by hand: what one writes in an afternoon with Quart and the carrier's own SDK.

Its calls are in a dict: they are gone when it stops, and no other server can take over. It answers, rings three phones, bridges the
first that answers, hangs up the others, tells a hook the result, says goodbye and hangs up.
"""

import base64
import os
import sys
from typing import Any

import httpx
import telnyx
import uvicorn
from quart import Quart, request

TARGETS = ["+14155550101", "+14155550102", "+14155550103"]
HOOK = os.environ["HOOK"]

app = Quart(__name__)
calls: dict[str, dict[str, Any]] = {}
legs: dict[str, str] = {}


@app.before_serving
async def open_clients() -> None:
    app.carrier = telnyx.AsyncTelnyx(
        api_key=os.environ["TELNYX_API_KEY"], base_url=os.environ["TELNYX_BASE_URL"], public_key=os.environ["TELNYX_PUBLIC_KEY"]
    )
    app.hooks = httpx.AsyncClient()


@app.post("/webhooks/telnyx")
async def webhook() -> dict[str, str]:
    carrier: telnyx.AsyncTelnyx = app.carrier
    body = await request.get_data(as_text=True)
    event = carrier.webhooks.unwrap(body, headers=dict(request.headers)).data
    assert event
    assert event.payload
    payload: Any = event.payload
    leg = payload.call_control_id
    match event.event_type:
        case "call.initiated" if payload.direction == "incoming":
            calls[leg] = {"legs": [], "winner": None, "said": False}
            legs[leg] = leg
            await app.hooks.post(HOOK + "/call", json={"from": payload.from_, "to": payload.to})
            await carrier.calls.actions.answer(leg)
        case "call.answered" if legs.get(leg) == leg:
            await carrier.calls.actions.start_playback(leg, audio_url="https://example.com/ringback.mp3", loop="infinity")
            state = base64.b64encode(leg.encode()).decode()
            for to in TARGETS:
                dialled = await carrier.calls.dial(
                    connection_id="1", from_=payload.from_, to=to, link_to=leg, client_state=state, timeout_secs=60
                )
                assert dialled.data
                legs[dialled.data.call_control_id] = leg
                calls[leg]["legs"].append(dialled.data.call_control_id)
        case "call.answered" if payload.client_state:
            caller = base64.b64decode(payload.client_state).decode()
            call = calls[caller]
            if call["winner"] is None:
                call["winner"] = leg
                for other in call["legs"]:
                    if other != leg:
                        await _quiet(carrier.calls.actions.hangup(other))
                await carrier.calls.actions.stop_playback(caller)
                await carrier.calls.actions.bridge(caller, call_control_id_to_bridge_with=leg, park_after_unbridge="self")
        case "call.hangup":
            caller = legs.get(leg, leg)
            if caller in calls and calls[caller]["winner"] == leg:
                await app.hooks.post(HOOK + "/dialed", json={"dial_call_status": "completed"})
                await carrier.calls.actions.speak(caller, payload="Goodbye.", voice="AWS.Polly.Joanna-Neural")
            elif caller == leg:
                calls.pop(leg, None)
        case "call.speak.ended":
            await carrier.calls.actions.hangup(leg)
    return {}


async def _quiet(command: Any) -> None:
    """A phone that has just hung up cannot be hung up again."""
    try:
        await command
    except telnyx.APIStatusError:
        return


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
