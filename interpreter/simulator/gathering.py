"""How keys are collected: what ends an input, what makes it valid, how often the prompt is given. Every key is told of as well.

`gather` has no prompt and counts its time from the command; gather_using_speak and gather_using_audio give a prompt that the first
key stops, and count their time from the prompt's end.
"""

from collections.abc import Callable

from callverbs.interpreter.simulator import media
from callverbs.interpreter.simulator.exchange import Body, Exchange
from callverbs.interpreter.simulator.legs import Gather, Leg, Sound

VALID, INVALID, TIMEOUT, CANCELLED, CUT = "valid", "invalid", "timeout", "cancelled", "call_hangup"


def plain(body: Body) -> Gather:
    """What `gather` asks for."""
    return _read(body, first=body.get("initial_timeout_millis", 5_000), whole=body.get("timeout_millis", 60_000))


def prompted(body: Body, prompt: Callable[[], Sound], apology: Callable[[], Sound | None]) -> Gather:
    """What a gather with a prompt asks for."""
    gather = _read(body, first=body.get("timeout_millis", 60_000), whole=0)
    gather.tries, gather.prompt, gather.apology = body.get("maximum_tries", 3), prompt, apology
    return gather


def _read(body: Body, first: int, whole: int) -> Gather:
    return Gather(
        least=body.get("minimum_digits", 1),
        most=body.get("maximum_digits", 128),
        ends_with=body.get("terminating_digit", "#"),
        allowed=body.get("valid_digits", "0123456789#*"),
        between=body.get("inter_digit_timeout_millis", 5_000) / 1000,
        first=first / 1000,
        whole=whole / 1000,
    )


def begin(exchange: Exchange, leg: Leg, gather: Gather) -> None:
    """Start to collect; one that is still collecting is cancelled (the carrier documents nothing else)."""
    stop(exchange, leg)
    leg.gather = gather
    if gather.whole:
        gather.last_chance = exchange.later(leg, gather.whole, lambda: _finish(exchange, leg, gather, TIMEOUT))
    _ask(exchange, leg, gather, [])


def stop(exchange: Exchange, leg: Leg, status: str = CANCELLED) -> None:
    """End what is being collected, with the keys that were typed so far."""
    if leg.gather is not None:
        _finish(exchange, leg, leg.gather, status)


def cut(exchange: Exchange, leg: Leg) -> None:
    """The leg is about to end."""
    stop(exchange, leg, CUT)


def press(exchange: Exchange, leg: Leg, key: str) -> None:
    """The party types a key."""
    leg.keys += key
    exchange.tell(leg, "call.dtmf.received", {"digit": key})
    gather = leg.gather
    if gather is None:
        return
    _silence(exchange, leg, gather)
    if key == gather.ends_with:
        _judge(exchange, leg, gather)
        return
    gather.digits += key
    if len(gather.digits) >= gather.most:
        _judge(exchange, leg, gather)
    else:
        gather.timers.append(exchange.later(leg, gather.between, lambda: _judge(exchange, leg, gather)))


def _ask(exchange: Exchange, leg: Leg, gather: Gather, first: list[Sound]) -> None:
    """One try: the prompt, then the wait for the first key."""
    gather.digits = ""
    gather.tries -= 1
    gather.sounds = [*first, *([gather.prompt()] if gather.prompt else [])]
    if gather.sounds:
        gather.sounds[-1].then = lambda: _wait(exchange, leg, gather)
        for sound in gather.sounds:
            media.play(exchange, leg, sound)
    else:
        _wait(exchange, leg, gather)


def _wait(exchange: Exchange, leg: Leg, gather: Gather) -> None:
    """The prompt is over, and no key has been typed yet."""
    if gather.first:
        gather.timers.append(exchange.later(leg, gather.first, lambda: _nothing(exchange, leg, gather)))
    leg.party.waits()


def _nothing(exchange: Exchange, leg: Leg, gather: Gather) -> None:
    """No key in time."""
    if gather.tries > 0:
        _ask(exchange, leg, gather, [])
    else:
        _finish(exchange, leg, gather, TIMEOUT)


def _judge(exchange: Exchange, leg: Leg, gather: Gather) -> None:
    """The party has finished typing."""
    valid = len(gather.digits) >= gather.least and set(gather.digits) <= set(gather.allowed)
    if not valid and gather.tries > 0:
        apology = gather.apology() if gather.apology else None
        _ask(exchange, leg, gather, [apology] if apology else [])
    else:
        _finish(exchange, leg, gather, VALID if valid else INVALID)


def _finish(exchange: Exchange, leg: Leg, gather: Gather, status: str) -> None:
    leg.gather = None
    _silence(exchange, leg, gather)
    if gather.last_chance:
        gather.last_chance.cancel()
    exchange.tell(leg, "call.gather.ended", {"digits": gather.digits, "status": status})


def _silence(exchange: Exchange, leg: Leg, gather: Gather) -> None:
    """The prompt stops, and so do the clocks that wait for a key."""
    for timer in gather.timers:
        timer.cancel()
    gather.timers.clear()
    for sound in reversed(gather.sounds):  # the last one first, or it would begin when the one before it ends
        media.withdraw(exchange, leg, sound)
    gather.sounds.clear()
