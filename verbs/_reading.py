"""Reads a document: a list of verbs, long or short form, becomes specs, or the faults that say why it cannot.

It works on values, whatever they were written in; where in a text a path stands is the business of whoever has the text.
"""

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import schemas
from schemas import Fault
from verbs._registry import REGISTRY, SYNONYMS, spec_from_value
from verbs._spec import Spec


class DocumentError(Exception):
    """The document is wrong; its author has to mend it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.message}" for fault in faults))


Path = tuple[str | int, ...]
LARGEST = sys.float_info.max


class Item(NamedTuple):
    """One verb of a document: its name as written and as known, where it stands, and its properties."""

    written: str
    name: str
    path: Path
    """Path of the object that holds the properties."""
    body: dict[str, Any]

    @property
    def is_long(self) -> bool:
        """Written with `verb`, not as the only key."""
        return len(self.path) == 1


class Reading(NamedTuple):
    """A document that can be run, and what of it has no effect here."""

    verbs: tuple[Spec, ...]
    remarks: list[Fault]


def items(value: object) -> tuple[list[Item], list[Fault]]:
    """The verbs of a document, and what keeps a part of it from being one."""
    if not isinstance(value, list):
        return [], [Fault((), "CV003", f"a document is a list of verbs, not {_kind(value)}")]
    found: list[Item] = []
    faults: list[Fault] = []
    for index, element in enumerate(value):
        item = _item(index, element)
        if isinstance(item, Fault):
            faults.append(item)
        else:
            found.append(item)
    return found, faults


def _item(index: int, element: object) -> Item | Fault:
    if not isinstance(element, dict):
        return Fault((index,), "CV003", f"a verb is an object, not {_kind(element)}")
    if "verb" in element:
        written, body = element["verb"], element
        path: Path = (index,)
        where: Path = (index, "verb")
    elif len(element) == 1:
        ((written, body),) = element.items()
        path = where = (index, written)
    else:
        return Fault((index,), "CV003", 'a verb needs its name: write {"verb": "say", …} or {"say": {…}}')
    name = SYNONYMS.get(written, written) if isinstance(written, str) else ""
    if name not in REGISTRY:
        return unknown(written, where)
    if not isinstance(body, dict):
        return Fault(path, "CV104", f"{written} must hold an object, not {_kind(body)}")
    return Item(written, name, path, body)


def unknown(written: object, path: tuple[str | int, ...]) -> Fault:
    """A verb that we don't have: jambonz's own, or nobody's."""
    foreign: dict[str, str] = schemas.data("foreign")["verbs"]
    if isinstance(written, str) and written in foreign:
        return Fault(path, "CV701", f"{written} is a verb of jambonz that callverbs does not have: {foreign[written]}", path[-1] == written)
    at_key = path[-1] == written
    if not isinstance(written, str):
        return Fault(path, "CV101", f"there is no verb {written}", at_key)
    known = [*REGISTRY, *SYNONYMS]
    fix = schemas.meant("rename" if at_key else "replace", written, known)
    return Fault(path, "CV101", f"there is no verb {written}{schemas.closest(written, known)}", at_key, fix)


def faults(value: object) -> list[Fault]:
    """Everything that keeps a document from running, in its order."""
    found, wrong = items(value)
    for item in found:
        wrong += [fault.under(*item.path) for fault in _faults_of(item)]
    return sorted(wrong, key=lambda fault: fault.path[:1])


def _faults_of(item: Item) -> list[Fault]:
    body = {**item.body, "verb": item.name} if item.is_long else item.body
    wrong = schemas.faults(f"verbs/{item.name.replace(':', '_')}", body)
    return wrong or list(_endless(item.body)) or list(REGISTRY[item.name].faults(spec(item)))


def _endless(value: Any, path: Path = ()) -> Iterator[Fault]:
    """Numbers that JSON can write and no computer can count with."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _endless(one, (*path, key))
    elif isinstance(value, int | float) and abs(value) > LARGEST:
        yield Fault(path, "CV111", f"{path[-1]}: this number is too large for any computer")


def spec(item: Item) -> Spec:
    """A verb without faults, as it will run."""
    found: Spec = spec_from_value({**_whole(item.body), "verb": item.name})
    return found


def _whole(value: Any) -> Any:
    """JSON Schema calls 2.0 an integer, and so do we."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read(value: object) -> Reading:
    """A document as specs. Raises DocumentError with every fault."""
    if wrong := faults(value):
        raise DocumentError(wrong)
    found, _ = items(value)
    verbs = tuple(map(spec, found))
    return Reading(verbs, [remark.under(*item.path) for item in found for remark in remarks(item)])


def remarks(item: Item) -> list[Fault]:
    """What of a verb without faults has no effect: on this carrier, or beside its other properties."""
    return [*unsupported(item), *REGISTRY[item.name].remarks(item.body)]


def unsupported(item: Item) -> list[Fault]:
    """What of a verb has no effect on this carrier; it may have faults elsewhere."""
    return schemas.remarks(f"verbs/{item.name.replace(':', '_')}", item.body)


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return "null" if value is None else kinds.get(type(value), type(value).__name__)
