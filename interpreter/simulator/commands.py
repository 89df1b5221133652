"""The carrier's commands: one table, name by name, of what each of them needs and does. Bodies are checked before they come here."""

from collections.abc import Callable
from typing import NamedTuple

from callverbs.interpreter.simulator import bridging, dialling, ending, gathering, media, ringing
from callverbs.interpreter.simulator.exchange import Body, Exchange
from callverbs.interpreter.simulator.legs import Leg, Sound
from callverbs.interpreter.simulator.refusals import RefusalError


class Command(NamedTuple):
    """What a command needs of its leg, and what it does."""

    needs: Callable[[Leg], None]
    run: Callable[[Exchange, Leg, Body], None]
    method: str = "POST"


# --------------------------------------------------------------------------- what they need


def _life(leg: Leg) -> None:
    """Every command does: who is over has been refused before."""


def _answer(leg: Leg) -> None:
    if not leg.is_up:
        raise RefusalError("90034", "the call has not been answered: answer it, and wait for call.answered")


def _incoming(leg: Leg) -> None:
    if leg.direction == "outgoing":
        raise RefusalError("90102", "an outbound call is answered by whom it goes to")


def _ringing(leg: Leg) -> None:
    if leg.direction == "outgoing" or leg.is_up:
        raise RefusalError("10015", "only an inbound call that has not been answered can be rejected")


def _transferable(leg: Leg) -> None:
    if leg.direction == "outgoing":
        _answer(leg)


# --------------------------------------------------------------------------- what they do


def _pick_up(exchange: Exchange, leg: Leg, body: Body) -> None:
    if leg.state == "ringing":  # what a second answer does is undocumented: here, nothing
        leg.url = body.get("webhook_url", leg.url)
        ringing.answer(exchange, leg)


def _reject(exchange: Exchange, leg: Leg, body: Body) -> None:
    ending.by_us(exchange, leg, ending.REJECTED[body["cause"]])


def _hang_up(exchange: Exchange, leg: Leg, body: Body) -> None:
    ringing_out = leg.direction == "outgoing" and leg.state == "ringing"
    ending.by_us(exchange, leg, ending.CANCELLED if ringing_out else ending.CLEARED)


def _speak(exchange: Exchange, leg: Leg, body: Body) -> None:
    media.play(exchange, leg, media.speech(body), body.get("stop", ""))


def _play(exchange: Exchange, leg: Leg, body: Body) -> None:
    media.play(exchange, leg, _needed(media.file(exchange, body)), body.get("stop", ""))


def _needed(sound: Sound | None) -> Sound:
    if sound is None:
        raise RefusalError("10004", "there is nothing to play: audio_url or media_name is missing", "/audio_url")
    return sound


def _silence(exchange: Exchange, leg: Leg, body: Body) -> None:
    if body.get("overlay", False):
        media.stop_overlays(exchange, leg)
    else:
        media.stop(exchange, leg, body.get("stop", "all"))


def _gather(exchange: Exchange, leg: Leg, body: Body) -> None:
    gathering.begin(exchange, leg, gathering.plain(body))


def _gather_using_speak(exchange: Exchange, leg: Leg, body: Body) -> None:
    def prompt() -> Sound:
        return _unannounced(media.speech(body))

    def apology() -> Sound | None:
        return _unannounced(media.speech(body, "invalid_payload")) if "invalid_payload" in body else None

    gathering.begin(exchange, leg, gathering.prompted(body, prompt, apology))


def _unannounced(sound: Sound) -> Sound:
    sound.announced = False  # "gather_using_speak announces no speak webhooks"
    return sound


def _gather_using_audio(exchange: Exchange, leg: Leg, body: Body) -> None:
    _needed(media.file(exchange, body))
    gather = gathering.prompted(body, lambda: _needed(media.file(exchange, body)), lambda: media.file(exchange, body, "invalid_"))
    gathering.begin(exchange, leg, gather)


def _gather_stop(exchange: Exchange, leg: Leg, body: Body) -> None:
    gathering.stop(exchange, leg)


def _bridge(exchange: Exchange, leg: Leg, body: Body) -> None:
    pointer = "/call_control_id"
    other = exchange.alive(body["call_control_id"], pointer)
    bridging.check(leg, other, once=body.get("prevent_double_bridge", False), pointer=pointer)
    bridging.connect(exchange, leg, other, parks="park_after_unbridge" in body)


def _refer(exchange: Exchange, leg: Leg, body: Body) -> None:
    bridging.refer(exchange, leg, body["sip_address"])


def _send_dtmf(exchange: Exchange, leg: Leg, body: Body) -> None:
    ringing.send(exchange, leg, body["digits"])


def _state(exchange: Exchange, leg: Leg, body: Body) -> None:
    """The state alone: it has been set already, as with every command."""


TABLE = {
    "answer": Command(_incoming, _pick_up),
    "reject": Command(_ringing, _reject),
    "hangup": Command(_life, _hang_up),
    "speak": Command(_answer, _speak),
    "playback_start": Command(_answer, _play),
    "playback_stop": Command(_answer, _silence),
    "gather": Command(_answer, _gather),
    "gather_using_speak": Command(_answer, _gather_using_speak),
    "gather_using_audio": Command(_answer, _gather_using_audio),
    "gather_stop": Command(_answer, _gather_stop),
    "bridge": Command(_answer, _bridge),
    "transfer": Command(_transferable, dialling.transfer),
    "refer": Command(_answer, _refer),
    "send_dtmf": Command(_answer, _send_dtmf),
    "client_state_update": Command(_life, _state, "PUT"),
}
