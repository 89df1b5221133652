"""The hooks that screen callees."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import DocumentVerb, hook_url
from callverbs.interpreter.lint.facts.targets import targets_of
from callverbs.schemas import ValuePath


def screening_hooks(verb: DocumentVerb) -> Iterator[tuple[ValuePath, str]]:
    """Yields the path and the URL of every confirmHook of a dial and its targets."""
    yield from hook_url(verb.item.body.get("confirmHook"), (*verb.path, "confirmHook"))
    for target in targets_of(verb):
        yield from hook_url(target.body.get("confirmHook"), (*target.path, "confirmHook"))
