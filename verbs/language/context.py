"""The verb context: what a verb knows of its call, and the methods with which it records effects. It changes nothing itself.

Timers and replies reach the verb through the handler that it names: `call.start_timer(self.on_ring_timer, 25)` calls that method
when the time is over, `call.ask(hook, self.on_confirm_reply, leg="b1")` when the application has answered or failed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from callverbs import schemas
from callverbs.verbs.language import effects
from callverbs.verbs.language.app import App
from callverbs.verbs.language.commands import Command, StartRecording
from callverbs.verbs.language.defaults import Defaults
from callverbs.verbs.language.effects import Effect, WrittenVerb
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.messages import AllowedVerbs
from callverbs.verbs.language.spec import Hook, Recognizer, Spec, Synthesizer

if TYPE_CHECKING:
    from callverbs.verbs.language.verb import RunningVerb


class Reply(NamedTuple):
    """What a hook has answered: the verbs of its reply, which may be none; or it has `failed`, for a `reason`.

    `data` is the JSON that a server has answered to a post.
    """

    verbs: tuple[Spec, ...] = ()
    failed: bool = False
    reason: str = ""
    data: Any = None


TimerHandler = Callable[["VerbContext"], None]
LegTimerHandler = Callable[["VerbContext", str], None]
ReplyHandler = Callable[["VerbContext", str, Reply], None]


@dataclass(slots=True)
class VerbContext:
    """One verb, while it handles one event."""

    at: float
    """Now: the time of the event, in UTC seconds."""
    app: App
    leg: Leg
    """The leg that the verb runs on."""
    legs: Mapping[str, Leg]
    verb: int
    next_leg: int
    effects: list[Effect] = field(default_factory=list)

    def voice(self, written: Synthesizer, failed: bool = False) -> Synthesizer:
        """Returns the voice that speaks: as written, else as config has set it, else as the settings say.

        Its fallback speaks instead where it has one, and the carrier has no voices of the vendor, or the voice has `failed`.
        """
        voice = written.over(self.leg.defaults.synthesizer or self.app.synthesizer)
        return voice.fallback or voice if failed or not schemas.has_voices(voice.vendor) else voice

    def recognizer(self, written: Recognizer | None) -> Recognizer | None:
        """Returns who recognises speech, and how: as written, else as config has set it; None where nothing is said of it."""
        default = self.leg.defaults.recognizer
        return written.over(default) if written and default else written or default

    # ------------------------------------------------------------- the carrier

    def command(self, command: Command) -> None:
        """Sends a command."""
        self.effects.append(effects.SendCommand(command))

    def record(self, command: StartRecording) -> None:
        """Starts to record the leg. The verb hears RecordingSaved or RecordingFailed; it has one recording at a time."""
        self.effects.append(effects.RecordLeg(command))

    def leave_recording(self, hook: Hook | None, **extra: Any) -> None:
        """Goes on without the end of this verb's recording: `hook` is told of it, with `extra`, also when verb and call are over."""
        self.effects.append(effects.LeaveRecording(hook, extra))

    def listen_to_speech(self, recognizer: Recognizer, *, interim: bool) -> None:
        """Has recognised what the party on our leg says, until the verb is over; with `interim`, also what is not final.

        The verb hears SpeechTranscribed, or CommandFailed where the carrier refuses.
        """
        self.effects.append(effects.ListenToSpeech(recognizer, interim))

    def ignore_speech(self) -> None:
        """Listens no longer to what the party says."""
        self.effects.append(effects.IgnoreSpeech())

    @property
    def listens_to_speech(self) -> bool:
        """Whether this verb listens to what the party says."""
        return self.leg.transcription is not None and self.leg.transcription.is_heard_by(self.verb)

    def stop_own_media(self, leg: str = "") -> None:
        """Stops what this verb plays on a leg (our own by default), and what it streams."""
        self.effects.append(effects.StopOwnMedia(leg or self.leg.name))

    def new_leg(self, *, to: str, from_: str, customer_data: dict[str, Any] | None = None) -> str:
        """Adds a leg for a party that is about to be called, and returns its name."""
        name = f"b{self.next_leg}"
        self.next_leg += 1
        leg = Leg(
            name=name,
            direction="outbound",
            from_=from_,
            to=to,
            owner=self.verb,
            parent=self.leg.name,
            started_at=self.at,
            customer_data=customer_data,
            defaults=self.leg.defaults,
        )
        self.effects.append(effects.CreateLeg(leg))
        return name

    def hang_up(
        self, leg: str, headers: Mapping[str, str] | None = None, carrier: Mapping[str, Any] | None = None, busy: bool = False
    ) -> None:
        """Ends a leg, whatever state it is in; an unanswered caller is rejected, as busy where that is wanted."""
        self.effects.append(effects.EndLeg(leg, headers or {}, carrier or {}, busy))

    # ------------------------------------------------------------- the application

    def ask(
        self,
        hook: Hook,
        handler: ReplyHandler,
        *,
        leg: str = "",
        about: str = "",
        allowed: AllowedVerbs = "",
        ordering_key: str = "",
        first: bool = False,
        action: bool = False,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Asks a hook about a leg (our own by default). `handler` gets the reply, or the failure.

        `about` is the leg that the handler is called with, if it is another one; `allowed` restricts the verbs of the reply, `first`
        marks the call's first hook, `action` an actionHook, whose failures the status hook hears; `extra` is added to the payload.
        """
        leg = leg or self.leg.name
        reply = handler_topic(handler, "reply")
        self.effects.append(
            effects.AskHook(
                hook, "call" if first else "action" if action else "verb", leg, reply, about or leg, allowed, ordering_key, extra or {}
            )
        )

    def notify(self, hook: Hook, handler: ReplyHandler | None = None, *, leg: str = "", extra: Mapping[str, Any] | None = None) -> None:
        """Tells a hook about a leg (our own by default). Nobody reads the reply; `handler` learns that it came, or that the hook failed."""
        reply = handler_topic(handler, "reply") if handler else ""
        self.effects.append(effects.AskHook(hook, "notify", leg or self.leg.name, reply, leg or self.leg.name, extra=extra or {}))

    def post(self, url: str, handler: ReplyHandler, payload: Mapping[str, Any]) -> None:
        """Posts JSON to a server that knows nothing of calls. `handler` gets the JSON of the reply as `data`, or the failure.

        The URL is resolved, asked and limited like that of a hook; the payload goes as it is.
        """
        self.effects.append(effects.Post(url, payload, handler_topic(handler, "reply")))

    def set_status(self, leg: str, call_status: str, sip_status: int, sip_reason: str | None = None) -> None:
        """Sets the call status of a leg, and reports it to the status hook."""
        self.effects.append(effects.SetStatus(leg, call_status, sip_status, sip_reason))

    def set_customer_data(self, customer_data: dict[str, Any]) -> None:
        """Sets the leg's customerData."""
        self.effects.append(effects.SetCustomerData(customer_data))

    def set_defaults(self, defaults: Defaults) -> None:
        """Sets what the verbs after this one do where they don't say it. Whoever is called from now on begins with it."""
        self.effects.append(effects.SetDefaults(defaults))

    def move_hooks(self, *, base_url: str | None = None, status_hook: Hook | None = None) -> None:
        """Changes where hooks go from now on."""
        self.effects.append(effects.MoveHooks(base_url, status_hook))

    # ------------------------------------------------------------- time

    @overload
    def start_timer(self, handler: TimerHandler, seconds: float) -> None: ...
    @overload
    def start_timer(self, handler: LegTimerHandler, seconds: float, leg: str) -> None: ...

    def start_timer(self, handler: Callable[..., None], seconds: float, leg: str = "") -> None:
        """Starts a timer of this verb, or starts it again. `handler` is called at its end, with `leg` if one is given.

        A timer ends with its verb, and one about a leg ends with that leg.
        """
        self.effects.append(effects.StartTimer(handler_topic(handler, "timer"), seconds, leg))

    @overload
    def stop_timer(self, handler: TimerHandler) -> None: ...
    @overload
    def stop_timer(self, handler: LegTimerHandler, leg: str) -> None: ...

    def stop_timer(self, handler: Callable[..., None], leg: str = "") -> None:
        """Stops a timer of this verb."""
        self.effects.append(effects.StopTimer(handler_topic(handler, "timer"), leg))

    # ------------------------------------------------------------- programs

    def run(self, leg: str, verbs: Sequence[Spec], screening: bool = False) -> None:
        """Runs verbs on a leg; their end comes as ProgramEnded. While a callee is screened, hooks cannot add every verb."""
        self.effects.append(effects.StartProgram(leg, tuple(verbs), screening))

    def stop(self, leg: str) -> None:
        """Interrupts the program that this verb runs on a leg."""
        self.effects.append(effects.StopProgram(leg))

    def start_background(self, verb: "RunningVerb") -> None:
        """Runs a verb in the background of our leg, instead of the one of its kind; it ends with the leg."""
        self.effects.append(effects.StartBackground(verb, self.leg.name))

    def accompany(self, verb: "RunningVerb", leg: str = "") -> None:
        """Runs a verb in the background of a leg (our own by default) as long as this one runs."""
        self.effects.append(effects.StartBackground(verb, leg or self.leg.name, beside=True))

    def stop_background(self, name: str) -> None:
        """Ends the verb of that name in the background of our leg, if there is one."""
        self.effects.append(effects.StopBackground(name))

    def skip_heard(self) -> None:
        """Ends the say or the play that our leg hears; its program goes on with the next verb."""
        self.effects.append(effects.SkipHeard())

    def finish(self, **result: Any) -> None:
        """Ends the verb: its actionHook is asked with the result, then its program is replaced or goes on with the next verb."""
        self.effects.append(effects.Finish(result))

    def replace_rest(self, verbs: Sequence[WrittenVerb], stranded: bool = False) -> None:
        """Ends the verb; others replace the rest of its program. Without verbs the rest runs; `stranded`, because a hook has failed."""
        self.effects.append(effects.ReplaceRest(tuple(verbs), stranded))

    def replace_root(self, verbs: Sequence[Spec]) -> None:
        """Replaces the whole call's program."""
        self.effects.append(effects.ReplaceRoot(tuple(verbs)))

    def end_program(self) -> None:
        """Ends the verb, and nothing that follows it runs."""
        self.effects.append(effects.EndProgram())

    def leave_program(self) -> None:
        """Ends the verb, and its program as `left`. In the program of the call itself, which is heard in nothing, the next verb runs."""
        self.effects.append(effects.LeaveProgram())

    def note(self, text: str) -> None:
        """Records a sentence for whoever reads the ladder."""
        self.effects.append(effects.AddNote(text))


def handler_topic(handler: Callable[..., None], kind: str) -> str:
    """Returns what a handler is about: `ring` of `on_ring_timer`. Raises ValueError for a method that is no such handler."""
    name: str = handler.__name__
    prefix, suffix = "on_", f"_{kind}"
    if not (name.startswith(prefix) and name.endswith(suffix)):
        raise ValueError(f"{name} is no handler of a {kind}: it would be called {prefix}<topic>{suffix}")
    return name[len(prefix) : -len(suffix)]
