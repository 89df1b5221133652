"""TOML becomes values and positions; what cannot be read has a position too."""

from typing import Any

import pytest

from callverbs.interpreter.text.source import Source
from callverbs.interpreter.text.syntax_tree import SyntaxNode

TEXT = '''# settings
title = "x # no comment"   # a comment
a.b."c d" = [1, [2,
  3], # three
  {x = 'y', z.w = true}]

[lint]
select = ["CV3", "recommended",]
when = 2024-01-01 10:00:00   # a date

[[lint.overrides]]
files = ["a]b"]
severity = { CV302 = "info" }
text = """
one ] " two\\"""" # end

[[lint.overrides]] # second
files = []
[lint.overrides.severity]
"CV3" = 'x'
[server.x]
port = 1
[server]
name = \'\'\'it's\'\'\'
'''


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Returns the paths of a value and of everything in it."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, item in members for one in paths(item, (*path, key)))]


def node_paths(node: SyntaxNode, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Returns the paths of a node and of everything in it."""
    return [path, *(one for key, child in node.children.items() for one in node_paths(child, (*path, key)))]


def excerpt(source: Source, *path: str | int, at_key: bool = False) -> str:
    span = source.span(path, at_key)
    lines = source.text.splitlines(keepends=True)[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "".join(lines)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_value_has_its_node(end: str) -> None:
    source = Source.read("callverbs.toml", TEXT.replace("\n", end))
    assert source.diagnostics == []
    assert sorted(map(repr, node_paths(source.tree))) == sorted(map(repr, paths(source.value)))
    assert excerpt(source, "title") == '"x # no comment"'
    assert excerpt(source, "a", "b", "c d", at_key=True) == '"c d"'
    assert excerpt(source, "a", "b", "c d", 1, 1) == "3"
    assert excerpt(source, "a", "b", "c d", 2, "z", "w") == "true"
    assert excerpt(source, "lint", "select", 1) == '"recommended"'
    assert excerpt(source, "lint", "when") == "2024-01-01 10:00:00"
    assert excerpt(source, "lint") == "[lint]"
    assert excerpt(source, "lint", "overrides", 0, "severity", "CV302") == '"info"'
    assert excerpt(source, "lint", "overrides", 0, "text").endswith('two\\""""')
    assert excerpt(source, "lint", "overrides", 1, "severity", "CV3") == "'x'"
    assert excerpt(source, "lint", "overrides", 1, "severity") == "[lint.overrides.severity]"
    assert excerpt(source, "server", "name") == "'''it's'''"
    assert source.span(("server", "port")).line == source.span(("server",)).line


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a = 1\nb = \n", 2, 5), ("a = 1\r\nb = ?\r\n", 2, 5), ("[lint", 1, 5), ("a = 1\na = 2\n", 2, 6), ("é = 1", 1, 1)],
)
def test_diagnostics_of_broken_toml(text: str, line: int, column: int) -> None:
    source = Source.read("a.toml", text)
    (diagnostic,) = source.diagnostics
    assert (diagnostic.code, diagnostic.message[:18]) == ("CV001", "this is not TOML: ")
    assert diagnostic.offsets
    assert source.span_of(diagnostic)[:2] == (line, column)
    assert "line" not in diagnostic.message


def test_deep_nesting_is_refused() -> None:
    assert [diagnostic.code for diagnostic in Source.read("a.toml", "a = " + "[" * 5000 + "]" * 5000).diagnostics] == ["CV007"]
