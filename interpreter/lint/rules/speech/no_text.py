"""The rule no-text (CV501)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.speech import is_ssml, loss, utterances
from callverbs.verbs.say import SaySpec


class NoText(Rule, code="CV501", severity=WARNING):
    """A say has a blank text, one without a letter or a digit, an empty list of texts, or an SSML element that is too long for one
    command and has no words.

    Why: nothing is spoken, and the next verb runs at once.

    Bad:

        [{"verb": "say", "text": ""}]

    Good:

        [{"verb": "say", "text": "One moment, please."}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("say"):
            if not isinstance(verb.spec, SaySpec):
                continue
            texts = verb.spec.text
            if texts == []:
                yield self.diagnostic((*verb.path, "text"), "there is no text: nothing is spoken")
            for index, text in enumerate([texts] if isinstance(texts, str) else texts):
                if problem := self._explain(text):
                    yield self.diagnostic((*verb.path, "text", *([] if isinstance(texts, str) else [index])), problem)

    def _explain(self, text: str) -> str:
        """Returns why nothing of a text is spoken; "" where something is."""
        if problem := loss(text):
            return "" if utterances(text) else problem
        has_words = is_ssml(text) or any(map(str.isalnum, text))
        return "" if has_words else "there is no word in this text: nothing is spoken"
