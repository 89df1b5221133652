"""The rule no-text (CV501)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.parts.speech import loss, utterances


class NoText(Rule, code="CV501", severity=WARNING):
    """A say has a blank text, an empty list of texts, or an SSML element that is too long for one command and has no words.

    Why: nothing is spoken, and the next verb runs at once.

    Bad:

        [{"verb": "say", "text": ""}]

    Good:

        [{"verb": "say", "text": "One moment, please."}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("say"):
            texts: str | list[str] = getattr(verb.spec, "text", "-")
            if texts == []:
                yield self.diagnostic((*verb.path, "text"), "there is no text: nothing is spoken")
            for index, text in enumerate([texts] if isinstance(texts, str) else texts):
                if (problem := loss(text)) and not utterances(text):
                    yield self.diagnostic((*verb.path, "text", *([] if isinstance(texts, str) else [index])), problem)
