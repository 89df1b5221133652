"""The syntax tree of a text: the offsets of every value, and of its key. This module knows neither JSON nor YAML, and no lines."""

from collections.abc import Callable
from typing import Any, NamedTuple

from callverbs.schemas import Diagnostic, ValuePath

MAX_NESTING_DEPTH = 100
"""Lists and objects within each other: deeper nesting is a mistake, or an attack on the reader."""
NO_VALUE: Any = object()
"""The value of a text that cannot be read."""

OffsetRange = tuple[int, int]
"""The offset of the first character, and the one behind the last."""


class SyntaxNode(NamedTuple):
    """The offsets of a value, the range of its key, and the nodes of the values in it."""

    start: int
    end: int
    children: "dict[str | int, SyntaxNode]" = {}
    key: OffsetRange | None = None


class Parsed(NamedTuple):
    """What a parser returns. `build_tree` is called only where a position is reported."""

    value: Any
    diagnostics: list[Diagnostic]
    build_tree: Callable[[], SyntaxNode]


class UnreadableError(Exception):
    """The text cannot be read any further."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def text_diagnostic(start: int, end: int, code: str, message: str, path: ValuePath = ()) -> Diagnostic:
    """Returns a diagnostic of the text itself, at a range of offsets."""
    return Diagnostic(path, code, message, offsets=(start, end))


def find_node(root: SyntaxNode, path: ValuePath) -> tuple[SyntaxNode, bool]:
    """Returns the node of a path, and True; where a step does not exist, the nearest ancestor's node, and False."""
    node = root
    for step in path:
        if step not in node.children:
            return node, False
        node = node.children[step]
    return node, True
