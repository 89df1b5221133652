"""What authors have asked not to hear of: comments in YAML, the property `_` of a verb in JSON and YAML.

    # callverbs: ignore[CV301] reason          on the line, or alone above it
    # callverbs: ignore-file[CV301] reason     in the whole document
    "_": "callverbs: ignore[CV301] reason"     on a verb, for all that is in it

It finds them, takes away what they mean, and says which of them mean nothing. It does not know what a rule looks for.
"""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from interpreter.lint.finding import Finding
from interpreter.lint.rules._rule import PROFILES
from interpreter.lint.selection import codes, unknown
from interpreter.text.comments import comments, is_within
from interpreter.text.place import BREAK, Steps, find
from interpreter.text.source import YAML, Source
from schemas import Fix

UNUSED, BARE, UNKNOWN = "CV901", "CV902", "CV903"
NEVER = "CV900"
"""A mistake of ours: nobody can ask not to hear of it."""
SIGN = "callverbs:"
MARK = re.compile(rf"{SIGN}[ \t]*ignore(?P<file>-file)?\b[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?[ \t:;,.-]*(?P<reason>.*?)[ \t]*$")
COMMENT = re.compile(rf"(?:(?<=[ \t\r\n])|^)#[ \t]*(?={SIGN}[ \t]*ignore\b)[^\r\n]*?(?=[ \t]*(?:#[ \t]*{SIGN}|[\r\n]|\Z))", re.MULTILINE)
WORD = re.compile(r"[^,\s]+")
ALONE = re.compile(r"[ \t]*(?:#.*)?$")
PROPERTY = "_"


class Word(NamedTuple):
    """One of the words in brackets, and where it stands."""

    text: str
    start: int
    end: int


class Suppression(NamedTuple):
    """One wish not to hear: where it stands, its words, its reason, where it holds, and what takes it out of the text."""

    start: int
    end: int
    words: list[Word]
    reason: str
    scopes: list["int | Steps"]
    """A line, or a part of the value; `()` is the whole document."""
    fix: Fix
    steps: Steps = ()


class Remark(NamedTuple):
    """What is to be said of a suppression itself."""

    start: int
    end: int
    code: str
    message: str
    steps: Steps
    fix: Fix | None = None


def apply(source: Source, found: list[Finding], wanted: AbstractSet[str]) -> tuple[list[Finding], list[Remark]]:
    """The findings that somebody wants to hear of, and what there is to say of the suppressions. `wanted` are the codes that count."""
    if SIGN not in source.text:
        return found, []
    every = list(_every(source))
    table: dict[int | Steps, list[tuple[int, Word]]] = {}
    for number, one in enumerate(every):
        for scope in one.scopes:
            table.setdefault(scope, []).extend((number, word) for word in one.words)
    used: dict[int, set[Word]] = {}
    kept = []
    for finding in found:
        scopes: list[int | Steps] = [finding.line, *(finding.steps[:depth] for depth in range(len(finding.steps) + 1))]
        hits = [hit for scope in scopes for hit in table.get(scope, ()) if finding.code in _means(hit[1].text)]
        for number, word in hits:
            used.setdefault(number, set()).add(word)
        if not hits or finding.code == NEVER:
            kept.append(finding)
    remarks = [remark for number, one in enumerate(every) for remark in _remarks(one, used.get(number, set()), wanted)]
    return kept, [remark for remark in remarks if remark.code in wanted]


def _means(word: str) -> tuple[str, ...]:
    """The codes of a word. Whoever suppresses says what: a profile is no word for it."""
    return () if word in PROFILES else codes(word)


# --------------------------------------------------------------------------- what is said of them


def _remarks(one: Suppression, used: AbstractSet[Word], wanted: AbstractSet[str]) -> Iterator[Remark]:
    if not one.words:
        yield Remark(one.start, one.end, UNKNOWN, "say what is to be ignored, as in ignore[CV301]", one.steps)
        return
    strange = [word for word in one.words if not _means(word.text)]
    for word in strange:
        why = unknown(word.text) or f"{word.text} is a profile, and not a rule: name the rule that is to be ignored"
        yield Remark(word.start, word.end, UNKNOWN, why, one.steps)
    unused = [word for word in one.words if word not in used and wanted & set(_means(word.text))]
    if len(unused) == len(one.words):
        what = " and ".join(dict.fromkeys(word.text for word in unused))
        yield Remark(one.start, one.end, UNUSED, f"there is no {what} here to be ignored", one.steps, one.fix)
    else:
        for word in unused:
            yield Remark(word.start, word.end, UNUSED, f"there is no {word.text} here to be ignored", one.steps)
    if not one.reason:
        yield Remark(one.start, one.end, BARE, "say behind the bracket why this is ignored", one.steps)


# --------------------------------------------------------------------------- where they stand


def _every(source: Source) -> Iterator[Suppression]:
    if source.language == YAML:
        yield from _comments(source)
    shared: dict[tuple[int, int], Suppression] = {}
    for one in _properties(source, source.value, ()):
        first = shared.setdefault((one.start, one.end), one)
        if first is not one:  # an alias: one text holds in several places
            first.scopes.extend(one.scopes)
    yield from shared.values()


def _comments(source: Source) -> Iterator[Suppression]:
    text = source.text
    found = list(COMMENT.finditer(text))
    below: dict[int, int] = {}
    ranges = list(comments(text, source.places)) if found else []
    for comment in found:
        if not is_within(ranges, comment.start()):
            continue
        mark = MARK.search(comment[0])
        assert mark
        offset = comment.start()
        words = [Word(one[0], offset + one.start(), offset + one.end()) for one in _words(mark)]
        scope: int | Steps = () if mark["file"] else _line(source, offset, below)
        yield Suppression(offset, comment.end(), words, mark["reason"], [scope], Fix("erase", _erased(text, offset, comment.end())))


def _words(mark: re.Match[str]) -> Iterable[re.Match[str]]:
    return WORD.finditer(mark.string, *mark.span("codes")) if mark["codes"] else ()


def _line(source: Source, offset: int, below: dict[int, int]) -> int:
    """The line that a comment is about: its own; if it stands alone there, the next one that holds something.

    `below` keeps that one for every line on the way: thousands of comments are read once.
    """
    line, column, *_ = source.between(offset, offset)
    if source.line(line)[: column - 1].strip():
        return line
    if line not in below:
        last = source.between(len(source.text), len(source.text)).line
        held = next((number for number in range(line + 1, last + 1) if not ALONE.match(source.line(number))), 0)
        below.update(dict.fromkeys(range(line, held or last + 1), held))
    return below[line] or line


def _erased(text: str, start: int, end: int) -> tuple[int, int]:
    """What goes with a comment: the blanks before it; the whole line, if it stands alone there."""
    while start and text[start - 1] in " \t":
        start -= 1
    if (start == 0 or text[start - 1] in "\r\n") and (after := BREAK.match(text, end)):
        end = after.end()
    return start, end


def _properties(source: Source, value: Any, path: Steps) -> Iterator[Suppression]:
    """Those of a value and of what is in it."""
    if isinstance(value, dict) and isinstance(value.get(PROPERTY), str) and (mark := MARK.match(value[PROPERTY])):
        where = (*path, PROPERTY)
        place, _ = find(source.places, where)
        words = [Word(one[0], place.start, place.end) for one in _words(mark)]
        scope = () if mark["file"] else path
        yield Suppression(place.start, place.end, words, mark["reason"], [scope], Fix("remove", path=where), where)
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _properties(source, one, (*path, key))
