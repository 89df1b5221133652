"""Edits of a text: what to write where so that its value changes in one place, and nothing else of the text does.

Comments, order, indentation, quotes and line breaks stay. Where that cannot be, or where the value is shared by an alias of YAML,
there is no edit. It checks no result: whoever applies an edit reads the text again and compares the values.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from callverbs.interpreter.text.comments import comments
from callverbs.interpreter.text.formatting import BLOCK_INDICATORS, format_value
from callverbs.interpreter.text.lines import LINE_BREAK
from callverbs.interpreter.text.source import JSON, Source
from callverbs.interpreter.text.syntax_tree import OffsetRange, SyntaxNode
from callverbs.schemas import ValuePath

NODE_PROPERTIES = re.compile(r"(?:[&!][^ \t\r\n]*[ \t\r\n]+)*")
"""Anchors and tags before a value in YAML."""
SEQUENCE_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)+")


class Edit(NamedTuple):
    """A range of characters, and the text that replaces it."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Returns a text with some edits applied, which do not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class EditableText:
    """The text of a source, and what an edit has to know of its lines, brackets and comments."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self.language = source.language
        self.root = source.tree
        self._comments: list[OffsetRange] | None = None

    def nodes_to(self, path: ValuePath) -> list[SyntaxNode]:
        """Returns the nodes from the root to a path; none where it does not exist, or an alias refers to another part of the text."""
        nodes = [self.root]
        for step in path:
            child = nodes[-1].children.get(step)
            if child is None or not nodes[-1].start <= member_start(child) <= child.end <= nodes[-1].end:
                return []
            nodes.append(child)
        return nodes

    def is_in_brackets(self, nodes: Sequence[SyntaxNode]) -> bool:
        """Returns whether the last node is between brackets, or opens some: YAML's flow style. In JSON every node is."""
        return any(self.first_character(node) in "[{" for node in nodes)

    def first_character(self, node: SyntaxNode) -> str:
        """Returns the first character of a value, behind its anchor and its tag."""
        found = NODE_PROPERTIES.match(self.text, node.start, node.end) if self.language != JSON else None
        offset = found.end() if found else node.start
        return self.text[offset : offset + 1] if offset < node.end else " "

    def members(self, node: SyntaxNode) -> list[SyntaxNode]:
        """Returns the members of a list or an object, in the order of the text, without those that `<<` merges from elsewhere."""
        children = [child for child in node.children.values() if node.start <= member_start(child) <= child.end <= node.end]
        return sorted(children, key=member_start)

    def line_start(self, offset: int) -> int:
        """Returns where the line of an offset begins."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Returns where the line of an offset ends, before its line break."""
        found = LINE_BREAK.search(self.text, offset)
        return found.start() if found else len(self.text)

    def indent(self, offset: int) -> int:
        """Returns the column of an offset, from 0."""
        return offset - self.line_start(offset)

    def is_first_in_line(self, offset: int) -> bool:
        """Returns whether only blanks are before an offset in its line."""
        return not self.text[self.line_start(offset) : offset].strip(" \t")

    @property
    def line_break(self) -> str:
        """The line break of this text: its first one."""
        found = LINE_BREAK.search(self.text)
        return found[0] if found else "\n"

    def has_comment(self, start: int, end: int) -> bool:
        """Returns whether a comment begins in a range."""
        return any(start <= offset < end for offset, _ in self.comments)

    @property
    def comments(self) -> list[OffsetRange]:
        """Every comment of a text in YAML."""
        if self._comments is None:
            self._comments = [] if self.language == JSON else [*comments(self.text, self.root)]
        return self._comments


def member_start(node: SyntaxNode) -> int:
    """Returns where a member begins: with its key, if it has one."""
    return node.key[0] if node.key else node.start


# --------------------------------------------------------------------------- names and values


def rename(editable: EditableText, path: ValuePath, name: str) -> Edit | None:
    """Returns the edit that gives the property of a path another name."""
    nodes = editable.nodes_to(path)
    if not nodes or not nodes[-1].key:
        return None
    start, end = nodes[-1].key
    return Edit(start, end, format_value(name, editable.language, editable.text[start:end]))


def replace(editable: EditableText, path: ValuePath, value: Any) -> Edit | None:
    """Returns the edit that replaces the value of a path by another, written in one line."""
    nodes = editable.nodes_to(path)
    if not nodes or (
        editable.language != JSON and editable.text[nodes[-1].start : nodes[-1].start + 1] in (*BLOCK_INDICATORS, "&", "!", "*")
    ):
        return None
    node = nodes[-1]
    if node.children and editable.has_comment(node.start, node.end):
        return None
    blank = " " if node.start == node.end and editable.text[node.start - 1 : node.start] == ":" else ""
    return Edit(node.start, node.end, blank + format_value(value, editable.language, editable.text[node.start : node.end]))


# --------------------------------------------------------------------------- members


def remove(editable: EditableText, path: ValuePath) -> Edit | None:
    """Returns the edit that removes the member of a path, with its name, its comma, and its lines."""
    nodes = editable.nodes_to(path)
    if len(nodes) < 2 or editable.has_comment(member_start(nodes[-1]), nodes[-1].end):
        return None
    members = editable.members(nodes[-2])
    index = members.index(nodes[-1])
    before, after = members[:index][-1:], members[index + 1 :][:1]
    if editable.is_in_brackets(nodes[:-1]):
        return _remove_from_brackets(editable, nodes[-2], nodes[-1], before, after)
    if not before and not after:
        empty = "[]" if nodes[-1].key is None else "{}"
        return None if editable.has_comment(nodes[-2].start, nodes[-2].end) else Edit(nodes[-2].start, nodes[-2].end, empty)
    return _remove_lines(editable, nodes[-1], after)


def _remove_from_brackets(
    editable: EditableText, parent: SyntaxNode, removed: SyntaxNode, before: list[SyntaxNode], after: list[SyntaxNode]
) -> Edit | None:
    if after:
        start, end = member_start(removed), member_start(after[0])
    elif before:
        start, end = before[0].end, removed.end
    else:
        start, end = editable.text.index(editable.first_character(parent), parent.start) + 1, parent.end - 1
    return None if editable.has_comment(start, end) else Edit(start, end, "")


def _remove_lines(editable: EditableText, removed: SyntaxNode, after: list[SyntaxNode]) -> Edit | None:
    """Returns the edit of whole lines, if the member shares none. A comment behind it stays, in a line of its own."""
    start = _block_member_start(editable, removed)
    if start is None:
        return None
    if not editable.is_first_in_line(start):
        next_start = _block_member_start(editable, after[0]) if after else None
        before = editable.text[editable.line_start(start) : start]
        if next_start is None or not SEQUENCE_DASHES.fullmatch(before) or editable.has_comment(start, next_start):
            return None
        return Edit(start, next_start, "")
    line_end = editable.line_end(removed.end)
    behind = editable.text[removed.end : line_end]
    if comment := behind.strip():
        return Edit(start, line_end - len(behind.lstrip()), "") if comment.startswith("#") else None
    if found := LINE_BREAK.match(editable.text, line_end):
        return Edit(editable.line_start(start), found.end(), "")
    return Edit(len(editable.text[: editable.line_start(start)].rstrip("\r\n")), line_end, "")  # the last line, without a line break


def _block_member_start(editable: EditableText, member: SyntaxNode) -> int | None:
    """Returns where a member in block style begins: at its key, or at the dash before it."""
    if member.key:
        return member.key[0]
    dash = len(editable.text[: member.start].rstrip()) - 1
    return dash if editable.text[dash : dash + 1] == "-" else None


def add(editable: EditableText, path: ValuePath, name: str, value: Any) -> Edit | None:
    """Returns the edit that adds a property to the object at a path, behind the others."""
    nodes = editable.nodes_to(path)
    if not nodes:
        return None
    members = editable.members(nodes[-1])
    added = f"{format_value(name, editable.language)}: {format_value(value, editable.language)}"
    if editable.first_character(nodes[-1]) == "{":
        if not members:
            start = editable.text.index("{", nodes[-1].start) + 1
            return None if editable.has_comment(start, nodes[-1].end) else Edit(start, nodes[-1].end - 1, added)
        first, last = member_start(members[0]), members[-1].end
        on_own_line = editable.is_first_in_line(first) and editable.line_start(first) > nodes[-1].start
        gap = editable.line_break + editable.text[editable.line_start(first) : first] if on_own_line else " "
        return Edit(last, last, f",{gap}{added}")
    if not members or editable.is_in_brackets(nodes):
        return None
    offset = editable.line_end(members[-1].end)
    return Edit(offset, offset, editable.line_break + " " * editable.indent(member_start(members[0])) + added)
