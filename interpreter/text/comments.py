"""Finds the comments of a text in YAML: from a # that belongs to no key and to no value."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from callverbs.interpreter.text.lines import LINE_BREAK
from callverbs.interpreter.text.syntax_tree import OffsetRange, SyntaxNode

HASH_SIGN = re.compile(r"(?:(?<=[ \t\r\n])|^)#")
BLOCK_SCALAR_HEADER = re.compile(r"(?:[&!][^ \t\r\n]*[ \t]+)*[|>][^\r\n]*")
"""The first line of a block scalar: a comment can follow there."""


def comments(text: str, root: SyntaxNode) -> Iterator[OffsetRange]:
    """Yields every comment, from its # to the end of its line."""
    scalars = sorted(_scalar_ranges(root, text))
    end = 0
    for found in HASH_SIGN.finditer(text):
        if found.start() >= end and not is_within(scalars, found.start()):
            line_break = LINE_BREAK.search(text, found.start())
            end = line_break.start() if line_break else len(text)
            yield found.start(), end


def is_within(ranges: list[OffsetRange], offset: int) -> bool:
    """Returns whether an offset is within one of some ranges, which are sorted."""
    index = bisect_right(ranges, offset, key=lambda one: one[0]) - 1
    return index >= 0 and offset < ranges[index][1]


def _scalar_ranges(node: SyntaxNode, text: str) -> Iterator[OffsetRange]:
    """Yields the ranges of keys and scalars, in which a # begins no comment."""
    if node.key:
        yield node.key
    if node.children:
        for child in node.children.values():
            yield from _scalar_ranges(child, text)
    elif node.end > node.start and text[node.start] not in "[{":
        header = BLOCK_SCALAR_HEADER.match(text, node.start)
        yield (header.end() if header else node.start), node.end
