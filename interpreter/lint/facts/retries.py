"""Retries of hooks: how many there can be, and the pauses between them."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import DocumentVerb
from callverbs.interpreter.lint.exits import Exit, hook_exits
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 6.0)
"""The pause before each retry: a test holds it equal to that of `interpreter.hooks`."""
MAX_RETRIES = len(PAUSES_SECONDS)


def awaited_hooks(verb: DocumentVerb) -> Iterator[Exit]:
    """Yields the hooks of a verb that the caller waits for."""
    return (one for one in hook_exits(verb) if one.always and not explain_bad_url(one.url))
