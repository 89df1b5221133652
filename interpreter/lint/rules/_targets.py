"""Whom a document calls, as rules see it: the targets of every dial and transfer, with what is written there in its right type."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from interpreter.lint.document import Document, Written
from interpreter.text.place import Steps


class Party(NamedTuple):
    """One target, as it is written."""

    path: Steps
    written: Written
    body: dict[str, Any]

    @property
    def type(self) -> str:
        return self.text("type")

    def text(self, key: str) -> str:
        """A property that is text, or nothing."""
        value = self.body.get(key)
        return value if isinstance(value, str) else ""

    @property
    def number(self) -> str:
        """The number of a phone, without the keys that are sent at the answer."""
        return self.text("number").partition(",")[0] if self.type == "phone" else ""

    @property
    def is_screened(self) -> bool:
        return "confirmHook" in self.body or "confirmHook" in self.written.item.body


def callers(document: Document) -> Iterator[Written]:
    """Every verb that calls somebody."""
    return (written for written in document.each() if written.kind.command in ("dial", "transfer"))


def parties(written: Written) -> list[Party]:
    """The targets of one verb."""
    return [
        Party((*written.path, "target", index), written, target)
        for index, target in enumerate(written.many("target"))
        if isinstance(target, dict)
    ]


def race(written: Written) -> list[Party]:
    """The phones of a dial that ring at once, each number once; nothing where there are fewer than two."""
    phones = {party.number.removeprefix("+"): party for party in reversed(parties(written)) if party.number}
    return list(reversed(phones.values())) if len(phones) > 1 else []
