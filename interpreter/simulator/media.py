"""What a leg hears, one thing after the other: speech and files in the order in which they were asked for. It never looks at keys.

Speech lasts as long as its words, a file as long as the table of files says. An overlay is heard beside the queue.
"""

import html
import re

from callverbs.interpreter.simulator.exchange import Body, Exchange
from callverbs.interpreter.simulator.legs import Heard, Leg, Sound

CHARACTERS = 14.0
"""Characters spoken in a second."""
BREATH = 0.3
"""Seconds that any speech takes besides."""
FILE = 4.0
"""Seconds that a file lasts that nobody knows."""
FETCH = 0.1
"""Seconds until the carrier knows that a file is not there."""
TAGS = re.compile(r"<[^>]*>")

CANCELLED, COMPLETED, CUT, FAILED, NOT_FOUND = "cancelled", "completed", "call_hangup", "failed", "file_not_found"
SPOKEN = {CANCELLED: COMPLETED}
"""Statuses that call.speak.ended has another word for: SPEC has no `cancelled` there."""


def speech(body: Body, payload: str = "payload") -> Sound:
    """The sound of a body that speaks."""
    text = spoken(body[payload], body.get("payload_type") == "ssml")
    return Sound("speak", text, BREATH + len(text) / CHARACTERS, rounds(body), targets=body.get("target_legs", "self"))


def spoken(payload: str, is_ssml: bool) -> str:
    """What is heard of a payload: SSML without its tags."""
    return " ".join(html.unescape(TAGS.sub(" ", payload)).split()) if is_ssml else payload


def file(exchange: Exchange, body: Body, prefix: str = "") -> Sound | None:
    """The sound of a body that plays a file; None where it names none. A prefix chooses other fields (`invalid_`)."""
    url, name = body.get(f"{prefix}audio_url"), body.get(f"{prefix}media_name")
    if not (url or name or "playback_content" in body):
        return None
    lasts = exchange.files.get(url or name or "", FILE)
    names = {key: value for key, value in (("media_url", url), ("media_name", name)) if value}
    return Sound(
        "playback",
        url or name or "(a file of its own)",
        lasts if isinstance(lasts, float | int) else FETCH,
        rounds(body),
        names=names,
        missing=lasts == "missing",
        overlay=body.get("overlay", False),
        targets=body.get("target_legs", "self"),
    )


def rounds(body: Body) -> int:
    """How often a body's sound is heard; 0 for ever."""
    loop = body.get("loop", 1)
    return 0 if loop == "infinity" else int(loop)


def play(exchange: Exchange, leg: Leg, sound: Sound, stops: str = "") -> None:
    """Let a sound be heard when those before it are over; `stops` (current, all) ends them now."""
    if sound.overlay:
        _overlay(exchange, leg, sound)
        return
    if stops:
        stop(exchange, leg, stops, sound)
        return
    leg.sounds.append(sound)
    _next(exchange, leg)


def stop(exchange: Exchange, leg: Leg, which: str = "all", instead: Sound | None = None) -> None:
    """Silence what is heard, and with `all` what waits to be heard; what never began has no end to tell of."""
    dropped = _clear(leg) if which == "all" else []
    if instead:
        leg.sounds.append(instead)
    if leg.sounds and leg.sounds[0].playing:
        _end(exchange, leg, leg.sounds[0], CANCELLED)
    _next(exchange, leg)
    for sound in dropped:
        if sound.then:
            sound.then()


def stop_overlays(exchange: Exchange, leg: Leg) -> None:
    """Silence what is heard beside the queue."""
    for sound in list(leg.overlays):
        _end(exchange, leg, sound, CANCELLED)


def withdraw(exchange: Exchange, leg: Leg, sound: Sound) -> None:
    """Silence one sound, or take it out of the queue; nothing follows from its end."""
    sound.then = None
    if sound.playing:
        _end(exchange, leg, sound, CANCELLED)
        _next(exchange, leg)
    elif sound in leg.sounds:
        leg.sounds.remove(sound)


def cut(exchange: Exchange, leg: Leg) -> None:
    """The leg is about to end: so does everything on it."""
    _clear(leg)
    for sound in [*leg.sounds, *leg.overlays]:
        sound.then = None
        _end(exchange, leg, sound, CUT)


def _clear(leg: Leg) -> list[Sound]:
    """What waits to be heard will not be."""
    waiting = [sound for sound in leg.sounds if not sound.playing]
    for sound in waiting:
        leg.sounds.remove(sound)
    return waiting


def _overlay(exchange: Exchange, leg: Leg, sound: Sound) -> None:
    leg.overlays.append(sound)
    if any(base.playing and base.kind == "playback" for base in leg.sounds):
        _begin(exchange, leg, sound)
    else:  # "only works if there is another audio file already being played" (SPEC, playback_start)
        _end(exchange, leg, sound, FAILED, "there is no file to lay it over")


def _next(exchange: Exchange, leg: Leg) -> None:
    if leg.sounds and not leg.sounds[0].playing:
        _begin(exchange, leg, leg.sounds[0])


def _begin(exchange: Exchange, leg: Leg, sound: Sound) -> None:
    sound.playing = True
    if sound.missing:
        sound.handles.append(exchange.later(leg, FETCH, lambda: _over(exchange, leg, sound)))
        return
    if sound.announced:
        exchange.tell(leg, f"call.{sound.kind}.started", _names(sound))
    now = exchange.clock.now()
    for listener in _listeners(leg, sound):
        entry = Heard("speech" if sound.kind == "speak" else "file", sound.what, now)
        listener.heard.append(entry)
        sound.entries.append(entry)
        listener.party.hears(sound)
    if sound.rounds:
        sound.handles.append(exchange.later(leg, sound.length * sound.rounds, lambda: _over(exchange, leg, sound)))


def _listeners(leg: Leg, sound: Sound) -> list[Leg]:
    """Who hears it: the leg's own party, the other one, or both (Telnyx: target_legs)."""
    return [one for one, who in ((leg, "self"), (leg.peer, "opposite")) if one and sound.targets in (who, "both")]


def _over(exchange: Exchange, leg: Leg, sound: Sound) -> None:
    _end(exchange, leg, sound, COMPLETED)
    _next(exchange, leg)


def _end(exchange: Exchange, leg: Leg, sound: Sound, status: str, detail: str = "") -> None:
    if sound.missing:  # it never began, whatever ends the search for it
        status, detail = NOT_FOUND, "the file is not there"
    for handle in sound.handles:
        handle.cancel()
    if sound.overlay:
        leg.overlays.remove(sound)
    else:
        leg.sounds.remove(sound)
    sound.playing = False
    for entry in sound.entries:
        entry.whole = status == COMPLETED
    if sound.announced:
        said = SPOKEN.get(status, status) if sound.kind == "speak" else status
        fields = {**_names(sound), "status": said}
        exchange.tell(leg, f"call.{sound.kind}.ended", {**fields, "status_detail": detail} if detail else fields)
    if sound.then:
        sound.then()


def _names(sound: Sound) -> Body:
    return {**sound.names, "overlay": sound.overlay} if sound.kind == "playback" else {}
