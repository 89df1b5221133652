"""What is played on a leg: a queue of speech and files, one after the other, and overlays beside it.

Speech lasts as long as its text, a file as long as the scenario says. This module never reads keys.
"""

import html
import re

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import Heard, SimulatedLeg, Sound
from callverbs.interpreter.simulator.refusals import Body

SPEECH_CHARACTERS_PER_SECOND = 14.0
SPEECH_EXTRA_SECONDS = 0.3
"""What every speech takes besides its characters."""
DEFAULT_FILE_SECONDS = 4.0
MISSING_FILE_SECONDS = 0.1
"""How long the carrier looks for a file that does not exist."""
TAG_PATTERN = re.compile(r"<[^<>]*>")
BREAK_PATTERN = re.compile(r"<break\b([^<>]*)>")
ATTRIBUTE_PATTERN = re.compile(r"""([a-z]+)\s*=\s*["']([^"']*)["']""")
BREAK_TIME_PATTERN = re.compile(r"\s*[+]?([0-9]{1,9}(?:[.][0-9]{0,9})?)\s*(ms|s)\s*")
SECONDS_OF_STRENGTH = {"none": 0.0, "x-weak": 0.0, "weak": 0.2, "medium": 0.4, "strong": 0.6, "x-strong": 1.0}
"""How long a <break> without a time is. SSML leaves it to the voice."""
BREAK_MAX_SECONDS = 10.0
"""Longer pauses are shortened (Amazon Polly, SSML: break)."""

CANCELLED, COMPLETED, CALL_HANGUP, FAILED, FILE_NOT_FOUND = "cancelled", "completed", "call_hangup", "failed", "file_not_found"
SPEAK_STATUSES = {CANCELLED: COMPLETED}
"""Statuses that are another one in call.speak.ended: SPEC has no `cancelled` there."""


def speech_sound(body: Body, payload: str = "payload") -> Sound:
    """Returns the sound of a command that speaks the text in the field `payload`."""
    text = spoken_text(body[payload], body.get("payload_type") == "ssml")
    seconds = SPEECH_EXTRA_SECONDS + len(text) / SPEECH_CHARACTERS_PER_SECOND
    if body.get("payload_type") == "ssml":
        seconds += break_seconds(body[payload])
    return Sound("speak", text, seconds, loop_count(body), target_legs=body.get("target_legs", "self"))


def spoken_text(payload: str, is_ssml: bool) -> str:
    """Returns the text that is heard: SSML without its tags."""
    return " ".join(html.unescape(TAG_PATTERN.sub(" ", payload)).split()) if is_ssml else payload


def break_seconds(ssml: str) -> float:
    """Returns how long the pauses of an SSML text are, all together."""
    return sum(_break_seconds(found[1]) for found in BREAK_PATTERN.finditer(ssml))


def _break_seconds(attributes: str) -> float:
    written = dict(ATTRIBUTE_PATTERN.findall(attributes))
    if match := BREAK_TIME_PATTERN.fullmatch(written.get("time", "")):
        return min(float(match[1]) * (0.001 if match[2] == "ms" else 1.0), BREAK_MAX_SECONDS)
    return SECONDS_OF_STRENGTH.get(written.get("strength", "medium"), 0.0)


def file_sound(exchange: Exchange, body: Body, prefix: str = "") -> Sound | None:
    """Returns the sound of a command that plays a file; None where it names none. A prefix chooses other fields (`invalid_`)."""
    url, name = body.get(f"{prefix}audio_url"), body.get(f"{prefix}media_name")
    if not (url or name or "playback_content" in body):
        return None
    duration = exchange.media.get(url or name or "", DEFAULT_FILE_SECONDS)
    media_fields = {key: value for key, value in (("media_url", url), ("media_name", name)) if value}
    return Sound(
        "playback",
        url or name or "(a file of its own)",
        duration if isinstance(duration, float | int) else MISSING_FILE_SECONDS,
        loop_count(body),
        media_fields=media_fields,
        is_missing=duration == "missing",
        is_overlay=body.get("overlay", False),
        target_legs=body.get("target_legs", "self"),
    )


def loop_count(body: Body) -> int:
    """Returns how often the sound of a command is played; 0 for ever."""
    loop = body.get("loop", 1)
    return 0 if loop == "infinity" else int(loop)


def play(exchange: Exchange, leg: SimulatedLeg, sound: Sound, stops: str = "") -> None:
    """Adds a sound to the queue. `stops` (current, all) stops what is played first."""
    if sound.is_overlay:
        _play_overlay(exchange, leg, sound)
        return
    if stops:
        stop(exchange, leg, stops, sound)
        return
    leg.sounds.append(sound)
    _play_next(exchange, leg)


def stop(exchange: Exchange, leg: SimulatedLeg, which: str = "all", replacement: Sound | None = None) -> None:
    """Stops the sound that is played, and with `all` empties the queue. Sounds that never began have no webhook of their end."""
    removed = _remove_queued(leg) if which == "all" else []
    if replacement:
        leg.sounds.append(replacement)
    if leg.sounds and leg.sounds[0].is_playing:
        _end(exchange, leg, leg.sounds[0], CANCELLED)
    _play_next(exchange, leg)
    for sound in removed:
        if sound.on_ended:
            sound.on_ended()


def stop_overlays(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Stops the overlays of a leg."""
    for sound in list(leg.overlays):
        _end(exchange, leg, sound, CANCELLED)


def remove(exchange: Exchange, leg: SimulatedLeg, sound: Sound) -> None:
    """Stops one sound, or removes it from the queue, without calling `on_ended`."""
    sound.on_ended = None
    if sound.is_playing:
        _end(exchange, leg, sound, CANCELLED)
        _play_next(exchange, leg)
    elif sound in leg.sounds:
        leg.sounds.remove(sound)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends every sound of a leg that is about to end."""
    _remove_queued(leg)
    for sound in [*leg.sounds, *leg.overlays]:
        sound.on_ended = None
        _end(exchange, leg, sound, CALL_HANGUP)


def _remove_queued(leg: SimulatedLeg) -> list[Sound]:
    """Removes the sounds that are not playing from the queue, and returns them."""
    queued = [sound for sound in leg.sounds if not sound.is_playing]
    for sound in queued:
        leg.sounds.remove(sound)
    return queued


def _play_overlay(exchange: Exchange, leg: SimulatedLeg, sound: Sound) -> None:
    leg.overlays.append(sound)
    if any(base.is_playing and base.kind == "playback" for base in leg.sounds):
        _begin(exchange, leg, sound)
    else:  # "only works if there is another audio file already being played" (SPEC, playback_start)
        _end(exchange, leg, sound, FAILED, "there is no file to lay it over")


def _play_next(exchange: Exchange, leg: SimulatedLeg) -> None:
    if not leg.sounds:
        leg.party.on_silence()
    elif not leg.sounds[0].is_playing:
        _begin(exchange, leg, leg.sounds[0])


def _begin(exchange: Exchange, leg: SimulatedLeg, sound: Sound) -> None:
    sound.is_playing = True
    if sound.is_missing:
        sound.timers.append(exchange.call_later(leg, MISSING_FILE_SECONDS, lambda: _complete(exchange, leg, sound)))
        return
    if sound.has_webhooks:
        exchange.send_webhook(leg, f"call.{sound.kind}.started", _webhook_fields(sound))
    now = exchange.clock.now()
    for listener in _listeners(leg, sound):
        heard = Heard("speech" if sound.kind == "speak" else "file", sound.content, now)
        listener.heard.append(heard)
        sound.heard.append(heard)
        listener.party.on_sound(sound)
    if sound.loops:
        sound.timers.append(exchange.call_later(leg, sound.seconds * sound.loops, lambda: _complete(exchange, leg, sound)))


def _listeners(leg: SimulatedLeg, sound: Sound) -> list[SimulatedLeg]:
    """Returns the legs that hear a sound: this one, its peer, or both (Telnyx: target_legs), and who supervises this one."""
    heard = [one for one, target in ((leg, "self"), (leg.peer, "opposite")) if one and sound.target_legs in (target, "both")]
    return [*heard, *leg.supervisors]


def _complete(exchange: Exchange, leg: SimulatedLeg, sound: Sound) -> None:
    _end(exchange, leg, sound, COMPLETED)
    _play_next(exchange, leg)


def _end(exchange: Exchange, leg: SimulatedLeg, sound: Sound, status: str, detail: str = "") -> None:
    if sound.is_missing:  # it never began, however the search for it ends
        status, detail = FILE_NOT_FOUND, "the file is not there"
    for timer in sound.timers:
        timer.cancel()
    if sound.is_overlay:
        leg.overlays.remove(sound)
    else:
        leg.sounds.remove(sound)
    sound.is_playing = False
    for heard in sound.heard:
        heard.whole = status == COMPLETED
    if sound.has_webhooks:
        fields = {**_webhook_fields(sound), "status": SPEAK_STATUSES.get(status, status) if sound.kind == "speak" else status}
        exchange.send_webhook(leg, f"call.{sound.kind}.ended", {**fields, "status_detail": detail} if detail else fields)
    if sound.on_ended:
        sound.on_ended()


def _webhook_fields(sound: Sound) -> Body:
    return {**sound.media_fields, "overlay": sound.is_overlay} if sound.kind == "playback" else {}
