"""One thing that is wrong with a document, and where. It knows no line and no column: those belong to the text."""

import difflib
from typing import NamedTuple


class Fault(NamedTuple):
    """A cause: where (`path` of keys and indexes from the root), which rule, and one sentence that says what to do."""

    path: tuple[str | int, ...]
    code: str
    message: str
    at_key: bool = False
    """The name of the property is at fault (unknown, reserved), not its value."""

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def under(self, *prefix: str | int) -> "Fault":
        """The same fault, seen from an enclosing value."""
        return self._replace(path=(*prefix, *self.path))


def closest(word: str, known: list[str]) -> str:
    """` Did you mean …?`, or nothing. Letter case does not count."""
    lower = {candidate.lower(): candidate for candidate in reversed(known)}
    match = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6 if len(word) <= 4 else 0.75)
    return f"; did you mean {lower[match[0]]}?" if match else ""
