"""`record`: record a message of the caller."""

from typing import Any, Literal

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, KeyPressed, RecordingFailed, RecordingSaved
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.recording import FAILED, SAVING, recording_fields

SAVING_SECONDS = 10.0
"""How long a caller who is still there waits until the recording is saved: then the actionHook is asked without its URL."""
MAX_LENGTH_MARGIN_SECONDS = 1.0
"""The carrier itself ends the recording at maxLength. So much later it is over there, too."""


class RecordSpec(Spec):
    """A record as written. `max_length` and `timeout` are in seconds."""

    max_length: float = 120.0
    timeout: float = 0.0
    finish_on_key: str = "#"
    play_beep: bool = True
    format: Literal["mp3", "wav"] = "mp3"
    channels: Literal["single", "dual"] = "single"
    trim: bool = False
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Record(Verb[RecordSpec], needs_answer=True, command="record_start"):
    """recording → saving → over. With an actionHook, the caller waits until the carrier has saved the recording, for a while.

    What is saved later, or after the hangup, is told to the hook then, and nobody reads its reply.
    """

    phase: Literal["recording", "saving"] = "recording"
    reason: str = ""
    """Why the recording ended, once it has."""
    digits: str = ""
    """The key that has ended it."""

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        call.record(
            commands.StartRecording(
                leg=call.leg.name,
                format=spec.format,
                channels=spec.channels,
                max_length=spec.max_length,
                silence=spec.timeout,
                beep=spec.play_beep,
                trim=spec.trim,
                carrier=spec.carrier,
            )
        )
        call.start_timer(self.on_length_timer, spec.max_length + MAX_LENGTH_MARGIN_SECONDS)

    # ------------------------------------------------------------- recording

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        if self.phase == "recording" and event.digit and event.digit in self.spec.finish_on_key:
            self.digits = event.digit
            call.command(commands.StopRecording(leg=call.leg.name))
            self._save(call, "finishOnKey")

    def on_length_timer(self, call: VerbContext) -> None:
        self._save(call, "maxLength")

    def _save(self, call: VerbContext, reason: str) -> None:
        """The recording is over: its actionHook is asked as soon as the carrier has saved it."""
        self.phase, self.reason = "saving", reason
        call.stop_timer(self.on_length_timer)
        if self.spec.action_hook:
            call.start_timer(self.on_saving_timer, SAVING_SECONDS)
        else:
            call.leave_recording(None)
            call.finish()

    # ------------------------------------------------------------- saved, or not

    def on_recording_saved(self, call: VerbContext, event: RecordingSaved) -> None:
        if self.phase == "recording" or self.reason == "maxLength":
            self.reason = self._reason_at_carrier(event)
        call.finish(**self._result(call), **recording_fields(event))

    def on_recording_failed(self, call: VerbContext, event: RecordingFailed) -> None:
        self.reason = self.reason or "failed"
        call.finish(**self._result(call), **recording_fields(event))

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        """A recording that cannot be stopped is over already, or ends at maxLength."""
        if event.command == "start_recording":
            self.reason = "failed"
            call.finish(**self._result(call), recording_status=FAILED, recording_error=event.title)

    def on_saving_timer(self, call: VerbContext) -> None:
        """The caller has waited long enough. The hook is asked now, and told of the recording when it is saved."""
        call.leave_recording(self.spec.action_hook, **self._result(call))
        call.finish(**self._result(call), recording_status=SAVING)

    def _reason_at_carrier(self, event: RecordingSaved) -> str:
        """Returns why the carrier has ended the recording by itself, which it does not say."""
        if self.reason if event.seconds is None else event.seconds > self.spec.max_length - MAX_LENGTH_MARGIN_SECONDS:
            return "maxLength"
        return "silence" if self.spec.timeout else "stopped"

    # ------------------------------------------------------------- interrupted

    def on_interrupted(self, call: VerbContext) -> None:
        if self.phase == "recording":
            self.reason = "hangup" if call.leg.gone else "stopped"
            call.command(commands.StopRecording(leg=call.leg.name))
        call.leave_recording(self.spec.action_hook, **self._result(call))

    def _result(self, call: VerbContext) -> dict[str, Any]:
        """Returns what the hook is told of the recording, besides how and where it is saved."""
        result = {"reason": self.reason, "recording_id": f"{call.leg.call_leg_id}-{self.n}"}
        return result | ({"digits": self.digits} if self.digits else {}) | ({"verb_id": self.label} if self.label else {})
