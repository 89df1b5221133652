"""The gathers of a document that collect keys, with what their prompts ask for."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.prompted_keys import PromptedKeys, prompted_keys
from callverbs.verbs.parts.gather_spec import GatherSpec


class KeyGather(NamedTuple):
    """A gather that collects keys."""

    verb: DocumentVerb
    spec: GatherSpec
    prompts: list[PromptedKeys]

    @property
    def single_key(self) -> str:
        """The first single key that its prompt asks for; "" where it asks for none."""
        return next((one.single_key for one in self.prompts if one.single_key), "")

    @property
    def key_count(self) -> int:
        """How many keys its prompt asks for; 0 where it does not say it."""
        return next((one.key_count for one in self.prompts if one.key_count), 0)

    @property
    def number_name(self) -> str:
        """What the number that its prompt asks for is called; "" where it asks for none."""
        return next((one.number_name for one in self.prompts if one.number_name), "")


@lru_cache(maxsize=1)
def key_gathers(document: Document) -> tuple[KeyGather, ...]:
    """Returns every gather without a diagnostic that waits for keys and asks a hook about them. Several rules ask one after the other."""
    return tuple(_find_key_gathers(document))


def _find_key_gathers(document: Document) -> Iterator[KeyGather]:
    for program in document.programs:
        for before, verb in zip([None, *program], program, strict=False):
            spec = verb.spec
            if isinstance(spec, GatherSpec) and spec.wants_keys and spec.action_hook:
                yield KeyGather(verb, spec, prompted_keys(document, verb, before))
