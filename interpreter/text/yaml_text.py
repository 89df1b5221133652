"""YAML as text: its value and its syntax tree together, from the events of PyYAML's C parser.

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

from callverbs.interpreter.text import yaml_errors, yaml_scalars
from callverbs.interpreter.text.json_text import duplicate_key, too_deep
from callverbs.interpreter.text.syntax_tree import (
    MAX_NESTING_DEPTH,
    OffsetRange,
    Parsed,
    SyntaxNode,
    UnreadableError,
    text_diagnostic,
)
from callverbs.schemas import Diagnostic, ValuePath
from callverbs.schemas.quoting import shorten

MAX_ALIASED_VALUES = 10_000
"""Values that aliases may add to a document."""
"""Characters of a tag that are quoted in a message."""
MERGE_KEY = "<<"
COMMENT_BEHIND = re.compile(r"[ \t](#[^\r\n]*)")
"""A comment with one space before it: authors of comments mostly write two."""
COMMENT_AS_VALUE = re.compile(r"[ \t]+(#)")
CONTROL_CHARACTERS = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML does not allow (YAML 1.2, 5.1)."""

ValueAndNode = tuple[Any, SyntaxNode]


def read(text: str) -> Parsed:
    """Returns a text parsed as YAML. Raises UnreadableError."""
    reader = Reader(text)
    value, root = reader.read_document()
    return Parsed(value, reader.diagnostics, lambda: root)


class Reader:
    """Reads one text, event by event."""

    def __init__(self, text: str) -> None:
        if control := CONTROL_CHARACTERS.search(text):
            raise UnreadableError(text_diagnostic(control.start(), control.end(), "CV001", "YAML allows no control characters"))
        self.text = text
        self.diagnostics: list[Diagnostic] = []
        self._parser = CParser(text)
        self._anchors: dict[str, tuple[Any, SyntaxNode, int] | None] = {}
        """The value of an anchor, its node, and how many values are in it; None until it is read to its end."""
        self._value_count = 0
        """Values so far, those that aliases repeat included."""
        self._written_count = 0
        """Values that are written in the text."""

    def read_document(self) -> ValueAndNode:
        """Returns the one document of the text."""
        self._next_event()
        event = self._next_event()
        if isinstance(event, StreamEndEvent):
            raise UnreadableError(text_diagnostic(0, 0, "CV001", "there is no document in this file"))
        document = self._read_node(self._next_event(), (), None)
        self._next_event()
        after = self._next_event()
        if isinstance(after, DocumentStartEvent):
            raise self._unreadable(after, "a file holds one document, and a second one begins here")
        return document

    def _next_event(self) -> Any:
        try:
            return self._parser.get_event()
        except yaml.YAMLError as error:
            raise UnreadableError(yaml_errors.explain(self.text, error)) from None

    def _read_node(self, event: Event, path: ValuePath, key: OffsetRange | None) -> ValueAndNode:
        self._value_count += 1
        self._written_count += 1
        if isinstance(event, AliasEvent):
            return self._read_alias(event, key)
        assert isinstance(event, NodeEvent)
        count_before = self._value_count
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, ScalarEvent):
            value, node = self._scalar_value(event, path), SyntaxNode(*self._scalar_range(event), key=key)
        else:
            assert isinstance(event, CollectionStartEvent)
            value, node = self._read_collection(event, path, key)
        if event.anchor:
            self._anchors[event.anchor] = (value, node, self._value_count - count_before + 1)
        return value, node

    # ------------------------------------------------------------- aliases

    def _read_alias(self, event: AliasEvent, key: OffsetRange | None) -> ValueAndNode:
        """Returns the anchor's value. Its node has the alias's own range, and the children of the anchor's node."""
        if event.anchor not in self._anchors:
            raise self._unreadable(event, f"nothing above is marked &{event.anchor}; put text that begins with * in quotes")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise self._unreadable(event, f"*{event.anchor} contains itself", "CV007")
        value, node, count = anchored
        self._value_count += count - 1
        if self._value_count - self._written_count > MAX_ALIASED_VALUES:
            message = f"aliases multiply this document: they may add {MAX_ALIASED_VALUES} values at the most"
            raise self._unreadable(event, message, "CV007")
        return value, SyntaxNode(_start(event), _end(event), node.children, key)

    # ------------------------------------------------------------- scalars

    def _scalar_value(self, event: ScalarEvent, path: ValuePath) -> Any:
        if event.tag is not None:
            try:
                return yaml_scalars.tagged_value(event.tag, event.value)
            except ValueError:
                self._add_diagnostic(
                    event, path, "CV001", f"the tag {shorten(event.tag.replace(yaml_scalars.TAG_PREFIX, '!!'))} means nothing here"
                )
                return event.value
        if not event.implicit[0]:
            return event.value
        if not event.value and COMMENT_AS_VALUE.match(self.text, _end(event)):
            self.diagnostics.append(
                text_diagnostic(*self._scalar_range(event), "CV010", "the value is missing: # begins a comment; put # in quotes", path)
            )
        value = yaml_scalars.plain_value(event.value)
        if ambiguity := yaml_scalars.explain_ambiguity(event.value, value):
            self._add_diagnostic(event, path, *ambiguity)
        comment = COMMENT_BEHIND.match(self.text, _end(event)) if isinstance(value, str) and not event.style else None
        if comment and yaml_scalars.is_cut_by_comment(event.value, comment[1]):
            message = f"the text ends here, at {shorten(event.value)}: # begins a comment; put a text with # in quotes"
            self._add_diagnostic(event, path, "CV013", message)
        return value

    def _scalar_range(self, event: ScalarEvent) -> OffsetRange:
        """Returns the range of a scalar: of a block without the line breaks behind it; where a comment stands instead, of its #."""
        start, end = _start(event), _end(event)
        if event.style in ("|", ">"):
            end = len(self.text[:end].rstrip())
        elif start == end and (comment := COMMENT_AS_VALUE.match(self.text, end)):
            start, end = comment.span(1)
        return start, end

    # ------------------------------------------------------------- lists and objects

    def _read_collection(self, event: CollectionStartEvent, path: ValuePath, key: OffsetRange | None) -> ValueAndNode:
        if len(path) >= MAX_NESTING_DEPTH:
            raise UnreadableError(too_deep(_start(event)))
        if event.tag not in (None, "!", f"{yaml_scalars.TAG_PREFIX}seq", f"{yaml_scalars.TAG_PREFIX}map"):
            self._add_diagnostic(
                event, path, "CV001", f"the tag {shorten(event.tag.replace(yaml_scalars.TAG_PREFIX, '!!'))} means nothing here"
            )
        if isinstance(event, SequenceStartEvent):
            return self._read_sequence(event, path, key)
        assert isinstance(event, MappingStartEvent)
        return self._read_mapping(event, path, key)

    def _read_sequence(self, start: SequenceStartEvent, path: ValuePath, key: OffsetRange | None) -> ValueAndNode:
        values: list[Any] = []
        children: dict[str | int, SyntaxNode] = {}
        end = _end(start)
        while not isinstance(event := self._next_event(), CollectionEndEvent):
            value, node = self._read_node(event, (*path, len(values)), None)
            children[len(values)] = node
            values.append(value)
            end = node.end
        return values, SyntaxNode(_start(start), _end(event) if start.flow_style else end, children, key)

    def _read_mapping(self, start: MappingStartEvent, path: ValuePath, key: OffsetRange | None) -> ValueAndNode:
        values: dict[str, Any] = {}
        children: dict[str | int, SyntaxNode] = {}
        merged: list[ValueAndNode] = []
        end = _end(start)
        while not isinstance(event := self._next_event(), CollectionEndEvent):
            is_merge = isinstance(event, ScalarEvent) and event.value == MERGE_KEY and event.implicit[0]
            name, name_node = (MERGE_KEY, SyntaxNode(_start(event), _end(event))) if is_merge else self._read_key(event, path)
            value, node = self._read_node(self._next_event(), (*path, name), (name_node.start, name_node.end))
            end = max(node.end, name_node.end)
            if is_merge:
                merged += self._merged_objects(value, node)
                continue
            if name in values:
                self.diagnostics.append(duplicate_key(name, name_node.start, name_node.end, (*path, name)))
            values[name], children[name] = value, node
        for value, node in merged:
            for name in value:
                if name not in values:
                    values[name], children[name] = value[name], node.children[name]
        return values, SyntaxNode(_start(start), _end(event) if start.flow_style else end, children, key)

    def _read_key(self, event: Event, path: ValuePath) -> tuple[str, SyntaxNode]:
        name, node = self._read_node(event, path, None)
        if not isinstance(name, str):
            text = self.text[node.start : node.end]
            message = f"the name of a property is text: put {shorten(text)} in quotes"
            self.diagnostics.append(text_diagnostic(node.start, node.end, "CV104", message, (*path, text)))
            name = text
        return name, node

    def _merged_objects(self, value: Any, node: SyntaxNode) -> list[ValueAndNode]:
        """Returns the objects that `<<` merges: one, or a list of them, of which the first one wins."""
        objects = [(one, node.children[index]) for index, one in enumerate(value)] if isinstance(value, list) else [(value, node)]
        if wrong := [child for one, child in objects if not isinstance(one, dict)]:
            self.diagnostics.append(text_diagnostic(wrong[0].start, wrong[0].end, "CV104", "<< takes an object, or a list of objects"))
            return []
        return objects

    # ------------------------------------------------------------- diagnostics

    def _add_diagnostic(self, event: Event, path: ValuePath, code: str, message: str) -> None:
        self.diagnostics.append(text_diagnostic(_start(event), _end(event), code, message, path))

    def _unreadable(self, event: Event, message: str, code: str = "CV001") -> UnreadableError:
        return UnreadableError(text_diagnostic(_start(event), _end(event), code, message))


def _start(event: Event) -> int:
    """Returns the offset at which an event begins."""
    assert event.start_mark
    return int(event.start_mark.index)


def _end(event: Event) -> int:
    """Returns the offset behind an event."""
    assert event.end_mark
    return int(event.end_mark.index)
