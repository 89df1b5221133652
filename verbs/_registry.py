"""Finds the verbs: every module of this package whose name has no leading underscore holds one. There is no list to keep."""

import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import msgspec

from verbs._commands import Ask, Command, Wish
from verbs._events import Event
from verbs._spec import Spec
from verbs._verb import Verb


def _discover() -> dict[str, type[Verb]]:
    found: dict[str, type[Verb]] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_"):
            members = vars(importlib.import_module(f"verbs.{module.name}")).values()
            (verb,) = [
                one
                for one in members
                if inspect.isclass(one) and issubclass(one, Verb) and one.name and one.__module__.endswith(module.name)
            ]
            found[verb.name] = verb
    return found


def _leaves(base: type) -> list[type]:
    """The classes below a base that have no subclass of their own."""
    below: list[type] = base.__subclasses__()
    return [leaf for one in below for leaf in _leaves(one)] if below else [base]


REGISTRY: dict[str, type[Verb]] = _discover()
"""Every verb by its name."""

SYNONYMS = {synonym: name for name, verb in REGISTRY.items() for synonym in verb.synonyms}

if TYPE_CHECKING:
    AnySpec = Spec
    AnyEvent = Event
    AnyWish = Wish
else:
    AnySpec = Union[tuple(verb.Spec for verb in REGISTRY.values())]  # noqa: UP007 - made at run time
    AnyEvent = Union[tuple(_leaves(Event))]  # noqa: UP007 - made at run time
    AnyWish = Union[tuple(_leaves(Wish))]  # noqa: UP007 - made at run time

_SPEC: msgspec.json.Decoder[Spec] = msgspec.json.Decoder(AnySpec)
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(AnyEvent)


def spec_from_json(text: bytes | msgspec.Raw) -> Spec:
    """A verb as written, from its canonical JSON."""
    return _SPEC.decode(text)


def spec_from_value(value: dict[str, Any]) -> Spec:
    """A verb as written, from a checked value in the long form."""
    spec: Spec = msgspec.convert(value, AnySpec)
    return spec


def event_from_json(text: bytes) -> Event:
    """An event, from the event log."""
    return _EVENT.decode(text)


def command_words() -> list[type[Command]]:
    """Every command that the language knows."""
    return [word for word in _leaves(Command) if word is not Command and word is not Ask]
