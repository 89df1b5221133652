"""One thing that is wrong with a document, and where. This file knows no line and no column: those belong to the text."""

import difflib
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

ValuePath = tuple[str | int, ...]
"""The way to a part of a value: keys and indexes from the root."""


class Fix(NamedTuple):
    """A change of the document that repairs it. It is safe if callers hear what the author meant."""

    action: Literal["rename", "replace", "remove", "add", "erase"]
    """rename: `value` becomes the name of the property. replace: `value` becomes its value. remove: the property is removed. add: the
    property of the object `value` is added to the object at `path`. erase: the text at the offsets `value`, a comment, is removed."""
    value: Any = None
    safe: bool = True
    path: ValuePath | None = None
    """Where, if it is not where the diagnostic is."""


class Diagnostic(NamedTuple):
    """One thing that is wrong: where (`path` from the root), the code of its rule, and one sentence that says what to do."""

    path: ValuePath
    code: str
    message: str
    at_key: bool = False
    """The name of the property is wrong (unknown, reserved), not its value."""
    fix: Fix | None = None
    missing: tuple[str, ...] = ()
    """The properties that are not there, where that is the cause."""
    conflicting: tuple[str, ...] = ()
    """The properties that exclude each other, where that is the cause."""
    offsets: tuple[int, int] | None = None
    """The range of the text, where it is not that of the path: the text itself is wrong, or a comment in it."""

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return json_pointer(self.path)

    def under(self, *prefix: str | int) -> "Diagnostic":
        """Returns the diagnostic with its paths below an enclosing value: `prefix` is put before them."""
        fix = self.fix
        if fix and fix.path is not None:
            fix = fix._replace(path=(*prefix, *fix.path))
        return self._replace(path=(*prefix, *self.path), fix=fix)


def json_pointer(path: ValuePath) -> str:
    """Returns a path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Returns `; did you mean …?` with the nearest known word, or nothing. Letter case does not count."""
    found = nearest(word, known)
    return f"; did you mean {found}?" if found else ""


def spelling_fix(action: Literal["rename", "replace"], word: str, known: list[str]) -> Fix | None:
    """Returns the fix that puts in the nearest known word; safe where only the letter case differs, and no other word fits."""
    found = nearest(word, known)
    same = [candidate for candidate in known if candidate.lower() == word.lower()]
    return Fix(action, found, safe=same == [found]) if found else None


def nearest(word: str, known: Iterable[str]) -> str:
    """Returns the known word that is most like a word; "" where none is like it."""
    lower = {candidate.lower(): candidate for candidate in reversed(list(known))}
    match = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6 if len(word) <= 4 else 0.75)
    return lower[match[0]] if match else ""
