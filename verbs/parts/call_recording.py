"""The recording of a call: what `record` of config starts, ends, pauses and resumes, beside the verbs. The status hook is told of it."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands, recording_commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.language.word import Word

CLOUD = "cloud"
WITHOUT_LIMIT = 0.0


class RecordOptions(Word, rename="camel"):
    """A record of config as written. jambonz records at a SIPREC server where `type` says nothing else."""

    action: Literal["startCallRecording", "stopCallRecording", "pauseCallRecording", "resumeCallRecording"]
    type: Literal["cloud", "siprec"] = "siprec"

    @property
    def starts(self) -> bool:
        return self.action == "startCallRecording" and self.type == CLOUD


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields what of a verb's `record`, as written, the carrier cannot do."""
    written: dict[str, Any] = body.get("record", {})
    if written.get("action") == "startCallRecording" and written.get("type") != CLOUD:
        why = 'nothing is recorded: the carrier streams to a SIPREC server only if that is set up there; write "type": "cloud"'
        yield Diagnostic(("record",), "CV108", why, at_key=True)


class CallRecording(RunningVerb):
    """Records both parties of the call, each on a channel of its own, until config or the call ends it."""

    def start(self, call: VerbContext) -> None:
        call.record(commands.StartRecording(leg=call.leg.name, channels="dual", max_length=WITHOUT_LIMIT, beep=False))
        call.leave_recording(None)

    def on_interrupted(self, call: VerbContext) -> None:
        if not call.leg.gone:
            call.command(commands.StopRecording(leg=call.leg.name))


def carry_out(call: VerbContext, options: RecordOptions) -> None:
    """Does what a config says of the recording. One that is paused goes on as the same recording."""
    if options.starts:
        call.start_background(CallRecording())
    elif options.action == "stopCallRecording":
        call.stop_background("call_recording")
    elif options.action == "pauseCallRecording":
        call.command(recording_commands.PauseRecording(leg=call.leg.name))
    elif options.action == "resumeCallRecording":
        call.command(recording_commands.ResumeRecording(leg=call.leg.name))
