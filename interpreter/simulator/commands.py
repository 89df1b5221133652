"""The commands on a leg: by name, the state that each requires of its leg, and what it does. Bodies have been checked before."""

from collections.abc import Callable
from typing import NamedTuple

from callverbs.interpreter.simulator import (
    bridging,
    conversing,
    dialling,
    ending,
    forking,
    from_answer,
    gathering,
    media,
    queues,
    recording,
    ringing,
    siprec,
    streaming,
    supervising,
    transcribing,
)
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import Heard, SimulatedLeg, Sound
from callverbs.interpreter.simulator.refusals import Body, RefusalError

INFO_MAX_BYTES = 1_400
"""The longest body of an INFO (SDK, send_sip_info: "a 1,400 bytes limit")."""


class CommandHandler(NamedTuple):
    """Handles a command. `check_leg` raises RefusalError where the state of the leg does not allow it.

    `run` returns what the response names, besides the result.
    """

    check_leg: Callable[[SimulatedLeg], None]
    run: Callable[[Exchange, SimulatedLeg, Body], Body | None]
    method: str = "POST"


# --------------------------------------------------------------------------- the state of the leg


def _any_state(leg: SimulatedLeg) -> None:
    """Allows every leg. Those that have ended are refused earlier."""


def _answered(leg: SimulatedLeg) -> None:
    if not leg.is_up:
        raise RefusalError("90034", "the call has not been answered: answer it, and wait for call.answered")


def _incoming(leg: SimulatedLeg) -> None:
    if leg.direction == "outgoing":
        raise RefusalError("90102", "an outbound call is answered by whom it goes to")


def _incoming_unanswered(leg: SimulatedLeg) -> None:
    if leg.direction == "outgoing" or leg.is_up:
        raise RefusalError("10015", "only an inbound call that has not been answered can be rejected")


def _incoming_or_answered(leg: SimulatedLeg) -> None:
    if leg.direction == "outgoing":
        _answered(leg)


# --------------------------------------------------------------------------- what commands do


def _answer(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Body | None:
    if leg.state != "ringing":  # what a second answer does is undocumented: here it does nothing
        return None
    leg.routing.take(body)
    from_answer.ask(exchange, leg, body)
    ringing.answer(exchange, leg)
    return {"recording_id": leg.recording_id} if leg.recording_id else None


def _reject(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    ending.hang_up_by_carrier(exchange, leg, ending.REASON_OF_REJECT_CAUSE[body["cause"]])


def _hang_up(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    rings_out = leg.direction == "outgoing" and leg.state == "ringing"
    ending.hang_up_by_carrier(exchange, leg, ending.ORIGINATOR_CANCEL if rings_out else ending.NORMAL_CLEARING)


def _transcription_start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    transcribing.start(exchange, leg, body)


def _transcription_stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    transcribing.stop(exchange, leg)


def _speak(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    media.play(exchange, leg, media.speech_sound(body), body.get("stop", ""))


def _playback_start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    media.play(exchange, leg, _required_file(exchange, body), body.get("stop", ""))


def _required_file(exchange: Exchange, body: Body) -> Sound:
    sound = media.file_sound(exchange, body)
    if sound is None:
        raise RefusalError("10004", "there is nothing to play: audio_url or media_name is missing", "/audio_url")
    return sound


def _playback_stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    if body.get("overlay", False):
        media.stop_overlays(exchange, leg)
    else:
        media.stop(exchange, leg, body.get("stop", "all"))


def _gather(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    gathering.start(exchange, leg, gathering.gather_without_prompt(body))


def _gather_using_speak(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    def prompt() -> Sound:
        return _without_webhooks(media.speech_sound(body))

    def invalid_prompt() -> Sound | None:
        return _without_webhooks(media.speech_sound(body, "invalid_payload")) if "invalid_payload" in body else None

    gathering.start(exchange, leg, gathering.gather_with_prompt(body, prompt, invalid_prompt))


def _without_webhooks(sound: Sound) -> Sound:
    sound.has_webhooks = False  # "gather_using_speak announces no speak webhooks"
    return sound


def _gather_using_audio(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    _required_file(exchange, body)  # a refused command must not cancel the gather in progress
    gather = gathering.gather_with_prompt(
        body, lambda: _required_file(exchange, body), lambda: media.file_sound(exchange, body, "invalid_")
    )
    gathering.start(exchange, leg, gather)


def _gather_stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    gathering.stop(exchange, leg)


def _streaming_start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    streaming.start(exchange, leg, body)


def _streaming_stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    streaming.stop(exchange, leg, body.get("stream_id", ""))


def _stop_conversation(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    conversing.stop(exchange, leg)


def _bridge(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    if "queue" in body:
        _bridge_with_queue(exchange, leg, body)
    else:
        _bridge_with_call(exchange, leg, body)
    if options := recording.answer_options(body):
        recording.start(exchange, leg, options)


def _bridge_with_call(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    pointer = "/call_control_id"
    if "call_control_id" not in body:
        raise RefusalError("10004", "say whom to bridge with: call_control_id or queue is missing", pointer)
    other = exchange.live_leg(body["call_control_id"], pointer)
    bridging.check_bridge(leg, other, prevent_double_bridge=body.get("prevent_double_bridge", False), pointer=pointer)
    bridging.bridge(exchange, leg, other, parks=_parks(body))


def _parks(body: Body) -> bool:
    """Returns whether the leg outlives the bridge: parked, or on hold, which the carrier reports no more than that it is parked."""
    return "park_after_unbridge" in body or body.get("hold_after_unbridge", False)


def _bridge_with_queue(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Bridges with the call that has waited longest. It leaves the queue even if that fails (SPEC, bridge: queue)."""
    other = queues.first(exchange, body["queue"])
    if other.ended:  # keep_after_hangup: who has gone is told of by the refusal
        queues.leave(exchange, other, "hangup")
        raise RefusalError("90018", f"the call {other.id} of the queue has ended", "/queue")
    try:
        bridging.check_bridge(leg, other, prevent_double_bridge=body.get("prevent_double_bridge", False), pointer="/queue")
    except RefusalError:
        queues.leave(exchange, other, "bridging-in-process")
        raise
    bridging.bridge(exchange, leg, other, parks=_parks(body))


def _enqueue(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    queues.check_can_enter(exchange, leg, body["queue_name"], body.get("max_size"))
    ending.unbridge(exchange, leg)
    ending.leave_conference(exchange, leg)
    queues.enter(exchange, leg, body)


def _leave_queue(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    if leg.queue is None:
        raise RefusalError("90035", "the call waits in no queue")
    queues.leave(exchange, leg, "leave")


def _refer(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    bridging.refer(exchange, leg, body["sip_address"])


def _send_dtmf(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    ringing.send_digits(exchange, leg, body["digits"])


def _send_sip_info(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Hands the INFO to the far end: a leg that it is bridged with hears of it, and a person does nothing with it.

    SPEC has no schema of that webhook; of its fields we know none but these two.
    """
    if len(body["body"].encode()) > INFO_MAX_BYTES:
        raise RefusalError("10015", f"an INFO has {INFO_MAX_BYTES} bytes at the most", "/body")
    leg.heard.append(Heard("info", body["body"], exchange.clock.now(), whole=True))
    if leg.peer:
        exchange.send_webhook(leg.peer, "call.sip_info.received", {"content_type": body["content_type"], "body": body["body"]})


def _client_state_update(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Does nothing: the carrier sets the client_state of every command before it runs it."""


def _suppress(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    leg.noise_suppression = body.get("direction", "inbound")


def _suppress_no_more(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    leg.noise_suppression = ""


COMMAND_HANDLERS = {
    "answer": CommandHandler(_incoming, _answer),
    "reject": CommandHandler(_incoming_unanswered, _reject),
    "hangup": CommandHandler(_any_state, _hang_up),
    "transcription_start": CommandHandler(_answered, _transcription_start),
    "transcription_stop": CommandHandler(_answered, _transcription_stop),
    "speak": CommandHandler(_answered, _speak),
    "playback_start": CommandHandler(_answered, _playback_start),
    "playback_stop": CommandHandler(_answered, _playback_stop),
    "gather": CommandHandler(_answered, _gather),
    "gather_using_speak": CommandHandler(_answered, _gather_using_speak),
    "gather_using_audio": CommandHandler(_answered, _gather_using_audio),
    "gather_stop": CommandHandler(_answered, _gather_stop),
    "streaming_start": CommandHandler(_answered, _streaming_start),
    "streaming_stop": CommandHandler(_answered, _streaming_stop),
    "conversation_relay_start": CommandHandler(_answered, conversing.start_relay),
    "record_start": CommandHandler(_answered, recording.start),
    "record_stop": CommandHandler(_answered, recording.stop),
    "record_pause": CommandHandler(_answered, recording.pause),
    "record_resume": CommandHandler(_answered, recording.resume),
    "conversation_relay_stop": CommandHandler(_answered, _stop_conversation),
    "gather_using_ai": CommandHandler(_answered, conversing.start_asking),
    "ai_assistant_start": CommandHandler(_answered, conversing.start_assistant),
    "ai_assistant_stop": CommandHandler(_answered, _stop_conversation),
    "ai_assistant_join": CommandHandler(_answered, conversing.join_conversation),
    "ai_assistant_add_messages": CommandHandler(_answered, conversing.add_messages),
    "bridge": CommandHandler(_answered, _bridge),
    "fork_start": CommandHandler(_answered, forking.start),
    "fork_stop": CommandHandler(_answered, forking.stop),
    "siprec_start": CommandHandler(_answered, siprec.start),
    "siprec_stop": CommandHandler(_answered, siprec.stop),
    "send_sip_info": CommandHandler(_answered, _send_sip_info),
    "suppression_start": CommandHandler(_answered, _suppress),
    "suppression_stop": CommandHandler(_answered, _suppress_no_more),
    "switch_supervisor_role": CommandHandler(_answered, supervising.switch_role),
    "enqueue": CommandHandler(_answered, _enqueue),
    "leave_queue": CommandHandler(_answered, _leave_queue),
    "transfer": CommandHandler(_incoming_or_answered, dialling.transfer),
    "refer": CommandHandler(_answered, _refer),
    "send_dtmf": CommandHandler(_answered, _send_dtmf),
    "client_state_update": CommandHandler(_any_state, _client_state_update, "PUT"),
}

OTHER_COMMANDS = frozenset({"pay"})
"""What the live carrier can do on a leg, and this one cannot."""
