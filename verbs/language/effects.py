"""What a verb wants, as values: a handler records effects, and the engine applies them in their order when it has returned."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Raw

from callverbs.verbs.language.commands import Command, StartRecording
from callverbs.verbs.language.defaults import Defaults
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.messages import AllowedVerbs
from callverbs.verbs.language.spec import Hook, Recognizer, Spec

if TYPE_CHECKING:
    from callverbs.verbs.language.verb import RunningVerb

WrittenVerb = Spec | Raw
"""A verb as written, or its canonical JSON."""


class SendCommand(NamedTuple):
    """Send a command to the carrier."""

    command: Command


class RecordLeg(NamedTuple):
    """Start the recording of the verb's leg. Its end comes as RecordingSaved or RecordingFailed."""

    command: StartRecording


class LeaveRecording(NamedTuple):
    """Go on without the end of the verb's recording. When it comes, `hook` is told, with `extra`; the status hook, where there is none."""

    hook: Hook | None
    extra: Mapping[str, Any]


class ListenToSpeech(NamedTuple):
    """Have recognised what the party on the verb's leg says. It comes as SpeechTranscribed."""

    recognizer: Recognizer
    interim: bool


class IgnoreSpeech(NamedTuple):
    """Listen no longer to what the party says."""


class StopOwnMedia(NamedTuple):
    """Stop what the verb plays on a leg."""

    leg: str


class CreateLeg(NamedTuple):
    """Add a leg, which the verb's dial or transfer command names."""

    leg: Leg


class EndLeg(NamedTuple):
    """End a leg: reject it, hang it up, or cancel it, whichever fits; whatever runs on it is interrupted."""

    leg: str
    headers: Mapping[str, str]
    carrier: Mapping[str, Any]
    busy: bool


class AskHook(NamedTuple):
    """Ask the application about a leg. `kind`, `reply`, `about` and `allowed` are those of HookRequest."""

    hook: Hook
    kind: Literal["call", "action", "verb", "notify"]
    leg: str
    reply: str = ""
    about: str = ""
    allowed: AllowedVerbs = ""
    ordering_key: str = ""
    extra: Mapping[str, Any] = {}


class Post(NamedTuple):
    """Post JSON of the verb's own to a URL. `reply` is that of HookRequest."""

    url: str
    payload: Mapping[str, Any]
    reply: str


class StartTimer(NamedTuple):
    """Start a timer, or start it again. `leg` is the leg that it is about, if any."""

    name: str
    seconds: float
    leg: str


class StopTimer(NamedTuple):
    """Stop a timer."""

    name: str
    leg: str


class StartProgram(NamedTuple):
    """Run verbs on a leg; their end comes back as ProgramEnded."""

    leg: str
    verbs: tuple[Spec, ...]
    screening: bool


class StopProgram(NamedTuple):
    """Interrupt what the verb runs on a leg."""

    leg: str


class StartBackground(NamedTuple):
    """Run a verb in the background of a leg, instead of the one of its kind. `beside`: it ends with the verb that starts it."""

    verb: "RunningVerb"
    leg: str
    beside: bool = False


class StopBackground(NamedTuple):
    """End the verb of that name in the background of the leg."""

    name: str


class SkipHeard(NamedTuple):
    """End the say or the play that the leg hears, as if it had been heard to its end."""


class Finish(NamedTuple):
    """The verb is over: its actionHook is asked with the result, where it has one, and the program goes on."""

    result: Mapping[str, Any]


class ReplaceRest(NamedTuple):
    """The verb is over, and these verbs replace the rest of its program; without verbs the rest runs.

    `stranded`: the hook that could have said how it goes on has failed.
    """

    verbs: tuple[WrittenVerb, ...]
    stranded: bool = False


class ReplaceRoot(NamedTuple):
    """These verbs replace the whole call's program."""

    verbs: tuple[Spec, ...]


class EndProgram(NamedTuple):
    """The verb is over, and so is its program: nothing is left to run."""


class LeaveProgram(NamedTuple):
    """The verb is over, and its program ends as `left`: whoever has started that lets the leg go."""


class SetStatus(NamedTuple):
    """Set the call status of a leg, and report it to the status hook."""

    leg: str
    call_status: str
    sip_status: int
    sip_reason: str | None


class SetCustomerData(NamedTuple):
    """Set what every later hook of the leg carries as customerData."""

    customer_data: dict[str, Any]


class SetDefaults(NamedTuple):
    """Set what the verbs of the leg do where they don't say it."""

    defaults: Defaults


class MoveHooks(NamedTuple):
    """From now on, relative hooks are resolved against `base_url` and call status goes to `status_hook`; None changes nothing."""

    base_url: str | None
    status_hook: Hook | None


class AddNote(NamedTuple):
    """Record a sentence for whoever reads the ladder or the log."""

    text: str


Effect = (
    SendCommand
    | RecordLeg
    | LeaveRecording
    | ListenToSpeech
    | IgnoreSpeech
    | StopOwnMedia
    | CreateLeg
    | EndLeg
    | AskHook
    | Post
    | StartTimer
    | StopTimer
    | StartProgram
    | StopProgram
    | StartBackground
    | StopBackground
    | SkipHeard
    | Finish
    | ReplaceRest
    | ReplaceRoot
    | EndProgram
    | LeaveProgram
    | SetStatus
    | SetCustomerData
    | SetDefaults
    | MoveHooks
    | AddNote
)
