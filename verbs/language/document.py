"""Reads a document: a list of verbs, in the long or the short form, becomes specs, or the diagnostics that say why it cannot.

It works on values, whatever they were written in; line and column belong to whoever has the text.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.schemas import Diagnostic, ValuePath
from callverbs.verbs.language import misreadings
from callverbs.verbs.language.names import file_name
from callverbs.verbs.language.registry import REGISTRY, SYNONYMS, spec_from_value
from callverbs.verbs.language.spec import Spec

LARGEST_NUMBER = sys.float_info.max
MAX_VERBS = 1000
"""Verbs of one list. The rest of a program is stored with the call and read at every event."""
MAX_REPORTED = 20
"""Diagnostics that a DocumentError has: a document with thousands is not looked at any further."""


class DocumentError(Exception):
    """The document is wrong; its author has to mend it. `diagnostics` are the first MAX_REPORTED."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = diagnostics
        super().__init__("; ".join(f"{one.pointer or '/'}: {one.message}" for one in diagnostics))


class Item(NamedTuple):
    """One verb of a document: its name as written and as known, where it stands, and its properties."""

    written: str
    name: str
    path: ValuePath
    """Path of the object that holds the properties."""
    body: dict[str, Any]
    """Adjusted: without the faults that harm nobody."""
    adjusted: list[Diagnostic]
    """What was put right in it, with paths from the verb's object."""

    @property
    def is_long(self) -> bool:
        """Written with `verb`, not as the only key."""
        return len(self.path) == 1


class Document(NamedTuple):
    """A document that can be run, and what of it is run otherwise than written: adjusted, or without effect here."""

    verbs: tuple[Spec, ...]
    notes: list[Diagnostic]


def items(value: object) -> tuple[list[Item], list[Diagnostic]]:
    """Returns the verbs of a document, and what keeps a part of it from being one."""
    if not isinstance(value, list):
        return [], [misreadings.no_list(value)]
    if len(value) > MAX_VERBS:
        return [], [
            Diagnostic((), "CV111", f"a list may have {MAX_VERBS} verbs; this one has {len(value)}: let a hook reply with the others")
        ]
    found: list[Item] = []
    diagnostics: list[Diagnostic] = []
    for index, element in enumerate(value):
        item = _item(index, element)
        if isinstance(item, Diagnostic):
            diagnostics.append(item)
        else:
            found.append(item)
    return found, diagnostics


def _item(index: int, element: object) -> Item | Diagnostic:
    if not isinstance(element, dict):
        return misreadings.no_verb(index, element)
    if "verb" in element:
        written, body = element["verb"], element
        path: ValuePath = (index,)
        where: ValuePath = (index, "verb")
    elif len(element) == 1:
        ((written, body),) = element.items()
        path = where = (index, written)
    else:
        return misreadings.no_verb(index, element)
    name = SYNONYMS.get(written, written) if isinstance(written, str) else ""
    if name not in REGISTRY:
        return misreadings.unknown(written, where)
    if not isinstance(body, dict):
        return misreadings.no_object(written, path, body)
    known = {**body, "verb": name} if body is element else body
    return Item(written, name, path, *schemas.adjusted(schema_name(name), known))


def diagnose(value: object) -> list[Diagnostic]:
    """Returns everything that keeps a document from running, in its order."""
    return sorted(_diagnostics(value), key=lambda one: one.path[:1])


def _diagnostics(value: object) -> Iterator[Diagnostic]:
    """Yields everything that keeps a document from running; first what is no verb."""
    found, diagnostics = items(value)
    yield from diagnostics
    for item in found:
        yield from (one.under(*item.path) for one in _diagnose(item))


def _diagnose(item: Item) -> list[Diagnostic]:
    refused = schemas.diagnose(schema_name(item.name), item.body)
    return refused or list(_too_large(item.body)) or list(REGISTRY[item.name].diagnose(spec(item)))


def _too_large(value: Any, path: ValuePath = ()) -> Iterator[Diagnostic]:
    """Yields numbers that JSON can write and no computer can count with."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _too_large(one, (*path, key))
    elif isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        yield Diagnostic(path, "CV111", f"{path[-1]}: this number is too large for any computer")


def schema_name(verb: str) -> str:
    """Returns the name of a verb's schema: `verbs/sip_decline`."""
    return f"verbs/{file_name(verb)}"


def spec(item: Item) -> Spec:
    """Returns a verb without diagnostics as it will run."""
    found: Spec = spec_from_value({**_with_whole_numbers(item.body), "verb": item.name})
    return found


def _with_whole_numbers(value: Any) -> Any:
    """JSON Schema calls 2.0 an integer, and so do we."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read(value: object) -> Document:
    """Reads a document as specs. Raises DocumentError."""
    if wrong := list(islice(_diagnostics(value), MAX_REPORTED)):
        raise DocumentError(sorted(wrong, key=lambda one: one.path[:1]))
    found, _ = items(value)
    return Document(tuple(map(spec, found)), [one.under(*item.path) for item in found for one in notes(item)])


def notes(item: Item) -> list[Diagnostic]:
    """Returns what of a verb that can run is run otherwise than written: adjusted, or without effect beside its other properties."""
    return [*differences(item), *REGISTRY[item.name].without_effect(item.body)]


def differences(item: Item) -> list[Diagnostic]:
    """Returns what of a verb is adjusted, and what has no effect on this carrier; the verb may be wrong elsewhere."""
    return [*item.adjusted, *schemas.without_effect(schema_name(item.name), item.body)]
