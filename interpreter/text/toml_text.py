"""TOML as text: its value by the standard library's parser, its positions by a scanner that runs only when somebody asks.

The scanner walks a text that is known to be TOML by then. It knows where keys and values begin and end, and not what they mean.
"""

import re
import tomllib
from collections.abc import Callable
from typing import NamedTuple

from interpreter.text.json_text import deep
from interpreter.text.place import Flaw, Parsed, Place, UnreadableError

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
WORD = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}#\r\n]*")
DOT = re.compile(r"[ \t]*\.[ \t]*")
SPOT = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


def read(text: str) -> Parsed:
    """A text as TOML. Raises UnreadableError."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(_flaw(text, str(error))) from None
    except RecursionError:
        raise UnreadableError(deep(0)) from None
    return Parsed(value, [], lambda: Scanner(text).document())


def _flaw(text: str, complaint: str) -> Flaw:
    """The parser's complaint, at the place that it names."""
    at, spot = max(len(text.rstrip()) - 1, 0), SPOT.search(complaint)
    if spot and spot[1]:
        lines = text.replace("\r\n", "\n").split("\n")  # as the parser counts
        at = min(sum(len(line) + 1 for line in lines[: int(spot[1]) - 1]) + int(spot[2]) - 1, len(text))
        at += text.count("\r\n", 0, at)
    why = SPOT.sub("", complaint)
    return Flaw(at, at + 1, "CV001", f"this is not TOML: {why[:1].lower()}{why[1:]}")


class Key(NamedTuple):
    """One part of a dotted key, and where it stands."""

    name: str
    start: int
    end: int


class Scanner:
    """Walks one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def document(self) -> Place:
        """Where everything stands."""
        root = Place(0, len(self.text), {})
        table = root
        self._blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header(root)
            else:
                self._pair(table)
            self._blank()
        return root

    def _header(self, root: Place) -> Place:
        """The table that begins here. One that is written in parts stands where its first part does."""
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 1 + many
        keys = self._keys()
        self.at = self.text.index("]", self.at) + 1 + many
        table = self._into(root, keys[:-1])
        last = keys[-1]
        place = Place(start, self.at, {}, (last.start, last.end))
        if not many:
            return _newest(table.inside.setdefault(last.name, place))
        tables = table.inside.setdefault(last.name, Place(start, self.at, {}, (last.start, last.end)))
        tables.inside[len(tables.inside)] = place
        return place

    def _into(self, table: Place, keys: list[Key]) -> Place:
        for key in keys:
            table = _newest(table.inside.setdefault(key.name, Place(key.start, key.end, {}, (key.start, key.end))))
        return table

    def _pair(self, table: Place) -> None:
        keys = self._keys()
        self.at = self.text.index("=", self.at) + 1
        self._blank()
        last = keys[-1]
        self._into(table, keys[:-1]).inside[last.name] = self._value((last.start, last.end))

    def _keys(self) -> list[Key]:
        keys: list[Key] = []
        while True:
            self._blank()
            found = STRING.match(self.text, self.at) or WORD.match(self.text, self.at)
            assert found
            quoted = found[0][0] in "\"'"
            keys.append(Key(_plain(found[0]) if quoted else found[0], *found.span()))
            self.at = found.end()
            if not (dot := DOT.match(self.text, self.at)):
                return keys
            self.at = dot.end()

    def _value(self, key: tuple[int, int] | None = None) -> Place:
        start = self.at
        inside: dict[str | int, Place] = {}
        match self.text[start]:
            case "[":
                self._inside("]", lambda: inside.__setitem__(len(inside), self._value()))
            case "{":
                self._inside("}", lambda: self._pair(Place(start, start, inside)))
            case _:
                found = STRING.match(self.text, start) or SCALAR.match(self.text, start)
                assert found
                self.at = start + len(found[0].rstrip())
        return Place(start, self.at, inside, key)

    def _inside(self, closing: str, one: Callable[[], None]) -> None:
        """What stands between two brackets, with commas between."""
        self.at += 1
        self._blank()
        while self.text[self.at] != closing:
            one()
            self._blank()
            if self.text[self.at] == ",":
                self.at += 1
                self._blank()
        self.at += 1

    def _blank(self) -> None:
        found = BLANK.match(self.text, self.at)
        assert found
        self.at = found.end()


def _newest(place: Place) -> Place:
    """A table; of an array of tables the last one, which keys below its name belong to."""
    return place.inside[len(place.inside) - 1] if place.inside and 0 in place.inside else place


def _plain(quoted: str) -> str:
    """The name that a quoted key stands for."""
    return str(tomllib.loads(f"key = {quoted}")["key"])
