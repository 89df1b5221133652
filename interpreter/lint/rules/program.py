"""The document as a whole: a list of verbs, with something in it, written in one way."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault, Fix

MANY = 100
"""Verbs of one list that somebody can still read."""


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
                    what = f"{written.item.written} is not written in the {form} form, as the verbs above are"
                    yield self.fault(path, what, at_key, _other_form(written))
                    break


def _other_form(written: Written) -> Fix:
    """The same verb, with its name among its properties or around them."""
    name, body = written.item.written, written.item.body
    if not written.is_long:
        return Fix("replace", {"verb": name, **body}, path=written.path[:-1])
    return Fix("replace", {name: {key: value for key, value in body.items() if key != "verb"}}, path=written.path)


class TooManyVerbs(Rule):
    """A list has more than a hundred verbs.

    Why: what is left of a program is kept with the call and read at every event. A list that long is written by a program, or
    repeated by hand: a hook can give the verbs when their turn has come, and `loop` repeats what is heard.

    Bad:

        # a pause, a hundred and one times
        [&p {pause: {length: 1}}, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p,
        *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p,
        *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p,
        *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p, *p]

    Good:

        [{"verb": "pause", "length": 60}, {"verb": "redirect", "actionHook": "/next"}]
    """

    code: ClassVar[str] = "CV216"
    name: ClassVar[str] = "too-many-verbs"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for program in document.programs:
            if len(program) > MANY:
                path, at_key = program[MANY].named
                yield self.fault(path, f"this list has {len(program)} verbs: let a hook give the later ones in their turn", at_key)
