"""Why a text is not YAML, in words that help: libyaml's complaint, and what stands at that place, decide what an author is told."""

import re

import yaml

from interpreter.text.place import Flaw

QUOTED = re.compile(r"""['"]\s*$""")

TAB = "a tab stands where YAML wants spaces: indent with spaces only"
COMPLAINTS = {
    "found a tab character": TAB,
    "mapping values are not allowed": "a colon and a space cannot stand here: put text that holds them in quotes, or mend the indentation",
    "did not find expected alphabetic or numeric character": "text that begins with * or & stands in quotes: both are signs of YAML",
    "found unknown directive name": "text that begins with % stands in quotes",
    "could not find expected directive name": "text that begins with % stands in quotes",
    "found unknown escape character": "there is no such escape: write \\\\ for a backslash, or put the text between single quotes",
    "found invalid Unicode character escape code": "YAML has no surrogate pairs: write the character itself, or \\U and eight digits",
    "did not find expected hexdecimal number": "an escape needs hexadecimal digits: \\x two, \\u four, \\U eight",
    "could not find expected ':'": "a colon and a space are missing behind the name of this property",
    "did not find expected '-' indicator": "the indentation does not fit the list above: its items begin with - in the same column",
    "did not find expected key": "the indentation does not fit what is above",
    "block sequence entries are not allowed": "a list cannot begin here: put it on the next line, or write [...]",
    "did not find expected digit or": "| and > stand alone, and the text begins on the next line",
    "did not find expected comment or line break": "| and > stand alone, and the text begins on the next line",
}
"""libyaml's complaints by their beginning (libyaml scanner.c, parser.c), and what an author can do."""
SIGNS = ("did not find expected alphabetic", "found unknown directive name", "could not find expected directive name")
"""Complaints about what follows a sign that was not meant as one: the sign is at fault."""
UNQUOTED = 'the text goes on behind its closing quote: write a quote within single quotes twice, and one within double quotes as \\"'


def explain(text: str, error: yaml.YAMLError) -> Flaw:
    """The flaw that an error of the parser stands for."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Flaw(0, 1, "CV001", f"this is not YAML: {error}")
    problem, context = error.problem or "", error.context or ""
    at = _index(error.problem_mark, text)
    if "flow" in context and error.context_mark and problem.startswith("did not find expected ','"):
        return _bracket(text, _index(error.context_mark, text), at)
    if problem == "found unexpected end of stream" and error.context_mark:
        start = _index(error.context_mark, text)
        return Flaw(start, start + 1, "CV001", f"this {text[start : start + 1]} is never closed")
    if problem.startswith(SIGNS) and error.context_mark:
        at = _index(error.context_mark, text)
    if problem == "found character that cannot start any token":
        return Flaw(at, at + 1, "CV001", _character(text[at : at + 1]))
    if problem == "did not find expected key" and QUOTED.search(text[:at]):
        return Flaw(at, at + 1, "CV001", UNQUOTED)
    advice = [words for beginning, words in COMPLAINTS.items() if problem.startswith(beginning)]
    return Flaw(at, at + 1, "CV001", advice[0] if advice else f"this is not YAML: {context} {problem}")


def _bracket(text: str, start: int, at: int) -> Flaw:
    """A list or an object between brackets: it is never closed, or a comma is missing."""
    opened = text[start : start + 1]
    if not text[at:].strip() or text[at - 1 : at] == "\n" or "\n" in text[start:at]:
        return Flaw(start, start + 1, "CV001", f"this {opened} is never closed")
    return Flaw(at, at + 1, "CV001", f"a comma, or the end of this {opened}, was expected")


def _character(character: str) -> str:
    if character == "\t":
        return TAB
    return f"text that begins with {character} stands in quotes"


def _index(mark: yaml.Mark | None, text: str) -> int:
    return min(mark.index, len(text)) if mark else 0
