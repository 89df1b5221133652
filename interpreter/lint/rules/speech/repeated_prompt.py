"""The rule repeated-prompt (CV512)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.spoken_texts import SpokenText, spoken_texts
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

MIN_COPIES = 3
"""Fewer copies are not reported."""
TEXT_MIN_CHARACTERS = 20
"""A shorter text is not worth an anchor."""


class RepeatedPrompt(Rule, code="CV512", severity=INFO, profile="strict"):
    """A document has the same text three times or more. The finding is at the second one.

    In YAML, write it once with an anchor (`&welcome`) and use aliases (`*welcome`); or play a recording instead.

    Why: no caller notices, until one copy is changed and the others are forgotten.

    Bad:

        - say: {text: "Please stay on the line, we are trying again."}
        - pause: {length: 1}
        - say: {text: "Please stay on the line, we are trying again."}
        - pause: {length: 1}
        - say: {text: "Please stay on the line, we are trying again."}

    Good:

        - say: {text: &wait "Please stay on the line, we are trying again."}
        - pause: {length: 1}
        - say: {text: *wait}
        - pause: {length: 1}
        - say: {text: *wait}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        copies: dict[str, dict[int, SpokenText]] = {}
        for one in spoken_texts(document):
            if len(one.text) >= TEXT_MIN_CHARACTERS:
                copies.setdefault(one.text, {}).setdefault(id(one.text), one)  # an alias is the same text, not a copy of it
        for occurrences in copies.values():
            if len(occurrences) >= MIN_COPIES:
                yield self.diagnostic(list(occurrences.values())[1].path, f"this text is written {len(occurrences)} times in this document")
