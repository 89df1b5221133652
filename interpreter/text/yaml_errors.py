"""Explains errors of the YAML parser: libyaml's message, and the text at its position, decide which message an author gets."""

import re

import yaml

from callverbs.interpreter.text.syntax_tree import text_diagnostic
from callverbs.schemas import Diagnostic

PROPERTY = re.compile(r"[\w:.-]+:(?:[ \t]+[^\s#][^\r\n]{0,30})?")
"""A property and the beginning of its value."""
CLOSING_QUOTE = re.compile(r"""['"]\s*$""")

TAB_MESSAGE = "YAML does not allow a tab here: indent with spaces only"
MESSAGES = {
    "found a tab character": TAB_MESSAGE,
    "mapping values are not allowed": "a colon and a space are not allowed here: put text that has them in quotes, or fix the indentation",
    "did not find expected alphabetic or numeric character": "put text that begins with * or & in quotes: both have a meaning in YAML",
    "found unknown directive name": "put text that begins with % in quotes",
    "could not find expected directive name": "put text that begins with % in quotes",
    "found unknown escape character": "there is no such escape: write \\\\ for a backslash, or put the text between single quotes",
    "found invalid Unicode character escape code": "YAML has no surrogate pairs: write the character itself, or \\U and eight digits",
    "did not find expected hexdecimal number": "an escape needs hexadecimal digits: \\x two, \\u four, \\U eight",
    "could not find expected ':'": "a colon and a space are missing after the name of this property",
    "did not find expected '-' indicator": "the indentation does not fit the list above: its items begin with - in the same column",
    "did not find expected key": "the indentation does not fit what is above",
    "block sequence entries are not allowed": "a list cannot begin here: put it on the next line, or write [...]",
    "did not find expected digit or": "after | or > the text begins on the next line",
    "did not find expected comment or line break": "after | or > the text begins on the next line",
}
"""libyaml's errors by their beginning (libyaml scanner.c, parser.c), and the messages that an author gets."""
INDICATOR_ERRORS = ("did not find expected alphabetic", "found unknown directive name", "could not find expected directive name")
"""Errors about the text behind an indicator (*, &, %) that was not meant as one: they are reported at the indicator."""
BEHIND_QUOTE_MESSAGE = (
    'the text goes on behind its closing quote: write a quote within single quotes twice, and one within double quotes as \\"'
)


def explain(text: str, error: yaml.YAMLError) -> Diagnostic:
    """Returns an error of the parser as a diagnostic that says what to do."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return text_diagnostic(0, 1, "CV001", f"this is not YAML: {error}")
    problem, context = error.problem or "", error.context or ""
    offset = _offset(error.problem_mark, text)
    if "flow" in context and error.context_mark and problem.startswith("did not find expected ','"):
        return _explain_bracket(text, _offset(error.context_mark, text), offset)
    if problem == "found unexpected end of stream" and error.context_mark:
        start = _offset(error.context_mark, text)
        return text_diagnostic(start, start + 1, "CV001", f"this {text[start : start + 1]} is never closed")
    if problem.startswith(INDICATOR_ERRORS) and error.context_mark:
        offset = _offset(error.context_mark, text)
    if problem == "found character that cannot start any token":
        return text_diagnostic(offset, offset + 1, "CV001", _explain_character(text[offset : offset + 1]))
    if problem == "did not find expected key" and CLOSING_QUOTE.search(text[:offset]):
        return text_diagnostic(offset, offset + 1, "CV001", BEHIND_QUOTE_MESSAGE)
    if problem.startswith("did not find expected '-' indicator") and _column(error.problem_mark) == _column(error.context_mark):
        found = PROPERTY.match(text, offset)
        if found:
            message = f"a dash is missing: write - {found[0]}, or indent it below the dash above it"
            return text_diagnostic(offset, offset + 1, "CV001", message)
    messages = [message for beginning, message in MESSAGES.items() if problem.startswith(beginning)]
    return text_diagnostic(offset, offset + 1, "CV001", messages[0] if messages else f"this is not YAML: {context} {problem}")


def _explain_bracket(text: str, start: int, offset: int) -> Diagnostic:
    """Returns the diagnostic of a bracket that is never closed, or of a comma that is missing."""
    opened = text[start : start + 1]
    if not text[offset:].strip() or text[offset - 1 : offset] == "\n" or "\n" in text[start:offset]:
        return text_diagnostic(start, start + 1, "CV001", f"this {opened} is never closed")
    return text_diagnostic(offset, offset + 1, "CV001", f"a comma, or the end of this {opened}, was expected")


def _explain_character(character: str) -> str:
    if character == "\t":
        return TAB_MESSAGE
    return f"put text that begins with {character} in quotes"


def _column(mark: yaml.Mark | None) -> int:
    return mark.column if mark else -1


def _offset(mark: yaml.Mark | None, text: str) -> int:
    return min(mark.index, len(text)) if mark else 0
