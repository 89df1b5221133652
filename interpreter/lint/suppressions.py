"""Suppressions of findings: comments in YAML, the property `_` of a verb in JSON and YAML.

    # callverbs: ignore[CV301] reason          on the line, or alone above it
    # callverbs: ignore-file[CV301] reason     in the whole document
    "_": "callverbs: ignore[CV301] reason"     on a verb, for all that is in it

It finds them, removes the findings that they suppress, and diagnoses those without effect. It does not know what a rule looks for.
"""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.rule import PROFILES
from callverbs.interpreter.lint.rule_codes import INTERNAL_ERROR, SUPPRESSION_WITHOUT_REASON, UNKNOWN_CODE, UNUSED_SUPPRESSION
from callverbs.interpreter.lint.selection import codes_of, explain_unknown
from callverbs.interpreter.text.comments import comments, is_within
from callverbs.interpreter.text.lines import LINE_BREAK
from callverbs.interpreter.text.source import YAML, Source
from callverbs.interpreter.text.syntax_tree import OffsetRange, find_node, text_diagnostic
from callverbs.schemas import Diagnostic, Fix, ValuePath

PREFIX = "callverbs:"
PROPERTY = "_"
"""The property of a verb that holds a suppression."""
SUPPRESSION = re.compile(rf"{PREFIX}[ \t]*ignore(?P<file>-file)?\b[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?[ \t:;,.-]*(?P<reason>.*?)[ \t]*$")
COMMENT = re.compile(
    rf"(?:(?<=[ \t\r\n])|^)#[ \t]*(?={PREFIX}[ \t]*ignore\b)[^\r\n]*?(?=[ \t]*(?:#[ \t]*{PREFIX}|[\r\n]|\Z))", re.MULTILINE
)
SELECTOR = re.compile(r"[^,\s]+")
BLANK_OR_COMMENT = re.compile(r"[ \t]*(?:#.*)?$")


class Selector(NamedTuple):
    """One of the selectors in brackets, and its offsets."""

    text: str
    start: int
    end: int


class Suppression(NamedTuple):
    """One suppression: its offsets, its selectors, its reason, its scopes, and the fix that removes it."""

    start: int
    end: int
    selectors: list[Selector]
    reason: str
    scopes: list["int | ValuePath"]
    """Lines, or parts of the value; `()` is the whole document."""
    fix: Fix
    path: ValuePath = ()


def apply(source: Source, findings: list[Finding], enabled: AbstractSet[str]) -> tuple[list[Finding], list[Diagnostic]]:
    """Returns the findings that are not suppressed, and the diagnostics of the suppressions. `enabled` are codes of rules."""
    if PREFIX not in source.text:
        return findings, []
    found = list(_suppressions(source))
    by_scope: dict[int | ValuePath, list[tuple[int, Selector]]] = {}
    for number, suppression in enumerate(found):
        for scope in suppression.scopes:
            by_scope.setdefault(scope, []).extend((number, selector) for selector in suppression.selectors)
    used: dict[int, set[Selector]] = {}
    kept = []
    for finding in findings:
        scopes: list[int | ValuePath] = [finding.line, *(finding.value_path[:depth] for depth in range(len(finding.value_path) + 1))]
        hits = [hit for scope in scopes for hit in by_scope.get(scope, ()) if finding.code in _codes(hit[1].text)]
        for number, selector in hits:
            used.setdefault(number, set()).add(selector)
        if not hits or finding.code == INTERNAL_ERROR:
            kept.append(finding)
    diagnostics = [one for number, suppression in enumerate(found) for one in _diagnose(suppression, used.get(number, set()), enabled)]
    return kept, [one for one in diagnostics if one.code in enabled]


def _codes(selector: str) -> tuple[str, ...]:
    """Returns the codes of a selector; none for a profile, which is too much to suppress."""
    return () if selector in PROFILES else codes_of(selector)


# --------------------------------------------------------------------------- diagnostics


def _diagnose(suppression: Suppression, used: AbstractSet[Selector], enabled: AbstractSet[str]) -> Iterator[Diagnostic]:
    start, end, selectors, path = suppression.start, suppression.end, suppression.selectors, suppression.path
    if not selectors:
        yield text_diagnostic(start, end, UNKNOWN_CODE, "name the rule to ignore, as in ignore[CV301]", path)
        return
    for selector in selectors:
        if not _codes(selector.text):
            message = explain_unknown(selector.text) or f"{selector.text} is a profile, not a rule: name the rule to ignore"
            yield text_diagnostic(selector.start, selector.end, UNKNOWN_CODE, message, path)
    unused = [selector for selector in selectors if selector not in used and enabled & set(_codes(selector.text))]
    if len(unused) == len(selectors):
        names = " and ".join(dict.fromkeys(selector.text for selector in unused))
        message = f"there is no {names} here to ignore"
        yield text_diagnostic(start, end, UNUSED_SUPPRESSION, message, path)._replace(fix=suppression.fix)
    else:
        for selector in unused:
            message = f"there is no {selector.text} here to ignore"
            yield text_diagnostic(selector.start, selector.end, UNUSED_SUPPRESSION, message, path)
    if not suppression.reason:
        yield text_diagnostic(start, end, SUPPRESSION_WITHOUT_REASON, "say after the bracket why this is ignored", path)


# --------------------------------------------------------------------------- search


def _suppressions(source: Source) -> Iterator[Suppression]:
    if source.language == YAML:
        yield from _in_comments(source)
    unique: dict[OffsetRange, Suppression] = {}
    for suppression in _in_properties(source, source.value, ()):
        first = unique.setdefault((suppression.start, suppression.end), suppression)
        if first is not suppression:  # an alias: one text applies in several places
            first.scopes.extend(suppression.scopes)
    yield from unique.values()


def _in_comments(source: Source) -> Iterator[Suppression]:
    text = source.text
    candidates = list(COMMENT.finditer(text))
    next_lines: dict[int, int] = {}
    ranges = list(comments(text, source.tree)) if candidates else []
    for comment in candidates:
        if not is_within(ranges, comment.start()):
            continue
        match = SUPPRESSION.search(comment[0])
        assert match
        start, end = comment.span()
        selectors = [Selector(one[0], start + one.start(), start + one.end()) for one in _selectors(match)]
        scope: int | ValuePath = () if match["file"] else _target_line(source, start, next_lines)
        yield Suppression(start, end, selectors, match["reason"], [scope], Fix("erase", _erased_range(text, start, end)))


def _selectors(match: re.Match[str]) -> Iterable[re.Match[str]]:
    return SELECTOR.finditer(match.string, *match.span("codes")) if match["codes"] else ()


def _target_line(source: Source, offset: int, next_lines: dict[int, int]) -> int:
    """Returns the line that a comment applies to: its own; of a comment alone in its line, the next line that holds something else.

    `next_lines` keeps the result for every line on the way, so that each of thousands of comments is read once.
    """
    line, column, *_ = source.span_between(offset, offset)
    if source.line(line)[: column - 1].strip():
        return line
    if line not in next_lines:
        last = source.span_between(len(source.text), len(source.text)).line
        target = next((number for number in range(line + 1, last + 1) if not BLANK_OR_COMMENT.match(source.line(number))), 0)
        next_lines.update(dict.fromkeys(range(line, target or last + 1), target))
    return next_lines[line] or line


def _erased_range(text: str, start: int, end: int) -> OffsetRange:
    """Returns what is erased with a comment: the blanks before it; of a comment alone in its line, the whole line."""
    while start and text[start - 1] in " \t":
        start -= 1
    if (start == 0 or text[start - 1] in "\r\n") and (line_break := LINE_BREAK.match(text, end)):
        end = line_break.end()
    return start, end


def _in_properties(source: Source, value: Any, path: ValuePath) -> Iterator[Suppression]:
    """Yields the suppressions of a value and of the values in it."""
    if isinstance(value, dict) and isinstance(value.get(PROPERTY), str) and (match := SUPPRESSION.match(value[PROPERTY])):
        property_path = (*path, PROPERTY)
        node, _ = find_node(source.tree, property_path)
        selectors = [Selector(one[0], node.start, node.end) for one in _selectors(match)]
        scope = () if match["file"] else path
        yield Suppression(node.start, node.end, selectors, match["reason"], [scope], Fix("remove", path=property_path), property_path)
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _in_properties(source, one, (*path, key))
