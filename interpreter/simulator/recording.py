"""Records legs: from a command, or from the answer on, until it is stopped, a limit is reached, or the leg ends. Then it is saved.

The carrier reports a recording some time after its end, and nothing of its beginning. What stands beside a constant or a function as
"undocumented" is our reading.
"""

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from callverbs.interpreter.simulator import media
from callverbs.interpreter.simulator.exchange import Exchange, SavedRecording, format_time
from callverbs.interpreter.simulator.legs import SimulatedLeg, Sound
from callverbs.interpreter.simulator.recording_state import RecordingState
from callverbs.interpreter.simulator.refusals import Body, RefusalError

SAVE_SECONDS = 0.5
"""From the end of a recording to its webhook, where the scenario says nothing else ("seconds later")."""
BEEP_SECONDS = 0.4
BEEP = "beep"
"""What the party hears of a beep."""
ERROR_REASON = "Internal server error"
"""The reason of call.recording.error (SPEC has it beside three about the storage of an account)."""
FROM_ANSWER = "record-from-answer"


def answer_options(body: Body) -> Body:
    """Returns the options of a recording from the answer on; nothing where a command asks for none."""
    if body.get("record") != FROM_ANSWER:
        return {}
    return {
        "format": body.get("record_format", "mp3"),
        "channels": body.get("record_channels", "dual"),
        "max_length": body.get("record_max_length", 0),
        "timeout_secs": body.get("record_timeout_secs", 0),
        "recording_track": body.get("record_track", "both"),
        **{name: body[f"record_{name}"] for name in ("trim", "custom_file_name") if f"record_{name}" in body},
    }


def start(exchange: Exchange, leg: SimulatedLeg, options: Body, recording_id: str = "") -> None:
    """Starts a recording. A leg may have several at once (undocumented)."""
    mono = options.get("recording_track", "both") != "both"
    now = exchange.clock.now()
    recording = RecordingState(
        id=recording_id or exchange.ids.uuid("recording"),
        format=options["format"],
        channels="single" if mono else options["channels"],
        max_length=options.get("max_length", 0),
        silence_seconds=options.get("timeout_secs", 0),
        trim="trim" in options,
        name=options.get("custom_file_name") or leg.leg_id,
        started_at=now,
    )
    if options.get("play_beep", False):
        recording.speech_from = now + BEEP_SECONDS
        media.play(exchange, leg, beep())
    else:
        recording.speech_from = now
    leg.recordings.append(recording)
    _run(exchange, leg, recording)


def beep() -> Sound:
    """Returns the beep that begins a recording."""
    return Sound("playback", BEEP, BEEP_SECONDS, has_webhooks=False)


def file_url(exchange: Exchange, recording: RecordingState) -> str:
    """Returns where a recording can be fetched."""
    file = f"{recording.name}-{int(recording.started_at)}.{recording.format}"
    return f"{exchange.recordings_url}/{recording.id}/{quote(file)}?X-Amz-Expires=600"


def stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Stops one recording, or all of the leg. Where there is none, nothing happens (undocumented)."""
    for recording in chosen(leg.recordings, body):
        _end(exchange, leg, recording)


def pause(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Pauses one recording, or all of the leg. What is said meanwhile is not in the file."""
    for recording in chosen(leg.recordings, body):
        if recording.resumed_at:
            halt(exchange, recording)


def resume(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Resumes one recording, or all of the leg."""
    for recording in chosen(leg.recordings, body):
        if not recording.resumed_at:
            _run(exchange, leg, recording)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends every recording of a leg that is about to end."""
    stop(exchange, leg, {})


def chosen(recordings: Sequence[RecordingState], body: Body) -> list[RecordingState]:
    """Returns the recording that a command names, or all. Raises RefusalError where there is none of that id."""
    if "recording_id" not in body:
        return list(recordings)
    found = [one for one in recordings if one.id == body["recording_id"]]
    if not found:
        raise RefusalError("10015", f"no recording in progress has the id {body['recording_id']}", "/recording_id")
    return found


def _run(exchange: Exchange, leg: SimulatedLeg, recording: RecordingState) -> None:
    """Lets a recording go on, until its time is over or the party is silent for too long."""
    now = recording.resumed_at = exchange.clock.now()
    if recording.max_length:
        left = recording.max_length - recording.seconds
        recording.timers.append(exchange.call_later(leg, left, lambda: _end(exchange, leg, recording)))
    spoken = leg.party.person.message_seconds
    if recording.silence_seconds and spoken:  # "the timer only starts when the speech is detected" (SDK record_start)
        speech_ends_at = max(now, recording.speech_from + spoken)
        _listen(exchange, leg, recording, speech_ends_at - now + recording.silence_seconds)


def _listen(exchange: Exchange, leg: SimulatedLeg, recording: RecordingState, seconds: float) -> None:
    """Ends a recording after a silence, unless somebody else is heard then: a peer, or what is played."""

    def check() -> None:
        if leg.peer or leg.sounds:
            _listen(exchange, leg, recording, recording.silence_seconds)
        else:
            _end(exchange, leg, recording)

    recording.timers.append(exchange.call_later(leg, seconds, check))


def halt(exchange: Exchange, recording: RecordingState) -> None:
    """Stops a recording for now, or for ever."""
    for timer in recording.timers:
        timer.cancel()
    recording.timers.clear()
    if recording.resumed_at:
        recording.seconds += exchange.clock.now() - recording.resumed_at
    recording.resumed_at = 0.0


def _end(exchange: Exchange, leg: SimulatedLeg, recording: RecordingState) -> None:
    """Ends a recording, which is saved some time later, also when the leg has ended by then."""
    halt(exchange, recording)
    leg.recordings.remove(recording)
    ended_at = exchange.clock.now()
    outcome: float | Literal["error", "lost"] = exchange.recording_outcomes.get(leg.label, SAVE_SECONDS)
    if outcome == "lost":
        return
    if outcome == "error":
        exchange.call_anyway(SAVE_SECONDS, lambda: exchange.send_webhook(leg, "call.recording.error", {"reason": ERROR_REASON}))
        return
    exchange.call_anyway(outcome, lambda: _save(exchange, leg, recording, ended_at))


def _save(exchange: Exchange, leg: SimulatedLeg, recording: RecordingState, ended_at: float) -> None:
    seconds = recording.seconds
    spoken = leg.party.person.message_seconds
    if recording.trim and spoken is not None:
        seconds = min(seconds, spoken)
    now = exchange.clock.now()
    exchange.save_recording(
        SavedRecording(recording.id, leg, recording.format, recording.channels, seconds, now, recording.started_at, ended_at)
    )
    exchange.send_webhook(
        leg,
        "call.recording.saved",
        {
            "channels": recording.channels,
            "recording_started_at": format_time(recording.started_at),
            "recording_ended_at": format_time(ended_at),
            "recording_urls": {recording.format: file_url(exchange, recording)},
            "public_recording_urls": {},
        },
    )
