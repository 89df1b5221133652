"""The rule too-many-verbs (CV216)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

MAX_READABLE_VERBS = 100
"""Verbs of one list that a person can still read."""


class TooManyVerbs(Rule, code="CV216", severity=INFO):
    """A list has more than a hundred verbs.

    Why: the rest of a program is stored with the call and read at every event. Such a long list is generated or copied: let a hook
    reply with later verbs when they are needed, and use `loop` for repetitions.

    Bad:

        # a pause, a hundred and one times
        [&p {pause: {length: 1}}, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p,
        *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p,
        *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p,
        *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p]

    Good:

        [{"verb": "pause", "length": 60}, {"verb": "redirect", "actionHook": "/next"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            if len(program) > MAX_READABLE_VERBS:
                path, at_key = program[MAX_READABLE_VERBS].name_location
                yield self.diagnostic(path, f"this list has {len(program)} verbs: let a hook reply with the later ones", at_key)
