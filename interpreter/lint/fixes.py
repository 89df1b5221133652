"""Mends a document: turns what findings propose into edits of its text, and lints again.

A fix is applied only if the new text can be read, means the same but for the fix, and has no error of a kind that was not there
as often before. Otherwise the finding is left to the author. Nothing is written to a file here.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from interpreter.lint.finding import Finding
from interpreter.lint.linter import lint
from interpreter.lint.rules import RULES, Rule
from interpreter.lint.surroundings import NOWHERE, Surroundings
from interpreter.text import edits, forms
from interpreter.text.edits import Edit, Page
from interpreter.text.place import Steps
from interpreter.text.source import Source
from schemas import Fix

MOST_ROUNDS = 100
"""Times that a text is linted again, at the most: what one fix brings to light, the next round mends."""
NAME = "verb"
"""The property that holds the name of a verb in its long form."""

Look = Callable[[Source], list[Finding]]
"""What there is to say of a source."""


class Mended(NamedTuple):
    """A text with fixes, the findings that they have mended, and what is still to be found in it."""

    text: str
    fixed: list[Finding]
    left: list[Finding]


Key = tuple[str, Steps, str]
"""What tells one finding from another."""


class Followed(NamedTuple):
    """Where some fixes have led."""

    source: Source
    found: list[Finding]
    fixed: list[Finding]


class Patch(NamedTuple):
    """A finding, the way to what its fix changes, and the edit of the text."""

    finding: Finding
    path: Steps
    fix: Fix
    edit: Edit


def mend(
    source: Source,
    surroundings: Surroundings = NOWHERE,
    rules: Iterable[Rule] = RULES.values(),
    unsafe: bool = False,
    look: Look | None = None,
) -> Mended:
    """Apply the safe fixes, and with `unsafe` all of them. `look` says what is found, if not all that the rules find is."""
    look = look or _linter(surroundings, list(rules))
    found, fixed = look(source), list[Finding]()
    refused: set[Key] = set()
    width = 0
    for _ in range(MOST_ROUNDS):
        patches = _patches(source, found, unsafe, refused)
        if not patches:
            break
        some = patches[: width or len(patches)]
        tried = {_key(one.finding) for one in some}
        others = {_key(one) for one in found} - (tried if len(some) > 1 else set())
        after = _follow(source, some, refused if some == patches else refused | others, unsafe, look)
        harm = after is None or _errors(after.found) - _errors(found) or (len(some) == 1 and tried & set(map(_key, after.found)))
        if after is None or harm:  # one of them is to blame: half of them is tried, and in the end one alone
            width = len(some) // 2
            refused |= tried if len(some) == 1 else set()
            continue
        source, found = after.source, after.found
        fixed += after.fixed
        refused.clear()
        width = 0
    return Mended(source.text, fixed, found)


def patch(source: Source, finding: Finding) -> Patch | None:
    """What a finding's fix does to the text; None where it cannot be done without harm to what stands around it."""
    if not finding.fix or not source.readable:
        return None
    path = finding.steps if finding.fix.path is None else finding.fix.path
    edit = _edit(source, path, finding.fix)
    does = edit is not None and source.text[edit.start : edit.end] != edit.text
    return Patch(finding, path, finding.fix, edit) if edit and does else None


def proposal(source: Source, found: list[Finding], finding: Finding, look: Look) -> Edit | None:
    """The edit of one finding, if it does no harm."""
    one = patch(source, finding)
    after = _joined(source, [one]) if one else None
    return one.edit if one and after and not _errors(look(after)) - _errors(found) else None


def _linter(surroundings: Surroundings, rules: Sequence[Rule]) -> Look:
    return lambda source: lint(source, surroundings, rules)


def _key(finding: Finding) -> Key:
    return finding.code, finding.steps, finding.message


def _patches(source: Source, found: list[Finding], unsafe: bool, barred: AbstractSet[Key]) -> list[Patch]:
    """What there is to apply, from the top."""
    wanted = [one for one in found if one.fix and (unsafe or one.fix.safe) and _key(one) not in barred]
    return sorted(filter(None, (patch(source, one) for one in wanted)), key=lambda one: one.edit)


def _follow(source: Source, patches: list[Patch], barred: AbstractSet[Key], unsafe: bool, look: Look) -> Followed | None:
    """Some patches, and what they bring to light; None where not even one of them can be applied, or there is no end to them."""
    fixed: list[Finding] = []
    found: list[Finding] = []
    for _ in range(MOST_ROUNDS):
        batch = _apart(patches)
        after = _joined(source, batch)
        if after is None:  # one of them is to blame
            batch = [one for one in batch if _joined(source, [one])][:1]
            after = _joined(source, batch) if batch else None
        if after is None:
            break
        source, found = after, look(after)
        fixed += [one.finding for one in batch]
        patches = _patches(source, found, unsafe, barred)
        if not patches:
            break
    else:
        return None
    return Followed(source, found, fixed) if fixed else None


def _apart(patches: list[Patch]) -> list[Patch]:
    """Those that do not touch each other. The others wait for the next round."""
    chosen: list[Patch] = []
    for one in patches:
        if not chosen or one.edit.start > chosen[-1].edit.end:
            chosen.append(one)
    return chosen


def _joined(source: Source, patches: list[Patch]) -> Source | None:
    """The source with some edits; None where it cannot be read, or means something else than the fixes say."""
    text = edits.apply(source.text, [one.edit for one in patches])
    after = Source(source.name, text, [], source.language)
    wanted = json.loads(json.dumps(source.value))  # what an alias shares is apart in the copy
    for one in reversed(patches):  # from the end, so that indexes hold
        _change(wanted, one.path, one.fix)
    return after if after.readable and json.dumps(after.value) == json.dumps(wanted) else None


def _errors(found: list[Finding]) -> Counter[str]:
    return Counter(finding.code for finding in found if finding.severity == "error")


# --------------------------------------------------------------------------- the text


def _edit(source: Source, path: Steps, fix: Fix) -> Edit | None:
    page = Page(source)
    if fix.do == "erase":
        start, end = fix.value
        return Edit(start, end, "")
    if fix.do == "rename":
        return edits.rename(page, path, fix.value)
    if any(flaw.code == "CV002" for flaw in source.flaws):
        return edits.replace(page, path, fix.value) if fix.do == "replace" and not isinstance(fix.value, dict | list) else None
    if fix.do == "remove":
        return edits.remove(page, path)
    if fix.do == "add":
        ((name, value),) = fix.value.items()
        return edits.add(page, path, name, value)
    old = _at(source.value, path)
    if isinstance(old, dict) and isinstance(fix.value, dict) and (NAME in old) != (NAME in fix.value):
        return forms.name_outside(page, path, NAME) if NAME in old else forms.name_inside(page, path, NAME)
    return edits.replace(page, path, fix.value)


# --------------------------------------------------------------------------- the value


def _at(value: Any, path: Steps) -> Any:
    """What stands at a path; nothing where there is none."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _change(value: Any, path: Steps, fix: Fix) -> None:
    """What a fix means for the value. What is erased is a comment, and no part of it."""
    if fix.do == "erase":
        return
    if fix.do == "add":
        _at(value, path).update(fix.value)
        return
    whole, last = _at(value, path[:-1]), path[-1]
    if fix.do == "replace":
        whole[last] = fix.value
    elif fix.do == "remove":
        del whole[last]
    else:
        members = [(fix.value if key == last else key, one) for key, one in whole.items()]
        whole.clear()
        whole.update(members)
