"""TOML as text: its value by the standard library's parser, its syntax tree by a scanner that runs only when a position is asked for.

The scanner reads a text that is valid TOML by then. It knows where keys and values begin and end, and not what they mean.
"""

import re
import tomllib
from collections.abc import Callable
from typing import NamedTuple

from callverbs.interpreter.text.json_text import too_deep
from callverbs.interpreter.text.syntax_tree import OffsetRange, Parsed, SyntaxNode, UnreadableError, text_diagnostic
from callverbs.schemas import Diagnostic

WHITESPACE_AND_COMMENTS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}#\r\n]*")
"""A number, a date, true or false."""
KEY_SEPARATOR = re.compile(r"[ \t]*\.[ \t]*")
ERROR_POSITION = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")
"""The end of a message of tomllib."""


def read(text: str) -> Parsed:
    """Returns a text parsed as TOML. Raises UnreadableError."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(_explain(text, str(error))) from None
    except RecursionError:
        raise UnreadableError(too_deep(0)) from None
    return Parsed(value, [], lambda: Scanner(text).scan())


def _explain(text: str, error: str) -> Diagnostic:
    """Returns the parser's error as a diagnostic at the position that it names."""
    offset, position = max(len(text.rstrip()) - 1, 0), ERROR_POSITION.search(error)
    if position and position[1]:
        lines = text.replace("\r\n", "\n").split("\n")  # as the parser counts
        offset = min(sum(len(line) + 1 for line in lines[: int(position[1]) - 1]) + int(position[2]) - 1, len(text))
        offset += text.count("\r\n", 0, offset)
    reason = ERROR_POSITION.sub("", error)
    return text_diagnostic(offset, offset + 1, "CV001", f"this is not TOML: {reason[:1].lower()}{reason[1:]}")


class KeyPart(NamedTuple):
    """One part of a dotted key, and its offsets."""

    name: str
    start: int
    end: int

    @property
    def range(self) -> OffsetRange:
        return self.start, self.end


class Scanner:
    """Reads one text from its beginning to its end; `offset` is the position that it has reached."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0

    def scan(self) -> SyntaxNode:
        """Returns the syntax tree of the text."""
        root = SyntaxNode(0, len(self.text), {})
        table = root
        self._skip_blank()
        while self.offset < len(self.text):
            if self.text[self.offset] == "[":
                table = self._scan_header(root)
            else:
                self._scan_pair(table)
            self._skip_blank()
        return root

    def _scan_header(self, root: SyntaxNode) -> SyntaxNode:
        """Returns the table that begins here. The node of one that is written in parts is that of its first part."""
        start = self.offset
        is_array = self.text.startswith("[[", self.offset)
        self.offset += 1 + is_array
        parts = self._scan_key()
        self.offset = self.text.index("]", self.offset) + 1 + is_array
        table = self._subtable(root, parts[:-1])
        last = parts[-1]
        node = SyntaxNode(start, self.offset, {}, last.range)
        if not is_array:
            return _newest_table(table.children.setdefault(last.name, node))
        tables = table.children.setdefault(last.name, SyntaxNode(start, self.offset, {}, last.range))
        tables.children[len(tables.children)] = node
        return node

    def _subtable(self, table: SyntaxNode, parts: list[KeyPart]) -> SyntaxNode:
        """Returns the table that the parts of a key lead to, and adds those that are missing."""
        for part in parts:
            table = _newest_table(table.children.setdefault(part.name, SyntaxNode(part.start, part.end, {}, part.range)))
        return table

    def _scan_pair(self, table: SyntaxNode) -> None:
        parts = self._scan_key()
        self.offset = self.text.index("=", self.offset) + 1
        self._skip_blank()
        last = parts[-1]
        self._subtable(table, parts[:-1]).children[last.name] = self._scan_value(last.range)

    def _scan_key(self) -> list[KeyPart]:
        parts: list[KeyPart] = []
        while True:
            self._skip_blank()
            found = STRING.match(self.text, self.offset) or BARE_KEY.match(self.text, self.offset)
            assert found
            is_quoted = found[0][0] in "\"'"
            parts.append(KeyPart(_unquoted(found[0]) if is_quoted else found[0], *found.span()))
            self.offset = found.end()
            if not (separator := KEY_SEPARATOR.match(self.text, self.offset)):
                return parts
            self.offset = separator.end()

    def _scan_value(self, key: OffsetRange | None = None) -> SyntaxNode:
        start = self.offset
        children: dict[str | int, SyntaxNode] = {}
        match self.text[start]:
            case "[":
                self._scan_brackets("]", lambda: children.__setitem__(len(children), self._scan_value()))
            case "{":
                self._scan_brackets("}", lambda: self._scan_pair(SyntaxNode(start, start, children)))
            case _:
                found = STRING.match(self.text, start) or SCALAR.match(self.text, start)
                assert found
                self.offset = start + len(found[0].rstrip())
        return SyntaxNode(start, self.offset, children, key)

    def _scan_brackets(self, closing: str, scan_member: Callable[[], None]) -> None:
        """Scans the members between two brackets, and the commas between them."""
        self.offset += 1
        self._skip_blank()
        while self.text[self.offset] != closing:
            scan_member()
            self._skip_blank()
            if self.text[self.offset] == ",":
                self.offset += 1
                self._skip_blank()
        self.offset += 1

    def _skip_blank(self) -> None:
        found = WHITESPACE_AND_COMMENTS.match(self.text, self.offset)
        assert found
        self.offset = found.end()


def _newest_table(node: SyntaxNode) -> SyntaxNode:
    """Returns a table; of an array of tables the last one, which the keys below its name belong to."""
    return node.children[len(node.children) - 1] if node.children and 0 in node.children else node


def _unquoted(key: str) -> str:
    """Returns the name that a quoted key stands for."""
    return str(tomllib.loads(f"key = {key}")["key"])
