"""Fixes a document: turns the fixes of findings into edits of its text, and lints again.

A fix is applied only if the new text can be read, means the same but for the fix, and has no more errors of any code than before.
Otherwise the finding is left to the author. Nothing is written to a file here.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from callverbs.interpreter.lint.context import DEFAULT_CONTEXT, LintContext
from callverbs.interpreter.lint.document import VERB_NAME_KEY
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rule_codes import DUPLICATE_KEY
from callverbs.interpreter.lint.rules import RULES, Rule
from callverbs.interpreter.text import edits, forms
from callverbs.interpreter.text.edits import Edit, EditableText
from callverbs.interpreter.text.paths import value_at
from callverbs.interpreter.text.source import Source
from callverbs.schemas import Fix, ValuePath

MAX_ROUNDS = 100
"""Times that a text is linted again: a fix can reveal findings that the next round fixes."""

Relint = Callable[[Source], list[Finding]]
"""Returns the findings of a source."""


class FixedText(NamedTuple):
    """A text with fixes applied, the findings that they fixed, and those that are left."""

    text: str
    fixed: list[Finding]
    left: list[Finding]


FindingKey = tuple[str, ValuePath, str]
"""Identifies a finding in one text: its code, its path and its message."""


class FixedSource(NamedTuple):
    """A source with fixes applied, its findings, and those that were fixed."""

    source: Source
    found: list[Finding]
    fixed: list[Finding]


class Patch(NamedTuple):
    """A finding, the path that its fix changes, and the edit of the text."""

    finding: Finding
    path: ValuePath
    fix: Fix
    edit: Edit


def fix_source(
    source: Source,
    context: LintContext = DEFAULT_CONTEXT,
    rules: Iterable[Rule] = RULES.values(),
    unsafe: bool = False,
    relint: Relint | None = None,
) -> FixedText:
    """Applies the safe fixes of a source, with `unsafe` all of them. `relint` returns its findings, by default those of the rules."""
    relint = relint or _linter(context, list(rules))
    found, fixed = relint(source), list[Finding]()
    refused: set[FindingKey] = set()
    batch_size = 0
    for _ in range(MAX_ROUNDS):
        patches = _patches(source, found, unsafe, refused)
        if not patches:
            break
        batch = patches[: batch_size or len(patches)]
        tried = {_key(one.finding) for one in batch}
        others = {_key(one) for one in found} - (tried if len(batch) > 1 else set())
        after = _apply_until_stable(source, batch, refused if batch == patches else refused | others, unsafe, relint)
        is_harmful = after is None or _errors(after.found) - _errors(found) or (len(batch) == 1 and tried & set(map(_key, after.found)))
        if after is None or is_harmful:  # one patch of the batch is at fault: half of the batch is tried, in the end one patch alone
            batch_size = len(batch) // 2
            refused |= tried if len(batch) == 1 else set()
            continue
        source, found = after.source, after.found
        fixed += after.fixed
        refused.clear()
        batch_size = 0
    return FixedText(source.text, fixed, found)


def make_patch(source: Source, finding: Finding) -> Patch | None:
    """Returns a finding's fix as an edit of the text; None where the text cannot be edited without harm to what is around."""
    if not finding.fix or not source.readable:
        return None
    path = finding.value_path if finding.fix.path is None else finding.fix.path
    edit = _edit(source, path, finding.fix)
    changes_text = edit is not None and source.text[edit.start : edit.end] != edit.text
    return Patch(finding, path, finding.fix, edit) if edit and changes_text else None


def harmless_edit(source: Source, found: list[Finding], finding: Finding, relint: Relint) -> Edit | None:
    """Returns the edit of one finding's fix; None where it adds errors to those that were found."""
    patch = make_patch(source, finding)
    after = _apply_patches(source, [patch]) if patch else None
    return patch.edit if patch and after and not _errors(relint(after)) - _errors(found) else None


def _linter(context: LintContext, rules: Sequence[Rule]) -> Relint:
    return lambda source: lint(source, context, rules)


def _key(finding: Finding) -> FindingKey:
    return finding.code, finding.value_path, finding.message


def _patches(source: Source, found: list[Finding], unsafe: bool, excluded: AbstractSet[FindingKey]) -> list[Patch]:
    """Returns the patches that can be applied, in the order of the text."""
    fixable = [one for one in found if one.fix and (unsafe or one.fix.safe) and _key(one) not in excluded]
    return sorted(filter(None, (make_patch(source, one) for one in fixable)), key=lambda one: one.edit)


def _apply_until_stable(
    source: Source, patches: list[Patch], excluded: AbstractSet[FindingKey], unsafe: bool, relint: Relint
) -> FixedSource | None:
    """Applies some patches, and those that they reveal; returns None where none of them can be applied, or there is no end to them."""
    fixed: list[Finding] = []
    found: list[Finding] = []
    for _ in range(MAX_ROUNDS):
        batch = _disjoint(patches)
        after = _apply_patches(source, batch)
        if after is None:  # one of them is at fault
            batch = [one for one in batch if _apply_patches(source, [one])][:1]
            after = _apply_patches(source, batch) if batch else None
        if after is None:
            break
        source, found = after, relint(after)
        fixed += [one.finding for one in batch]
        patches = _patches(source, found, unsafe, excluded)
        if not patches:
            break
    else:
        return None
    return FixedSource(source, found, fixed) if fixed else None


def _disjoint(patches: list[Patch]) -> list[Patch]:
    """Returns patches that do not touch each other. The others are left for the next round."""
    chosen: list[Patch] = []
    for one in patches:
        if not chosen or one.edit.start > chosen[-1].edit.end:
            chosen.append(one)
    return chosen


def _apply_patches(source: Source, patches: list[Patch]) -> Source | None:
    """Returns the source with some patches; None where it cannot be read, or its value is not that of the fixes."""
    text = edits.apply(source.text, [one.edit for one in patches])
    after = Source(source.name, text, [], source.language)
    expected = json.loads(json.dumps(source.value))  # values that an alias shares are separate in the copy
    for one in reversed(patches):  # from the end, so that indexes stay valid
        _apply_to_value(expected, one.path, one.fix)
    return after if after.readable and json.dumps(after.value) == json.dumps(expected) else None


def _errors(found: list[Finding]) -> Counter[str]:
    return Counter(finding.code for finding in found if finding.severity == "error")


# --------------------------------------------------------------------------- the text


def _edit(source: Source, path: ValuePath, fix: Fix) -> Edit | None:
    editable = EditableText(source)
    if fix.action == "erase":
        start, end = fix.value
        return Edit(start, end, "")
    if fix.action == "rename":
        return edits.rename(editable, path, fix.value)
    if any(diagnostic.code == DUPLICATE_KEY for diagnostic in source.diagnostics):
        return edits.replace(editable, path, fix.value) if fix.action == "replace" and not isinstance(fix.value, dict | list) else None
    if fix.action == "remove":
        return edits.remove(editable, path)
    if fix.action == "add":
        ((name, value),) = fix.value.items()
        return edits.add(editable, path, name, value)
    old = value_at(source.value, path)
    if isinstance(old, dict) and isinstance(fix.value, dict) and (VERB_NAME_KEY in old) != (VERB_NAME_KEY in fix.value):
        move_name = forms.move_name_outside if VERB_NAME_KEY in old else forms.move_name_inside
        return move_name(editable, path, VERB_NAME_KEY)
    return edits.replace(editable, path, fix.value)


# --------------------------------------------------------------------------- the value


def _apply_to_value(value: Any, path: ValuePath, fix: Fix) -> None:
    """Applies a fix to a value. An erased comment is no part of the value."""
    if fix.action == "erase":
        return
    if fix.action == "add":
        value_at(value, path).update(fix.value)
        return
    parent, last = value_at(value, path[:-1]), path[-1]
    if fix.action == "replace":
        parent[last] = fix.value
    elif fix.action == "remove":
        del parent[last]
    else:
        members = [(fix.value if key == last else key, one) for key, one in parent.items()]
        parent.clear()
        parent.update(members)
