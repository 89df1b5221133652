"""The targets of every dial and transfer, with their properties in the right type."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.schemas import ValuePath


class DocumentTarget(NamedTuple):
    """One target of a document."""

    path: ValuePath
    verb: DocumentVerb
    body: dict[str, Any]

    @property
    def type(self) -> str:
        return self.text("type")

    def text(self, key: str) -> str:
        """Returns a property that is text; "" for any other."""
        value = self.body.get(key)
        return value if isinstance(value, str) else ""

    @property
    def number(self) -> str:
        """The number of a phone, without the keys that are sent at the answer; "" for any other target."""
        return self.text("number").partition(",")[0] if self.type == "phone" else ""

    @property
    def is_screened(self) -> bool:
        """Whether a person has to accept: by the hook of a dial, or by the key of a transfer."""
        if self.verb.item.name == "transfer":
            return "confirm" in self.verb.item.body
        return "confirmHook" in self.body or "confirmHook" in self.verb.item.body


def calling_verbs(document: Document) -> Iterator[DocumentVerb]:
    """Yields every verb that calls somebody."""
    return (verb for verb in document.all_verbs() if verb.type.command in ("dial", "transfer"))


def screening_property(verb: DocumentVerb) -> str:
    """Returns the property with which targets are asked whether they accept."""
    return "confirm" if verb.item.name == "transfer" else "confirmHook"


def is_warm(verb: DocumentVerb) -> bool:
    """Returns whether a verb is a warm transfer."""
    return verb.item.name == "transfer" and verb.text("mode") == "warm"


def targets_of(verb: DocumentVerb) -> list[DocumentTarget]:
    """Returns the targets of a verb, without those that are no objects."""
    return [
        DocumentTarget((*verb.path, "target", index), verb, body)
        for index, body in enumerate(verb.elements("target"))
        if isinstance(body, dict)
    ]


def racing_phones(verb: DocumentVerb) -> list[DocumentTarget]:
    """Returns the phones of a verb that ring at once, each number once; none where there are fewer than two."""
    phones = {target.number.removeprefix("+"): target for target in reversed(targets_of(verb)) if target.number}
    return list(reversed(phones.values())) if len(phones) > 1 else []
