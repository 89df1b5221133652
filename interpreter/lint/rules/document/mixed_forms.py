"""The rule mixed-forms (CV008)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class MixedForms(Rule, code="CV008", severity=INFO):
    """Some verbs are written in the long form, and some in the short form.

    Why: both run the same, so no caller notices. But the document is harder to read.

    Bad:

        [{"verb": "say", "text": "Hello"}, {"hangup": {}}]

    Good:

        [{"verb": "say", "text": "Hello"}, {"verb": "hangup"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            for verb in program[1:]:
                if verb.is_long_form != program[0].is_long_form:
                    form = "long" if program[0].is_long_form else "short"
                    path, at_key = verb.name_location
                    message = f"{verb.item.written} is not written in the {form} form, as the verbs above are"
                    yield self.diagnostic(path, message, at_key, _other_form(verb))
                    break


def _other_form(verb: DocumentVerb) -> Fix:
    """Returns the fix that moves the name of a verb among its properties, or around them."""
    name, body = verb.item.written, verb.item.body
    if not verb.is_long_form:
        return Fix("replace", {"verb": name, **body}, path=verb.path[:-1])
    return Fix("replace", {name: {key: value for key, value in body.items() if key != "verb"}}, path=verb.path)
