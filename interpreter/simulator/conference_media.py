"""What is played to a conference, or to some of its participants, and its recordings, with the webhooks about them.

What is for all has `conference.…` webhooks, what is for some has `conference.participant.…` for each of them.
"""

from collections.abc import Callable, Sequence

from callverbs.interpreter.simulator import gathering, media, recording, ringing
from callverbs.interpreter.simulator.conferences import send
from callverbs.interpreter.simulator.exchange import Exchange, SavedRecording, format_time
from callverbs.interpreter.simulator.legs import SimulatedLeg, Sound
from callverbs.interpreter.simulator.meeting_places import Conference, ConferenceSound
from callverbs.interpreter.simulator.recording_state import RecordingState
from callverbs.interpreter.simulator.refusals import Body, RefusalError


def participants(conference: Conference, call_control_ids: Sequence[str]) -> list[SimulatedLeg]:
    """Returns the participants of some calls; all where none is named. Raises RefusalError for a call that is not there."""
    members = {leg.id: leg for leg in conference.members}
    for number, one in enumerate(call_control_ids):
        if one not in members:
            raise RefusalError("10015", f"the call {one} is not in the conference {conference.name}", f"/call_control_ids/{number}")
    return [members[one] for one in dict.fromkeys(call_control_ids)] if call_control_ids else list(conference.members)


# --------------------------------------------------------------------------- speech and files


def speak(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Speaks a text."""
    _play(exchange, conference, body, "speak", lambda: media.speech_sound(body))


def play(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Plays a file. Raises RefusalError where the command names none."""
    if media.file_sound(exchange, body) is None:
        raise RefusalError("10004", "there is nothing to play: audio_url or media_name is missing", "/audio_url")

    def file() -> Sound:
        sound = media.file_sound(exchange, body)
        assert sound
        return sound

    _play(exchange, conference, body, "playback", file)


def stop(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Stops what is played to participants."""
    legs = participants(conference, body.get("call_control_ids", []))
    for one in list(conference.sounds):
        if not one.is_named and body.get("call_control_ids"):
            continue
        _remove(exchange, conference, one, legs)


def end(exchange: Exchange, conference: Conference) -> None:
    """Ends what is played, and the recordings, of a conference that is over."""
    for one in list(conference.sounds):
        _remove(exchange, conference, one, list(one.legs))
    record_stop(exchange, conference, {})


def _play(exchange: Exchange, conference: Conference, body: Body, kind: str, make: Callable[[], Sound]) -> None:
    named = body.get("call_control_ids", [])
    legs = participants(conference, named)
    sounds = {leg: make() for leg in legs}
    first = next(iter(sounds.values()), None)
    one = ConferenceSound(kind, sounds, is_named=bool(named), fields=first.media_fields if first else {})
    conference.sounds.append(one)
    _report(exchange, conference, one, legs, "started")
    for leg, sound in sounds.items():
        sound.has_webhooks = False
        media.play(exchange, leg, sound)
    if first and first.loops:
        one.timer = exchange.call_anyway(first.seconds * first.loops, lambda: _remove(exchange, conference, one, list(one.legs)))
    elif first is None:
        _remove(exchange, conference, one, [])


def _remove(exchange: Exchange, conference: Conference, one: ConferenceSound, legs: Sequence[SimulatedLeg]) -> None:
    """Ends a sound for some legs, and all of it where no leg is left."""
    ended = [leg for leg in legs if leg in one.legs]
    for leg in ended:
        media.remove(exchange, leg, one.legs.pop(leg))
    if one.is_named:
        _report(exchange, conference, one, ended, "ended")
    if not one.legs and one in conference.sounds:
        conference.sounds.remove(one)
        if one.timer:
            one.timer.cancel()
        if not one.is_named:
            _report(exchange, conference, one, [], "ended")


def _report(exchange: Exchange, conference: Conference, one: ConferenceSound, legs: Sequence[SimulatedLeg], what: str) -> None:
    fields = {**one.fields, "creator_call_session_id": conference.owner.session.id}
    if one.is_named:
        for leg in legs:
            send(exchange, conference, leg, f"conference.participant.{one.kind}.{what}", fields)
    else:
        send(exchange, conference, conference.owner, f"conference.{one.kind}.{what}", fields)


# --------------------------------------------------------------------------- hold, keys


def hold(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Puts participants on hold, with a file if the command names one."""
    for leg in participants(conference, body.get("call_control_ids", [])):
        hold_member(exchange, conference, leg, body)


def hold_member(exchange: Exchange, conference: Conference, leg: SimulatedLeg, body: Body, prefix: str = "") -> None:
    """Puts a participant on hold. A prefix chooses other fields for the file (`hold_`)."""
    member = conference.members[leg]
    member.on_hold = True
    sound = media.file_sound(exchange, body, prefix)
    if sound and member.hold_sound is None:
        sound.has_webhooks, sound.loops = False, 0
        member.hold_sound = sound
        media.play(exchange, leg, sound)


def unhold(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Brings participants back."""
    for leg in participants(conference, body["call_control_ids"]):
        member = conference.members[leg]
        member.on_hold = False
        if member.hold_sound:
            media.remove(exchange, leg, member.hold_sound)
            member.hold_sound = None


def send_dtmf(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Lets participants hear keys."""
    for leg in participants(conference, body.get("call_control_ids", [])):
        ringing.send_digits(exchange, leg, body["digits"])


def gather_using_audio(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Collects keys of a participant. The webhook of the end is that of a gather on a leg (SPEC names none)."""
    (leg,) = participants(conference, [body["call_control_id"]])
    if media.file_sound(exchange, body) is None:
        raise RefusalError("10004", "there is nothing to play: audio_url or media_name is missing", "/audio_url")

    def prompt() -> Sound:
        sound = media.file_sound(exchange, body)
        assert sound
        return sound

    leg.client_state = body.get("client_state", leg.client_state)
    gathering.start(exchange, leg, gathering.gather_with_prompt(body, prompt, lambda: media.file_sound(exchange, body, "invalid_")))


# --------------------------------------------------------------------------- recordings


def record_start(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Starts a recording of everybody."""
    now = exchange.clock.now()
    one = RecordingState(
        id=exchange.ids.uuid("recording"),
        format=body["format"],
        channels=body.get("channels", "single"),
        max_length=0,
        silence_seconds=0,
        trim=False,
        name=body.get("custom_file_name") or conference.id,
        started_at=now,
        resumed_at=now,
    )
    conference.recordings.append(one)
    if body.get("play_beep", False):
        for leg in conference.members:
            media.play(exchange, leg, recording.beep())


def record_pause(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Pauses recordings."""
    for one in recording.chosen(conference.recordings, body):
        recording.halt(exchange, one)


def record_resume(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Resumes recordings."""
    for one in recording.chosen(conference.recordings, body):
        one.resumed_at = one.resumed_at or exchange.clock.now()


def record_stop(exchange: Exchange, conference: Conference, body: Body) -> None:
    """Ends recordings, which are saved a little later."""
    for one in recording.chosen(conference.recordings, body):
        recording.halt(exchange, one)
        conference.recordings.remove(one)
        _save_later(exchange, conference, one, exchange.clock.now())


def _save_later(exchange: Exchange, conference: Conference, one: RecordingState, ended_at: float) -> None:
    def save() -> None:
        url = recording.file_url(exchange, one)
        leg = conference.owner
        now = exchange.clock.now()
        exchange.save_recording(
            SavedRecording(one.id, leg, one.format, one.channels, one.seconds, now, one.started_at, ended_at, conference.id)
        )
        fields: Body = {
            "channels": one.channels,
            "format": one.format,
            "recording_id": one.id,
            "recording_started_at": format_time(one.started_at),
            "recording_ended_at": format_time(ended_at),
            "recording_urls": {one.format: url},
            "public_recording_urls": {},
        }
        send(exchange, conference, leg, "conference.recording.saved", fields)

    exchange.call_anyway(recording.SAVE_SECONDS, save)
