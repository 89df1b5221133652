"""The rule unknown-ssml (CV516)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.spoken_texts import spoken_texts
from callverbs.interpreter.lint.facts.ssml_names import explain_attributes, explain_element
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class UnknownSsml(Rule, code="CV516", severity=WARNING):
    """A tag that no voice knows, or a value of an attribute that means nothing, such as `<break time="500"/>`.

    What only some voices know is CV504.

    Why: a voice refuses the text, and the caller hears silence; or it ignores the tag, and the pause or the digits sound wrong.

    Bad:

        [{"verb": "say", "text": "<speak>One moment <break time='500'/> please.</speak>"}]

    Good:

        [{"verb": "say", "text": "<speak>One moment <break time='500ms'/> please.</speak>"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for one in spoken_texts(document):
            elements = ssml.parse(one.text).elements if one.is_ssml else ()
            reasons = dict.fromkeys(reason for element in elements for reason in self._reasons(element))
            yield from (self.diagnostic(one.path, reason) for reason in reasons)

    def _reasons(self, element: ssml.Element) -> Iterator[str]:
        reason, guess = explain_element(element.name)
        if reason:
            yield f"{reason}; did you mean <{guess}>?" if guess else reason
        else:
            yield from explain_attributes(element.name, element.attributes)
