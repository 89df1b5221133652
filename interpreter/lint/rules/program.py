"""The document as a whole: a list of verbs, with something in it, written in one way."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault


class NotAList(Rule):
    """A document is not a list of verbs, or something in the list is not a verb.

    A verb is an object that names itself, in the long form `{"verb": "say", …}` or in the short form `{"say": {…}}`.

    Why: jambonz and callverbs run lists only. A single verb without its list is the commonest mistake in hooks' replies, and it
    is ignored in mid-call: the caller hears whatever came next.

    Bad:

        {"verb": "say", "text": "Hello"}

    Good:

        [{"verb": "say", "text": "Hello"}]
    """

    code: ClassVar[str] = "CV003"
    name: ClassVar[str] = "not-a-list-of-verbs"
    severity: ClassVar[Severity] = "error"


class Empty(Rule):
    """The document is an empty list.

    As the reply of an actionHook an empty list means "go on with the next verb". As an application it leaves nothing to run.

    Why: every caller is rejected.

    Bad:

        []

    Good:

        [{"verb": "say", "text": "We are closed today."}]
    """

    code: ClassVar[str] = "CV004"
    name: ClassVar[str] = "empty-application"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        if document.value == []:
            yield self.fault((), "there is no verb in this list: a caller would be rejected")


class MixedForms(Rule):
    """Some verbs are written in the long form, and some in the short form.

    Why: both run alike, so no caller notices. Readers of the document do.

    Bad:

        [{"verb": "say", "text": "Hello"}, {"hangup": {}}]

    Good:

        [{"verb": "say", "text": "Hello"}, {"verb": "hangup"}]
    """

    code: ClassVar[str] = "CV008"
    name: ClassVar[str] = "mixed-forms"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for program in document.programs:
            for written in program[1:]:
                if written.is_long != program[0].is_long:
                    form = "long" if program[0].is_long else "short"
                    path, at_key = written.named
                    yield self.fault(path, f"{written.item.written} is not written in the {form} form, as the verbs above are", at_key)
                    break
