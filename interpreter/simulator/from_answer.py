"""What a dial, an answer or a transfer asks for from the answer on: a recording, a stream, a transcription.

Nobody is there any more to be told of a refusal: what cannot begin is a warning.
"""

from callverbs.interpreter.simulator import recording, streaming, transcribing
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError


def ask(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Notes what a command asks for. A recording has its id at once."""
    leg.from_answer = body
    if recording.answer_options(body):
        leg.recording_id = exchange.ids.uuid("recording")


def start(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Starts what was asked for, now that the leg is answered."""
    body = leg.from_answer
    try:
        if options := recording.answer_options(body):
            recording.start(exchange, leg, options, leg.recording_id)
        if "stream_url" in body:
            streaming.start(exchange, leg, body)
        if body.get("transcription", False):
            transcribing.start(exchange, leg, body.get("transcription_config", {}))
    except RefusalError as refusal:
        exchange.warn(f"what was asked for from the answer on cannot begin: {refusal}")
