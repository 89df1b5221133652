"""One thing that is wrong with a document, and where. It knows no line and no column: those belong to the text."""

import difflib
from typing import Any, Literal, NamedTuple


class Fix(NamedTuple):
    """A change of the document that mends a fault. Safe where no caller hears another thing than the author meant."""

    do: Literal["rename", "replace", "remove", "add", "erase"]
    """The property's name becomes `value`; its value does; it goes; `value`, an object of one property, comes into that at `path`; or
    a range of the text (`value` is its offsets) goes, which holds no value: a comment."""
    value: Any = None
    safe: bool = True
    path: tuple[str | int, ...] | None = None
    """Where, if it is not where the fault is."""


class Fault(NamedTuple):
    """A cause: where (`path` of keys and indexes from the root), which rule, and one sentence that says what to do."""

    path: tuple[str | int, ...]
    code: str
    message: str
    at_key: bool = False
    """The name of the property is at fault (unknown, reserved), not its value."""
    fix: Fix | None = None

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def under(self, *prefix: str | int) -> "Fault":
        """The same fault, seen from an enclosing value."""
        fix = self.fix
        if fix and fix.path is not None:
            fix = fix._replace(path=(*prefix, *fix.path))
        return self._replace(path=(*prefix, *self.path), fix=fix)


def closest(word: str, known: list[str]) -> str:
    """` Did you mean …?`, or nothing. Letter case does not count."""
    found = _nearest(word, known)
    return f"; did you mean {found}?" if found else ""


def meant(do: Literal["rename", "replace"], word: str, known: list[str]) -> Fix | None:
    """The fix that puts in the word which was probably meant; safe where it differs in letter case only, and no other one does."""
    found = _nearest(word, known)
    same = [candidate for candidate in known if candidate.lower() == word.lower()]
    return Fix(do, found, safe=same == [found]) if found else None


def _nearest(word: str, known: list[str]) -> str | None:
    lower = {candidate.lower(): candidate for candidate in reversed(known)}
    match = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6 if len(word) <= 4 else 0.75)
    return lower[match[0]] if match else None
