"""What a dial, an answer or a transfer asks for from the answer on: a recording, a stream, a conversation, a conference …

Nobody is there any more to be told of a refusal: what cannot begin is a warning.
"""

from callverbs.interpreter.simulator import conferences, conversing, deepfake, recording, streaming, supervising, transcribing
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
    deepfake.start(exchange, leg, body)
    try:
        if options := recording.answer_options(body):
            recording.start(exchange, leg, options, leg.recording_id)
        if "stream_url" in body:
            streaming.start(exchange, leg, body)
        if body.get("transcription", False):
            transcribing.start(exchange, leg, body.get("transcription_config", {}))
        if "supervise_call_control_id" in body:
            supervising.start(exchange, leg, body)
        if "assistant" in body:
            conversing.start_assistant(exchange, leg, body)
        if "conversation_relay_config" in body:
            conversing.start_relay(exchange, leg, body["conversation_relay_config"])
        if "conference_config" in body:
            _join_conference(exchange, leg, body["conference_config"])
    except RefusalError as refusal:
        exchange.warn(f"what was asked for from the answer on cannot begin: {refusal}")


def _join_conference(exchange: Exchange, leg: SimulatedLeg, config: Body) -> None:
    """Puts a leg into the conference of an id or a name, which is made where there is none of that name."""
    name = config.get("conference_name", "")
    named = [one for one in exchange.conferences.values() if one.name == name and not one.ended_at]
    if "id" in config:
        conferences.join(exchange, conferences.find_live(exchange, config["id"]), leg, config)
    elif named:
        conferences.join(exchange, named[0], leg, config)
    elif name:
        conferences.create(exchange, leg, {**config, "name": name})
    else:
        raise RefusalError("10004", "conference_config needs id or conference_name", "/conference_config")
