"""The prompt of a verb that waits for input, cut into the verbs that it is heard as. A prompt asks no hook."""

from typing import TYPE_CHECKING

from callverbs.verbs.language.spec import Spec
from callverbs.verbs.parts.playlist import rounds
from callverbs.verbs.parts.speech import utterances
from callverbs.verbs.play import PlaySpec
from callverbs.verbs.say import SaySpec


class Prompted:
    """What a spec with `say` and `play` has."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the spec, which msgspec would read here too
        say: SaySpec | None
        play: PlaySpec | None

    @property
    def ends_with_command(self) -> bool:
        """Whether the last text or file is the prompt of the carrier's command, and not a verb of ours."""
        return False

    @property
    def prompt(self) -> SaySpec | PlaySpec | None:
        return self.say if self.say and utterances(self.say.text) else self.play

    def prompt_before(self) -> list[Spec]:
        """Returns what of the prompt is heard before the carrier's collection begins, as verbs."""
        prompt = self.prompt
        if prompt is None:
            return []
        heard = utterances(prompt.text) if isinstance(prompt, SaySpec) else prompt.urls
        return before_last(prompt, heard) if self.ends_with_command else [without_hook(prompt, heard, prompt.loop)]


def before_last(prompt: SaySpec | PlaySpec, heard: list[str]) -> list[Spec]:
    """Returns all of a prompt but its last text or file, which is heard otherwise. `heard` are the texts or files of one round."""
    whole, last = rounds(prompt.loop) - 1, heard[:-1]
    return [without_hook(prompt, heard, whole)] * (whole > 0) + [without_hook(prompt, last, 1)] * (last != [])


def without_hook(prompt: SaySpec | PlaySpec, heard: list[str], loop: int | str) -> Spec:
    """Returns a part of a prompt as a verb. In jambonz the hook of a prompt can replace the verb around it, which is a bug there."""
    if isinstance(prompt, SaySpec):
        return SaySpec(text=heard, loop=loop, synthesizer=prompt.synthesizer, carrier=prompt.carrier)
    return PlaySpec(url=heard, loop=loop, timeout_secs=prompt.timeout_secs, carrier=prompt.carrier)
