"""A document as rules see it: its verbs with their paths and the facts of their classes. It knows no text and no line."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

import schemas
import verbs
from interpreter.lint.replies import origin, place, reply
from interpreter.lint.surroundings import NOWHERE, Surroundings
from interpreter.text.place import MISSING, Steps
from verbs._spec import Spec
from verbs._verb import Verb


class Written(NamedTuple):
    """One verb of a document. What a rule asks for is there only in its right type: what has another one was complained of."""

    item: verbs.Item
    kind: type[Verb]
    spec: Spec | None
    """As it will run; None where the verb has a fault. What is missing is asked only of a verb without one: it may be misspelt."""

    @property
    def path(self) -> Steps:
        """Where its properties stand."""
        return self.item.path

    @property
    def is_long(self) -> bool:
        """Whether its name is a property of its own, and not the key of the others."""
        return isinstance(self.path[-1], int)

    @property
    def named(self) -> tuple[Steps, bool]:
        """Where its name stands, and whether that is a key."""
        return ((*self.path, "verb"), False) if self.is_long else (self.path, True)

    def text(self, key: str) -> str | None:
        """A property that is text."""
        value = self.item.body.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """A property that is a number."""
        value = self.item.body.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def many(self, key: str) -> list[Any]:
        """A property that is a list, or an empty one."""
        value = self.item.body.get(key)
        return value if isinstance(value, list) else []

    def places(self, part: str) -> Iterator[tuple[Steps, object]]:
        """Where in the verb a part of the schemas stands, and what stands there."""
        for path, value in schemas.places(_part(self.item.name), self.item.body, part):
            yield (*self.path, *path), value


class Document:
    """A value as a program: what keeps it from running, the programs in it, and what the linter was told of its surroundings."""

    def __init__(self, value: Any, surroundings: Surroundings = NOWHERE, known: "dict[str, Document | None] | None" = None) -> None:
        self.value = value
        self.surroundings = surroundings
        self._known = {} if known is None else known
        if surroundings.address:
            self._known[place(surroundings.address, surroundings)] = self
        self.faults = verbs.faults(value)
        """What the language refuses, by its schemas and its verbs."""
        self.programs: list[list[Written]] = []
        """Lists of verbs that run one after the other: the document itself first, then those within verbs."""
        self._broken = {fault.path[: depth + 1] for fault in self.faults for depth in range(len(fault.path))}
        self._program(value, ())

    def each(self, name: str = "") -> Iterator[Written]:
        """Every verb, wherever it stands; those of one name."""
        for program in self.programs:
            for written in program:
                if name in ("", written.item.name):
                    yield written

    @property
    def main(self) -> list[Written]:
        """The verbs of the document itself. A verb within a verb is part of its schema."""
        return self.programs[0]

    @cached_property
    def hooks(self) -> list[tuple[Steps, str]]:
        """Every hook's URL, and where it stands."""
        found: list[tuple[Steps, str]] = []
        for written in self.main:
            for path, hook in written.places("components/hook"):
                if isinstance(hook, str):
                    found.append((path, hook))
                elif isinstance(hook, dict) and isinstance(hook.get("url"), str):
                    found.append(((*path, "url"), hook["url"]))
        return found

    def follow(self, url: str) -> "Document | None":
        """The local document that answers a hook, which may be this one; None where nobody has said, or it cannot be read.

        Each is read once, whoever asks.
        """
        where = place(url, self.surroundings)
        if where not in self._known:
            value = reply(where, self.surroundings)
            home = self.surroundings.base_url or origin(self.surroundings.address) or None
            there = msgspec.structs.replace(self.surroundings, address=where, base_url=home)
            self._known[where] = None if value is MISSING else Document(value, there, self._known)
        return self._known[where]

    def _program(self, value: Any, path: Steps) -> None:
        items, _ = verbs.items(value)
        self._add([item._replace(path=(*path, *item.path)) for item in items])

    def _add(self, items: list[verbs.Item]) -> None:
        self.programs.append([Written(item, verbs.REGISTRY[item.name], self._spec(item)) for item in items])
        for item in items:
            for key in verbs.REGISTRY[item.name].programs:
                inner = item.body.get(key)
                if isinstance(inner, list):
                    self._program(inner, (*item.path, key))
                elif isinstance(inner, dict) and key in verbs.REGISTRY:
                    self._add([verbs.Item(key, key, (*item.path, key), inner)])

    def _spec(self, item: verbs.Item) -> Spec | None:
        return None if item.path in self._broken else verbs.spec(item)


def _part(name: str) -> str:
    """The schema of a verb."""
    return f"verbs/{name.replace(':', '_')}"
