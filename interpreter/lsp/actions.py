"""Code actions for a finding: its fix, or its suppression. Each is tried before it is offered."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs.interpreter.lint.document import VERB_NAME_KEY
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.fixes import Relint, fix_source, harmless_edit
from callverbs.interpreter.lint.rule_codes import INTERNAL_ERROR
from callverbs.interpreter.lint.suppressions import PREFIX, PROPERTY
from callverbs.interpreter.lsp.positions import Positions
from callverbs.interpreter.text import edits
from callverbs.interpreter.text.edits import Edit, EditableText
from callverbs.interpreter.text.paths import value_at
from callverbs.interpreter.text.source import JSON, Source
from callverbs.schemas import Fix
from callverbs.schemas.quoting import quote

REASON_PLACEHOLDER = "say why"
"""The author replaces it by a reason."""
"""Characters of a value that a title quotes."""


class Action(NamedTuple):
    """An action to offer: its title, its finding, and the edit of the text."""

    title: str
    finding: Finding
    edit: Edit
    is_fix: bool
    is_safe: bool = False


def actions_for(source: Source, found: list[Finding], selected: list[Finding], relint: Relint) -> Iterator[Action]:
    """Yields the actions for some of the findings of a source."""
    for finding in selected:
        if finding.fix and (edit := harmless_edit(source, found, finding, relint)):
            yield Action(f"{finding.code}: {_title(finding.fix)}", finding, edit, is_fix=True, is_safe=finding.fix.safe)
        if finding.code != INTERNAL_ERROR and (suppression := _suppression(source, finding, relint)):
            yield Action(f"{finding.code}: ignore it here", finding, suppression, is_fix=False)


def fix_all(source: Source, relint: Relint) -> Edit | None:
    """Returns all safe fixes of a text as one edit; None where there is nothing to fix."""
    after = fix_source(source, relint=relint)
    return minimal_edit(source.text, after.text) if after.fixed else None


def minimal_edit(before: str, after: str) -> Edit:
    """Returns the smallest edit that turns one text into another."""
    length = min(len(before), len(after))
    start = next((at for at in range(length) if before[at] != after[at]), length)
    end = next((at for at in range(length - start) if before[-1 - at] != after[-1 - at]), length - start)
    return Edit(start, len(before) - end, after[start : len(after) - end])


def _title(fix: Fix) -> str:
    if fix.action == "rename":
        return f"rename it to {fix.value}"
    if fix.action == "replace":
        return f"write {quote(fix.value)}"
    if fix.action == "add":
        return f"add {', '.join(fix.value)}"
    return "remove it"


def _suppression(source: Source, finding: Finding, relint: Relint) -> Edit | None:
    """Returns the first edit that suppresses a finding and leaves the value of the document unchanged."""
    if not source.readable:
        return None
    for edit in _suppression_candidates(source, finding):
        after = Source(source.name, edits.apply(source.text, [edit]), [], source.language)
        is_unchanged = after.readable and _without_suppressions(after.value) == _without_suppressions(source.value)
        if is_unchanged and not any(_is_same(one, finding) for one in relint(after)):
            return edit
    return None


def _suppression_candidates(source: Source, finding: Finding) -> Iterator[Edit]:
    """Yields a comment behind the line, one above it, and a property of the verb."""
    editable, suppression = EditableText(source), f"{PREFIX} ignore[{finding.code}] {REASON_PLACEHOLDER}"
    if source.language != JSON:
        start = Positions(source.text).line_offset(finding.line)
        end = editable.line_end(start)
        line = source.text[start:end]
        indentation = line[: len(line) - len(line.lstrip(" "))]
        yield Edit(end, end, f"  # {suppression}")
        yield Edit(start, start, f"{indentation}# {suppression}{editable.line_break}")
    element = value_at(source.value, finding.value_path[:1])
    path = finding.value_path[: 1 if isinstance(element, dict) and VERB_NAME_KEY in element else 2]
    body = value_at(source.value, path)
    if isinstance(body, dict) and path and PROPERTY not in body and (edit := edits.add(editable, path, PROPERTY, suppression)):
        yield edit


def _without_suppressions(value: Any) -> str:
    """Returns a document as JSON, without the suppressions of its verbs."""
    return json.dumps([_without_suppression(one) for one in value] if isinstance(value, list) else value)


def _without_suppression(element: Any) -> Any:
    if not isinstance(element, dict):
        return element
    body = element if VERB_NAME_KEY in element else next(iter(element.values()), None)
    if not isinstance(body, dict):
        return element
    kept = {key: one for key, one in body.items() if key != PROPERTY}
    return kept if VERB_NAME_KEY in element else {next(iter(element)): kept}


def _is_same(one: Finding, other: Finding) -> bool:
    return (one.code, one.value_path, one.message) == (other.code, other.value_path, other.message)
