"""The rule unheard-keys (CV416)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.prompted_keys import PromptedKeys, prompted_keys
from callverbs.interpreter.lint.facts.spoken_texts import texts_of
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.gather_spec import GatherSpec

SILENT_VERBS = ("pause", "tag")
"""Verbs, besides those that are only heard, that hear no keys."""


class UnheardKeys(Rule, code="CV416", severity=WARNING):
    """A text asks the caller to press a key, and nothing listens: a gather for speech only, or no gather at all.

    A say is reported if nothing behind it can hear a key, and the document has no `config` that barges in.

    Why: the caller presses the key, and nothing happens.

    Bad:

        - verb: say
          text: Press 1 for sales, or 2 for support.
        - verb: hangup

    Good:

        - verb: gather
          numDigits: 1
          actionHook: /menu
          say: {text: "Press 1 for sales, or 2 for support."}
        - verb: hangup
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            for before, verb in zip([None, *program], program, strict=False):
                if isinstance(verb.spec, GatherSpec) and not verb.spec.wants_keys and verb.spec.action_hook:
                    for one in prompted_keys(document, verb, before):
                        yield from self._diagnostics(one, "input has no digits: write input: [digits, speech]")
        quiet = self._quiet_end(document)
        for index, verb in enumerate(quiet):
            if verb.item.name == "say":
                for text in texts_of(document, verb):
                    advice = "no gather listens: write this text as the say of one"
                    yield from self._diagnostics(PromptedKeys(text), advice if index < len(quiet) else "")

    def _diagnostics(self, one: PromptedKeys, advice: str) -> Iterator[Diagnostic]:
        key = one.single_key or next(iter(one.end_keys), "")
        if key:
            yield self.diagnostic(one.text.path, f"this asks for the key {key}, and {advice}")

    def _quiet_end(self, document: Document) -> list[DocumentVerb]:
        """Returns the verbs at the end of the document in which nothing hears a key; none where that is not certain."""
        found: list[DocumentVerb] = []
        if document.diagnostics or any(verb.item.name == "config" for verb in document.main_program):
            return found
        for verb in reversed(document.main_program):
            hears = not (verb.type.heard or verb.type.ends_call or verb.item.name in SILENT_VERBS)
            if hears or "actionHook" in verb.item.body:
                break
            found.append(verb)
        return found[::-1]
