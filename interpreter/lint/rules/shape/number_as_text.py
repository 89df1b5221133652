"""The rule number-as-text (CV110)."""

import re
from collections.abc import Iterator
from typing import Any

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix, ValuePath
from callverbs.verbs import schema_name

NUMBER_TEXT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?")


class NumberAsText(Rule, code="CV110", severity=ERROR, hides=("CV104",)):
    """A number in quotes where a number is wanted, or a number without quotes where text is wanted.

    This rule applies only if the other form is valid; otherwise the value has the wrong type (CV104). A telephone number is text:
    without quotes YAML removes its plus and its leading zeros.

    Why: the document is not run. jambonz refuses it, too.

    Bad:

        [{"verb": "gather", "timeout": "10", "numDigits": 1, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "timeout": 10, "numDigits": 1, "actionHook": "/menu"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for diagnostic in document.diagnostics:
            if diagnostic.code == "CV104":
                value = _value_at(document.value, diagnostic.path)
                converted = _converted(value)
                if converted is not None and self._is_valid_with(document, diagnostic.path, converted):
                    yield self._diagnostic_of(diagnostic.path, value, converted)

    def _is_valid_with(self, document: Document, path: ValuePath, converted: object) -> bool:
        """Returns whether the diagnostic of a path is gone with the converted value."""
        for item in (verb.item for verb in document.main_program):
            if path[: len(item.path)] == item.path:
                inner_path = path[len(item.path) :]
                body = _replaced_at(item.body, inner_path, converted)
                body = {**body, "verb": item.name} if "verb" in body else body
                return inner_path not in [diagnostic.path for diagnostic in schemas.diagnose(schema_name(item.name), body)]
        return False

    def _diagnostic_of(self, path: ValuePath, value: object, converted: object) -> Diagnostic:
        expected = f"the number {converted} without quotes" if isinstance(value, str) else f'the text "{converted}", in quotes'
        return self.diagnostic(path, f"{_property_name(path)} wants {expected}", fix=Fix("replace", converted, safe=isinstance(value, str)))


def _converted(value: object) -> object:
    """Returns the number that a text stands for, or the text of a whole number; None for any other value."""
    if isinstance(value, str) and NUMBER_TEXT.fullmatch(value):
        return float(value) if "." in value else int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _value_at(value: Any, path: tuple[Any, ...]) -> Any:
    """Returns the value at a path; None where the path is that of a name."""
    for step in path:
        if not isinstance(value, dict | list) or (isinstance(value, dict) and step not in value):
            return None
        value = value[step]
    return value


def _replaced_at(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """Returns the value with another one at a path."""
    if not path:
        return new
    copy: Any = value.copy()
    copy[path[0]] = _replaced_at(copy[path[0]], path[1:], new)
    return copy


def _property_name(path: ValuePath) -> str:
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "this")
