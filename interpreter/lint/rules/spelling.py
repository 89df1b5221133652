"""What is nearly right: another name of the same property, a number in quotes."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.text.place import Steps
from schemas import Fault, Fix

FORMER = {"components/target": {"url": ("confirmHook", "Cognigy's page of dial still has the old name")}}
"""Names that properties of a part of the schemas once had: what they are called now, and who still has the old one."""
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?")


class FormerName(Rule):
    """A property is written with a name that it had once. The message says how it is called now.

    Why: jambonz and callverbs refuse a name that they do not know: the document is not run. A target that was to be screened by
    `url` is a dial that nobody gets.

    Bad:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100", "url": "/screen"}]}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100", "confirmHook": "/screen"}]}]
    """

    code: ClassVar[str] = "CV107"
    name: ClassVar[str] = "former-name"
    severity: ClassVar[Severity] = "error"
    hides: ClassVar[tuple[str, ...]] = ("CV102",)

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.main:
            for part, names in FORMER.items():
                for path, value in written.places(part):
                    for old, (new, who) in names.items():
                        if isinstance(value, dict) and old in value:
                            fix = None if new in value else Fix("rename", new)
                            yield self.fault((*path, old), f"{old} is called {new} now ({who})", True, fix)


class NumberAsText(Rule):
    """A number in quotes where a number is wanted, or a number without quotes where text is wanted.

    It is one of these only where the other form is right; else the value is of a wrong type (CV104). A telephone number is text:
    without quotes YAML takes its plus and its leading zeros away.

    Why: the document is not run. jambonz refuses it, too.

    Bad:

        [{"verb": "gather", "timeout": "10", "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "timeout": 10, "actionHook": "/menu"}]
    """

    code: ClassVar[str] = "CV110"
    name: ClassVar[str] = "number-as-text"
    severity: ClassVar[Severity] = "error"
    hides: ClassVar[tuple[str, ...]] = ("CV104",)

    def check(self, document: Document) -> Iterator[Fault]:
        for fault in document.faults:
            if fault.code == "CV104":
                value = _at(document.value, fault.path)
                other = _other(value)
                if other is not None and self._is_right(document, fault.path, other):
                    yield self._of(fault.path, value, other)

    def _is_right(self, document: Document, path: Steps, other: object) -> bool:
        """Whether the document has one fault less with the other form."""
        for item in (written.item for written in document.main):
            if path[: len(item.path)] == item.path:
                inside = path[len(item.path) :]
                body = _with(item.body, inside, other)
                name = f"verbs/{item.name.replace(':', '_')}"
                body = {**body, "verb": item.name} if "verb" in body else body
                return inside not in [fault.path for fault in schemas.faults(name, body)]
        return False

    def _of(self, path: Steps, value: object, other: object) -> Fault:
        words = f"the number {other} without quotes" if isinstance(value, str) else f'the text "{other}", in quotes'
        return self.fault(path, f"{_name(path)} wants {words}", fix=Fix("replace", other, safe=isinstance(value, str)))


def _other(value: object) -> object:
    """The number that a text is, or the text of a whole number; None where there is no such thing."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path; None where a fault is that of a name, which stands nowhere."""
    for step in path:
        if not isinstance(value, dict | list) or (isinstance(value, dict) and step not in value):
            return None
        value = value[step]
    return value


def _with(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """The same value with another one at a path."""
    if not path:
        return new
    copy: Any = value.copy()
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


def _name(path: Steps) -> str:
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "this")
