"""A Call Control program that knows nothing of callverbs: it answers, asks for a key, and says which one it was.

It speaks with the carrier through the carrier's own SDK, which reads TELNYX_BASE_URL and TELNYX_API_KEY.
"""

from quart import Quart, request
from telnyx import AsyncTelnyx

app = Quart(__name__)


@app.post("/webhooks")
async def on_webhook() -> str:
    """Sends the command that follows an event."""
    event = (await request.get_json())["data"]
    leg = event["payload"]["call_control_id"]
    async with AsyncTelnyx() as carrier:
        commands = carrier.calls.actions
        match event["event_type"]:
            case "call.initiated":
                await commands.answer(leg)
            case "call.answered":
                await commands.gather_using_speak(leg, payload="Press 1 for sales.", voice="AWS.Polly.Joanna", maximum_digits=1)
            case "call.gather.ended":
                await commands.speak(leg, payload=f"You pressed {event['payload']['digits']}.", voice="AWS.Polly.Joanna")
            case "call.speak.ended":
                await commands.hangup(leg)
    return ""
