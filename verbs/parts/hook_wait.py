"""The wait for an actionHook that may be slow: it takes the place of the verb that has finished, until the hook has answered."""

from typing import Any, Literal

import msgspec
from msgspec import field

from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.defaults import Defaults
from callverbs.verbs.language.events import ProgramEnded
from callverbs.verbs.language.messages import AllowedVerbs
from callverbs.verbs.language.slow_hook import FillerNoiseSpec, HookDelaySpec, SlowHook
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.play import PlaySpec
from callverbs.verbs.say import SaySpec


class HookWait(RunningVerb):
    """Asks the hook, and lets the party hear noise, or the actions in their order, until it answers or the patience is over.

    A file is cut off by the answer; a text is heard to its end, and the verbs of the answer wait for that.
    """

    hook: Hook
    result: dict[str, Any]
    allowed: AllowedVerbs = ""
    sensitive: bool = False
    delay: HookDelaySpec = HookDelaySpec(enabled=False)
    noise: FillerNoiseSpec = FillerNoiseSpec(enable=False)
    hears: Literal["nothing", "noise", "file", "text"] = "nothing"
    played: int = 0
    """How many actions were begun."""
    answered: bool = False
    failed: bool = False
    verbs: list[msgspec.Raw] = field(default_factory=list)
    """Answered: the verbs of the reply, which wait for the end of a text."""

    @property
    def is_sensitive(self) -> bool:
        return self.sensitive

    def start(self, call: VerbContext) -> None:
        call.ask(self.hook, self.on_action_reply, action=True, allowed=self.allowed, extra=self.result)
        delay = self.delay
        if delay.enabled and delay.actions and delay.no_response_timeout:
            call.start_timer(self.on_delay_timer, delay.no_response_timeout)
        if delay.enabled and delay.no_response_give_up_timeout:
            call.start_timer(self.on_give_up_timer, delay.no_response_give_up_timeout)
        if self.noise.is_heard:
            call.start_timer(self.on_noise_timer, self.noise.start_delay_secs or 0.0)

    def on_noise_timer(self, call: VerbContext) -> None:
        if self.hears == "nothing":
            self.hears = "noise"
            call.run(call.leg.name, [PlaySpec(url=self.noise.url or "", loop="forever")])

    def on_delay_timer(self, call: VerbContext) -> None:
        (action,) = read_verbs([self.delay.actions[self.played % len(self.delay.actions)]])
        if isinstance(action, PlaySpec):
            action = msgspec.structs.replace(action, action_hook=None)
        self.played += 1
        call.stop_timer(self.on_noise_timer)
        call.stop(call.leg.name)
        self.hears = "text" if isinstance(action, SaySpec) else "file"
        call.run(call.leg.name, [action])

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        """A text or a file is over. Noise that is over could not be played: it is not tried again."""
        heard, self.hears = self.hears, "nothing"
        if event.result == "gone":
            return
        if self.answered:
            call.replace_rest(self.verbs, stranded=self.failed)
        elif heard in ("text", "file"):
            if self.played < self.delay.retries:
                call.start_timer(self.on_delay_timer, self.delay.no_response_timeout)
            if self.noise.is_heard:
                call.start_timer(self.on_noise_timer, self.noise.start_delay_secs or 0.0)

    def on_give_up_timer(self, call: VerbContext) -> None:
        """The hook is not waited for any longer."""
        if verbs := read_verbs(self.delay.give_up_actions):
            call.replace_rest(verbs)
        else:
            call.hang_up(call.leg.name)

    def on_action_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if self.hears != "text":
            call.replace_rest(reply.verbs, stranded=reply.failed)
            return
        self.answered, self.failed = True, reply.failed
        self.verbs = [msgspec.Raw(msgspec.json.encode(verb)) for verb in reply.verbs]
        call.stop_timer(self.on_give_up_timer)


def hook_wait(written: SlowHook, defaults: Defaults, hook: Hook, result: dict[str, Any], allowed: AllowedVerbs) -> HookWait | None:
    """Returns the wait for a hook; None where nothing is to be heard meanwhile."""
    delay = written.delay or defaults.hook_delay or HookDelaySpec(enabled=False)
    noise = written.noise.over(defaults.filler_noise) if written.noise else defaults.filler_noise
    noise = noise or FillerNoiseSpec(enable=False)
    if not (delay.enabled or noise.is_heard):
        return None
    return HookWait(hook=hook, result=result, allowed=allowed, delay=delay, noise=noise)


def read_verbs(written: list[dict[str, Any]]) -> tuple[Spec, ...]:
    """Returns verbs as written, which were checked with the verb that holds them."""
    from callverbs.verbs.language import document  # it knows all verbs, and they import this

    return document.read(written).verbs
