"""Collects keys: what ends an input, what makes it valid, and how often the prompt is played. Every key has a webhook of its own, too.

`gather` has no prompt, and its timeouts run from the command. gather_using_speak and gather_using_audio have a prompt that the first
key stops, and their timeouts run from the end of the prompt.
"""

from collections.abc import Callable

from callverbs.interpreter.simulator import conversing, media, streaming
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import GatherState, SimulatedLeg, Sound
from callverbs.interpreter.simulator.refusals import Body

VALID, INVALID, TIMEOUT, CANCELLED, CALL_HANGUP = "valid", "invalid", "timeout", "cancelled", "call_hangup"


def gather_without_prompt(body: Body) -> GatherState:
    """Returns the gather of the command `gather`."""
    return _gather(body, body.get("initial_timeout_millis", 5_000), body.get("timeout_millis", 60_000))


def gather_with_prompt(body: Body, prompt: Callable[[], Sound], invalid_prompt: Callable[[], Sound | None]) -> GatherState:
    """Returns the gather of a command with a prompt."""
    gather = _gather(body, body.get("timeout_millis", 60_000), 0)
    gather.tries_left, gather.prompt, gather.invalid_prompt = body.get("maximum_tries", 3), prompt, invalid_prompt
    return gather


def _gather(body: Body, first_digit_millis: int, total_millis: int) -> GatherState:
    return GatherState(
        minimum_digits=body.get("minimum_digits", 1),
        maximum_digits=body.get("maximum_digits", 128),
        terminating_digit=body.get("terminating_digit", "#"),
        id=body.get("gather_id", ""),
        valid_digits=body.get("valid_digits", "0123456789#*"),
        inter_digit_seconds=body.get("inter_digit_timeout_millis", 5_000) / 1000,
        first_digit_seconds=first_digit_millis / 1000,
        total_seconds=total_millis / 1000,
    )


def start(exchange: Exchange, leg: SimulatedLeg, gather: GatherState) -> None:
    """Starts a gather. One in progress is cancelled (the carrier documents nothing else)."""
    stop(exchange, leg)
    leg.gather = gather
    if gather.total_seconds:
        gather.total_timer = exchange.call_later(leg, gather.total_seconds, lambda: _finish(exchange, leg, gather, TIMEOUT))
    _start_try(exchange, leg, gather)


def stop(exchange: Exchange, leg: SimulatedLeg, status: str = CANCELLED) -> None:
    """Ends the gather in progress, with the keys that were pressed so far."""
    if leg.gather is not None:
        _finish(exchange, leg, leg.gather, status)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the gather of a leg that is about to end."""
    stop(exchange, leg, CALL_HANGUP)


def press_key(exchange: Exchange, leg: SimulatedLeg, key: str) -> None:
    """Handles a key that the party presses."""
    leg.keys += key
    exchange.send_webhook(leg, "call.dtmf.received", {"digit": key})
    streaming.press(leg, key)
    conversing.press(exchange, leg, key)
    gather = leg.gather
    if gather is None:
        return
    _stop_waiting(exchange, leg, gather)
    if key == gather.terminating_digit:
        _finish_try(exchange, leg, gather)
        return
    gather.digits += key
    if len(gather.digits) >= gather.maximum_digits:
        _finish_try(exchange, leg, gather)
    else:
        gather.timers.append(exchange.call_later(leg, gather.inter_digit_seconds, lambda: _finish_try(exchange, leg, gather)))


def _start_try(exchange: Exchange, leg: SimulatedLeg, gather: GatherState, invalid_prompt: Sound | None = None) -> None:
    """Starts one try: plays the prompt, then waits for the first key."""
    gather.digits = ""
    gather.tries_left -= 1
    gather.sounds = [sound for sound in (invalid_prompt, gather.prompt() if gather.prompt else None) if sound]
    if gather.sounds:
        gather.sounds[-1].on_ended = lambda: _wait_for_key(exchange, leg, gather)
        for sound in gather.sounds:
            media.play(exchange, leg, sound)
    else:
        _wait_for_key(exchange, leg, gather)


def _wait_for_key(exchange: Exchange, leg: SimulatedLeg, gather: GatherState) -> None:
    """Starts the time to the first key, after the prompt."""
    if gather.first_digit_seconds:
        gather.timers.append(exchange.call_later(leg, gather.first_digit_seconds, lambda: _on_no_key(exchange, leg, gather)))
    leg.party.on_waiting_for_keys()


def _on_no_key(exchange: Exchange, leg: SimulatedLeg, gather: GatherState) -> None:
    if gather.tries_left > 0:
        _start_try(exchange, leg, gather)
    else:
        _finish(exchange, leg, gather, TIMEOUT)


def _finish_try(exchange: Exchange, leg: SimulatedLeg, gather: GatherState) -> None:
    """Ends the gather if the input is valid, or it was the last try; otherwise starts the next try."""
    valid = len(gather.digits) >= gather.minimum_digits and set(gather.digits) <= set(gather.valid_digits)
    if not valid and gather.tries_left > 0:
        _start_try(exchange, leg, gather, gather.invalid_prompt() if gather.invalid_prompt else None)
    else:
        _finish(exchange, leg, gather, VALID if valid else INVALID)


def _finish(exchange: Exchange, leg: SimulatedLeg, gather: GatherState, status: str) -> None:
    leg.gather = None
    _stop_waiting(exchange, leg, gather)
    if gather.total_timer:
        gather.total_timer.cancel()
    named = {"gather_id": gather.id} if gather.id else {}
    exchange.send_webhook(leg, "call.gather.ended", {"digits": gather.digits, "status": status, **named})


def _stop_waiting(exchange: Exchange, leg: SimulatedLeg, gather: GatherState) -> None:
    """Stops the prompt, and the timers that wait for a key."""
    for timer in gather.timers:
        timer.cancel()
    gather.timers.clear()
    for sound in reversed(gather.sounds):  # the last one first, or it would begin when the one before it ends
        media.remove(exchange, leg, sound)
    gather.sounds.clear()
