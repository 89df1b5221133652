"""What an editor can do about a finding: mend it, or ask not to hear of it any more. Each is tried before it is offered."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from interpreter.lint.finding import Finding
from interpreter.lint.fixes import NAME, Look, mend, proposal
from interpreter.lint.suppressions import NEVER, PROPERTY, SIGN
from interpreter.lsp.cursor import at
from interpreter.lsp.positions import Positions
from interpreter.text import edits
from interpreter.text.edits import Edit, Page
from interpreter.text.source import JSON, Source
from schemas import Fix

REASON = "say why"
"""What the author writes instead."""


class Action(NamedTuple):
    """Something to offer: its words, what it is about, and what it does to the text."""

    title: str
    finding: Finding
    edit: Edit
    mends: bool
    is_safe: bool = False


def offers(source: Source, found: list[Finding], about: list[Finding], look: Look) -> Iterator[Action]:
    """What can be done about some of the findings of a source."""
    for finding in about:
        if finding.fix and (edit := proposal(source, found, finding, look)):
            yield Action(f"{finding.code}: {_title(finding.fix)}", finding, edit, mends=True, is_safe=finding.fix.safe)
        if finding.code != NEVER and (hushed := _ignored(source, finding, look)):
            yield Action(f"{finding.code}: ignore it here", finding, hushed, mends=False)


def all_safe(source: Source, look: Look) -> Edit | None:
    """What all safe fixes do to a text, as one edit; None where there is nothing to mend."""
    after = mend(source, look=look)
    return difference(source.text, after.text) if after.fixed else None


def difference(before: str, after: str) -> Edit:
    """The smallest edit that makes one text of another."""
    most = min(len(before), len(after))
    start = next((at for at in range(most) if before[at] != after[at]), most)
    end = next((at for at in range(most - start) if before[-1 - at] != after[-1 - at]), most - start)
    return Edit(start, len(before) - end, after[start : len(after) - end])


def _title(fix: Fix) -> str:
    if fix.do == "rename":
        return f"rename it to {fix.value}"
    if fix.do == "replace":
        return f"write {_show(fix.value)}"
    if fix.do == "add":
        return f"add {', '.join(fix.value)}"
    return "take it away"


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _ignored(source: Source, finding: Finding, look: Look) -> Edit | None:
    """The first way to suppress a finding that works, and leaves the document what it is."""
    if not source.readable:
        return None
    for edit in _ways(source, finding):
        after = Source(source.name, edits.apply(source.text, [edit]), [], source.language)
        if after.readable and _plain(after.value) == _plain(source.value) and not any(_same(one, finding) for one in look(after)):
            return edit
    return None


def _ways(source: Source, finding: Finding) -> Iterator[Edit]:
    """A comment behind the line, or above it; else a property of the verb."""
    page, words = Page(source), f"{SIGN} ignore[{finding.code}] {REASON}"
    if source.language != JSON:
        at_line = Positions(source.text).place(finding.line, 1)
        end = page.line_end(at_line)
        blanks = source.text[at_line : at_line + len(source.text[at_line:end]) - len(source.text[at_line:end].lstrip(" "))]
        yield Edit(end, end, f"  # {words}")
        yield Edit(at_line, at_line, f"{blanks}# {words}{page.newline}")
    element = at(source.value, finding.steps[:1])
    path = finding.steps[: 1 if isinstance(element, dict) and NAME in element else 2]
    body = at(source.value, path)
    if isinstance(body, dict) and path and PROPERTY not in body and (edit := edits.add(page, path, PROPERTY, words)):
        yield edit


def _plain(value: Any) -> str:
    """A document without what its verbs ask not to be told of."""
    bare = [_without(one) for one in value] if isinstance(value, list) else value
    return json.dumps(bare)


def _without(element: Any) -> Any:
    if not isinstance(element, dict):
        return element
    body = element if NAME in element else next(iter(element.values()), None)
    if not isinstance(body, dict):
        return element
    bare = {key: one for key, one in body.items() if key != PROPERTY}
    return bare if NAME in element else {next(iter(element)): bare}


def _same(one: Finding, other: Finding) -> bool:
    return (one.code, one.steps, one.message) == (other.code, other.steps, other.message)
