"""Finds the verbs: every module beside this package holds one. There is no list to keep."""

import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import msgspec

from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import OutboxMessage
from callverbs.verbs.language.names import verb_name
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb

AnyVerb = Verb[Any]
FOLDER = Path(__file__).parents[1]


def _discover() -> dict[str, type[AnyVerb]]:
    found: dict[str, type[AnyVerb]] = {}
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.ispkg:
            continue
        name = f"callverbs.verbs.{module.name}"
        members = vars(importlib.import_module(name)).values()
        (verb,) = (one for one in members if inspect.isclass(one) and issubclass(one, Verb) and one.__module__ == name)
        found[verb_name(verb.__name__)] = verb
    return found


def leaves(base: type) -> list[type]:
    """Returns the classes below a base that have no subclass of their own."""
    below: list[type] = base.__subclasses__()
    return [leaf for one in below for leaf in leaves(one)] if below else [base]


REGISTRY: dict[str, type[AnyVerb]] = _discover()
"""Every verb by its name."""

SYNONYMS = {synonym: name for name, verb in REGISTRY.items() for synonym in verb.synonyms}

if TYPE_CHECKING:
    AnySpec = Spec
    AnyEvent = Event
    AnyMessage = OutboxMessage
else:
    AnySpec = Union[tuple(verb.spec_type() for verb in REGISTRY.values())]  # noqa: UP007 - made at run time
    AnyEvent = Union[tuple(leaves(Event))]  # noqa: UP007 - made at run time
    AnyMessage = Union[tuple(leaves(OutboxMessage))]  # noqa: UP007 - made at run time

_SPEC: msgspec.json.Decoder[Spec] = msgspec.json.Decoder(AnySpec)
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(AnyEvent)


def spec_from_json(text: bytes | msgspec.Raw) -> Spec:
    """Reads a verb as written from its canonical JSON."""
    return _SPEC.decode(text)


def spec_from_value(value: dict[str, Any]) -> Spec:
    """Reads a verb as written from a checked value in the long form."""
    spec: Spec = msgspec.convert(value, AnySpec)
    return spec


def event_from_json(text: bytes) -> Event:
    """Reads an event from the event log."""
    return _EVENT.decode(text)


def command_types() -> list[type[Command]]:
    """Returns every command that the language knows."""
    return leaves(Command)
