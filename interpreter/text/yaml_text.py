"""YAML as text: values and places together, from the events of PyYAML's C parser.

PyYAML's own constructor reads YAML 1.1 and keeps no positions. Anchors, aliases and merge keys are followed; an alias that
multiplies the document, or contains itself, is refused. A file holds one document.
"""

import re
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from interpreter.text import yaml_complaints, yaml_scalars
from interpreter.text.json_text import deep, twice
from interpreter.text.place import DEEPEST, Flaw, Parsed, Place, Steps, UnreadableError

MOST_COPIES = 10_000
"""Values that aliases may add to a document."""
MERGE = "<<"
COMMENT = re.compile(r"[ \t]+(#)")
CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Node = tuple[Any, Place]


def read(text: str) -> Parsed:
    """A text as YAML. Raises UnreadableError."""
    reader = Reader(text)
    value, root = reader.document()
    return Parsed(value, reader.flaws, lambda: root)


class Reader:
    """Reads one text, event by event."""

    def __init__(self, text: str) -> None:
        if control := CONTROL.search(text):
            raise UnreadableError(Flaw(control.start(), control.end(), "CV001", "YAML allows no control characters"))
        self.text = text
        self.flaws: list[Flaw] = []
        self._parser = CParser(text)
        self._anchors: dict[str, tuple[Any, Place, int] | None] = {}
        self._values = 0
        """Values so far, those that aliases repeat included."""
        self._written = 0
        """Values that stand in the text."""

    def document(self) -> Node:
        """The one document of the text."""
        self._next()
        event = self._next()
        if isinstance(event, StreamEndEvent):
            raise UnreadableError(Flaw(0, 0, "CV001", "there is no document in this file"))
        node = self._node(self._next(), (), None)
        self._next()
        after = self._next()
        if isinstance(after, DocumentStartEvent):
            raise self._unreadable(after, "a file holds one document, and a second one begins here")
        return node

    def _next(self) -> Any:
        try:
            return self._parser.get_event()
        except yaml.YAMLError as error:
            raise UnreadableError(yaml_complaints.explain(self.text, error)) from None

    def _node(self, event: Event, path: Steps, key: tuple[int, int] | None) -> Node:
        self._values += 1
        self._written += 1
        if isinstance(event, AliasEvent):
            return self._alias(event, key)
        assert isinstance(event, NodeEvent)
        before = self._values
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, ScalarEvent):
            value, place = self._scalar(event, path), Place(*self._range(event), key=key)
        else:
            assert isinstance(event, CollectionStartEvent)
            value, place = self._collection(event, path, key)
        if event.anchor:
            self._anchors[event.anchor] = (value, place, self._values - before + 1)
        return value, place

    # ------------------------------------------------------------- aliases

    def _alias(self, event: AliasEvent, key: tuple[int, int] | None) -> Node:
        """The same value again. Its own place is the alias; what is inside stands where it is written."""
        if event.anchor not in self._anchors:
            raise self._unreadable(event, f"nothing above is marked &{event.anchor}; put text that begins with * in quotes")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise self._unreadable(event, f"*{event.anchor} contains itself", "CV007")
        value, place, size = anchored
        self._values += size - 1
        if self._values - self._written > MOST_COPIES:
            raise self._unreadable(event, f"aliases multiply this document: they may add {MOST_COPIES} values at the most", "CV007")
        return value, Place(_start(event), _end(event), place.inside, key)

    # ------------------------------------------------------------- scalars

    def _scalar(self, event: ScalarEvent, path: Steps) -> Any:
        if event.tag is not None:
            try:
                return yaml_scalars.tagged(event.tag, event.value)
            except ValueError:
                self._note(event, path, "CV001", f"the tag {_short(event.tag)} means nothing here")
                return event.value
        if not event.implicit[0]:
            return event.value
        if not event.value and COMMENT.match(self.text, _end(event)):
            self.flaws.append(Flaw(*self._range(event), "CV010", "nothing stands here: # begins a comment; put it in quotes", path))
        value = yaml_scalars.plain(event.value)
        if remark := yaml_scalars.elsewhere(event.value, value):
            self._note(event, path, "CV005", remark)
        return value

    def _range(self, event: ScalarEvent) -> tuple[int, int]:
        """A block of text ends with its last character, not where the next line begins. Nothing stands where a comment does."""
        start, end = _start(event), _end(event)
        if event.style in ("|", ">"):
            end = len(self.text[:end].rstrip())
        elif start == end and (comment := COMMENT.match(self.text, end)):
            start, end = comment.span(1)
        return start, end

    # ------------------------------------------------------------- lists and objects

    def _collection(self, event: CollectionStartEvent, path: Steps, key: tuple[int, int] | None) -> Node:
        if len(path) >= DEEPEST:
            raise UnreadableError(deep(_start(event)))
        if event.tag not in (None, "!", f"{yaml_scalars.TAG}seq", f"{yaml_scalars.TAG}map"):
            self._note(event, path, "CV001", f"the tag {_short(event.tag)} means nothing here")
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, path, key)
        assert isinstance(event, MappingStartEvent)
        return self._mapping(event, path, key)

    def _sequence(self, start: SequenceStartEvent, path: Steps, key: tuple[int, int] | None) -> Node:
        values: list[Any] = []
        inside: dict[str | int, Place] = {}
        last = _end(start)
        while not isinstance(event := self._next(), CollectionEndEvent):
            value, place = self._node(event, (*path, len(values)), None)
            inside[len(values)] = place
            values.append(value)
            last = place.end
        return values, Place(_start(start), _end(event) if start.flow_style else last, inside, key)

    def _mapping(self, start: MappingStartEvent, path: Steps, key: tuple[int, int] | None) -> Node:
        values: dict[str, Any] = {}
        inside: dict[str | int, Place] = {}
        merged: list[Node] = []
        last = _end(start)
        while not isinstance(event := self._next(), CollectionEndEvent):
            merge = isinstance(event, ScalarEvent) and event.value == MERGE and event.implicit[0]
            name, at = (MERGE, Place(_start(event), _end(event))) if merge else self._key(event, path)
            value, place = self._node(self._next(), (*path, name), (at.start, at.end))
            last = max(place.end, at.end)
            if merge:
                merged += self._merged(value, place)
                continue
            if name in values:
                self.flaws.append(twice(name, at.start, at.end, (*path, name)))
            values[name], inside[name] = value, place
        for value, place in merged:
            for name in value:
                if name not in values:
                    values[name], inside[name] = value[name], place.inside[name]
        return values, Place(_start(start), _end(event) if start.flow_style else last, inside, key)

    def _key(self, event: Event, path: Steps) -> tuple[str, Place]:
        name, place = self._node(event, path, None)
        if not isinstance(name, str):
            text = self.text[place.start : place.end]
            self.flaws.append(
                Flaw(place.start, place.end, "CV104", f"the name of a property is text: put {_short(text)} in quotes", (*path, text))
            )
            name = text
        return name, place

    def _merged(self, value: Any, place: Place) -> list[Node]:
        """What `<<` brings in: an object, or a list of them, of which the first one wins."""
        found = [(one, place.inside[index]) for index, one in enumerate(value)] if isinstance(value, list) else [(value, place)]
        if wrong := [where for one, where in found if not isinstance(one, dict)]:
            self.flaws.append(Flaw(wrong[0].start, wrong[0].end, "CV104", "<< takes an object, or a list of objects"))
            return []
        return found

    # ------------------------------------------------------------- complaints

    def _note(self, event: Event, path: Steps, code: str, message: str) -> None:
        self.flaws.append(Flaw(_start(event), _end(event), code, message, path))

    def _unreadable(self, event: Event, message: str, code: str = "CV001") -> UnreadableError:
        return UnreadableError(Flaw(_start(event), _end(event), code, message))


def _start(event: Event) -> int:
    """Where an event begins, in characters of the text."""
    assert event.start_mark
    return int(event.start_mark.index)


def _end(event: Event) -> int:
    """Where it ends."""
    assert event.end_mark
    return int(event.end_mark.index)


def _short(text: str) -> str:
    tag = text.replace(yaml_scalars.TAG, "!!")
    return tag if len(tag) <= 40 else tag[:37] + "..."
