"""Texts become values and positions: the round trip, and the diagnostics of a text that cannot be read."""

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.text.lines import Span
from callverbs.interpreter.text.source import Source, pointer_span
from callverbs.schemas import ValuePath

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12)


def every_path(value: Any, path: ValuePath = ()) -> list[tuple[ValuePath, Any]]:
    """Returns a value and everything in it, with their paths."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value)] + [found for key, item in inside for found in every_path(item, (*path, key))]


def cut(source: Source, span: Span) -> str:
    """Returns the text of a span."""
    lines = [source.line(number) for number in range(span.line, span.end_line + 1)]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@settings(max_examples=150)
@given(VALUES, st.sampled_from([None, 0, 1, 3, "\t"]), st.booleans(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_a_span_cuts_the_value_out_of_json(value: Any, indent: int | str | None, ascii_only: bool, end: str, mark: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).replace("\n", end)
    source = Source.read("a.json", ("\ufeff" if mark else "") + text)
    assert source.value == value
    for path, part in every_path(value):
        assert json.loads(cut(source, source.span(path))) == part
        if path and isinstance(path[-1], str):
            assert json.loads(cut(source, source.span(path, at_key=True))) == path[-1]


EXPONENT = re.compile(r"-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+")
"""A number in JSON and in YAML 1.2, and text in YAML 1.1, whose writer we use here."""
PRINTABLE = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("C", "Z")) | st.just(" ")
YAML_TEXT: st.SearchStrategy[str] = st.text(PRINTABLE, max_size=8).filter(lambda text: EXPONENT.fullmatch(text) is None)
YAML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | YAML_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(YAML_TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(YAML_VALUES, st.sampled_from([True, False, None]), st.sampled_from([1, 2, 4]))
def test_a_span_cuts_the_value_out_of_yaml(value: Any, flow: bool | None, indent: int) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, indent=indent, allow_unicode=True, width=10_000)
    source = Source.read("a.yaml", text)
    assert source.value == value
    for path, part in every_path(value):
        if not isinstance(part, dict | list):
            assert Source.read("part.yaml", "- " + cut(source, source.span(path))).value == [part]
        if path and isinstance(path[-1], str):
            key = cut(source, source.span(path, at_key=True))
            assert Source.read("key.yaml", "- " + key.removeprefix("? ")).value == [path[-1]]


@pytest.mark.parametrize("text", ["é", "😀", "a\u0301", "\t", "\u2028", "\x85"])
def test_columns_count_characters(text: str) -> None:
    source = Source.read("a.json", f'{{"{text}é": 1, "b": 2}}'.replace("\t", "\\t"))
    before = len(source.text[: source.text.index("2")])
    assert source.span(("b",)) == Span(1, before + 1, 1, before + 2)


def test_lines_end_with_lf_cr_lf_or_cr() -> None:
    source = Source.read("a.yaml", "- a: 1\r\n- b: [x,\r\n   y]\r- c: 3\n\n# end\n")
    assert source.span((0, "a")) == Span(1, 6, 1, 7)
    assert source.span((1, "b")) == Span(2, 6, 3, 6)
    assert source.span((2,)) == Span(4, 3, 4, 7)
    assert [source.line(n) for n in (2, 3, 4, 5, 8)] == ["- b: [x,", "   y]", "- c: 3", "", ""]


def test_a_path_that_does_not_exist_has_the_span_of_its_nearest_ancestor() -> None:
    source = Source.read("a.json", '[{"a": {"b": 1}}]')
    assert source.span((0, "a", "x", 5)) == source.span((0, "a"))
    assert source.span((7,)) == source.span(()) == Span(1, 1, 1, 18)
    assert source.span((0, "a", "x"), at_key=True) == source.span((0, "a"))


def test_spans_of_aliases_and_merge_keys() -> None:
    source = Source.read("a.yaml", "- &a\n  say: {text: hi}\n- *a\n- <<: *a\n  loop: 2\n")
    assert source.value == [{"say": {"text": "hi"}}] * 2 + [{"loop": 2, "say": {"text": "hi"}}]
    assert source.span((1,)) == Span(3, 3, 3, 5)
    assert source.span((1, "say", "text")) == source.span((0, "say", "text")) == Span(2, 15, 2, 17)
    assert source.span((2, "say"), at_key=True) == Span(2, 3, 2, 6)
    assert source.span((2, "loop")) == Span(5, 9, 5, 10)


def test_spans_of_blocks_and_of_missing_values() -> None:
    source = Source.read("a.yaml", "- a: |\n    hello\n    there\n\n\n- b:\n\n- c\n# end\n")
    assert source.value == [{"a": "hello\nthere\n"}, {"b": None}, "c"]
    assert source.span((0,)) == Span(1, 3, 3, 10)
    assert source.span((0, "a")) == Span(1, 6, 3, 10)
    assert source.span((1, "b")) == Span(6, 5, 6, 5)
    assert source.span(()) == Span(1, 1, 8, 4)


@pytest.mark.parametrize(
    ("line", "value", "is_cut"),
    [
        ("Press # to continue.", "Press", True),
        ("Press the # key", "Press the", True),
        ("Suite #12", "Suite", True),
        ("https://example.com/next #rc=2", "https://example.com/next", True),
        ("Press 1  # to continue", "Press 1", False),
        ("Press 1 # for sales", "Press 1", False),
        ("Welcome # Say hello.", "Welcome", False),
        ("/menu #menu", "/menu", False),
        ("/menu # to the menu", "/menu", False),
        ("Welcome to us # to the caller", "Welcome to us", False),
        ("'Press 1' #1", "Press 1", False),
    ],
)
def test_a_text_that_a_comment_cuts(line: str, value: str, is_cut: bool) -> None:
    source = Source.read("a.yaml", f"- {line}\n")
    assert source.value == [value]
    assert ["CV013"] * is_cut == [one.code for one in source.diagnostics]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), ("-5", -5), ("0", 0), ("1.5", 1.5), ("-0.25", -0.25), ("1e3", 1000.0), ("true", True), ("False", False),
        ("null", None), ("~", None), ("", None), ("''", ""), ('"5"', "5"), ("!!str 5", "5"), ("!!int '5'", 5), ("! 5", "5"),
        ("!!float 5", 5.0), ("+14155550100", "+14155550100"), ("0044", "0044"), ("007", "007"), ("0o17", "0o17"), ("0x1F", "0x1F"),
        ("0b11", "0b11"), ("1_000", "1_000"), ("12:30", "12:30"), ("12:30:45", "12:30:45"), ("yes", "yes"), ("No", "No"), ("on", "on"),
        ("2026-01-01", "2026-01-01"), (".5", ".5"), ("5.", "5."), (".inf", ".inf"), (".nan", ".nan"), ("+5", "+5"), ("=", "="), ("5 ", 5),
    ],
)  # fmt: skip
def test_what_a_plain_scalar_means(text: str, value: Any) -> None:
    source = Source.read("a.yaml", f"- {text}")
    assert source.value == [value]
    assert type(source.value[0]) is type(value)
    plain = not text.startswith(("'", '"', "!"))
    code = "CV012" if other_readers(text) in ([True], [False]) else "CV005"
    assert [diagnostic.code for diagnostic in source.diagnostics] == ([code] if plain and other_readers(text) != [value] else [])


def other_readers(text: str) -> Any:
    """Returns what YAML 1.1 makes of a list of one scalar; another list where it cannot read it."""
    try:
        return yaml.safe_load(f"- {text}")
    except yaml.YAMLError:
        return ["="]


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("a.json", "- a", "json"), ("a.yaml", "a: 1", "yaml"), ("a.yml", "[a]", "yaml"), ("A.JSON", "[]", "json"), ("a.yaml", "[]", "json"),
        ("a.yaml", '{"a"\n:1}', "json"), ("a", "[1]", "json"), ("a", " {}", "json"), ("a", "- 1", "yaml"), ("a.txt", "{broken", "json"),
    ],
)  # fmt: skip
def test_which_language_a_text_is_in(name: str, text: str, language: str) -> None:
    assert Source.read(name, text).language == language


@pytest.mark.parametrize(
    ("content", "position", "words"),
    [
        (b'["a\xff"]', (1, 4), "0xff is not UTF-8"),
        (b"\xef\xbb\xbf[\n\xe9]", (2, 1), "0xe9 is not UTF-8"),
        ("[]".encode("utf-16"), (1, 1), "UTF-16"),
        ('["\ud83d"]', (1, 3), "not UTF-8"),
        (b"[" + b" " * 1_000_000, (1, 1), "more than 1,000,000 bytes"),
        (" \r\n", (1, 1), "empty"),
        ("[" * 3000 + "]" * 3000, (1, 101), "100 deep"),
        ('{"a":' * 5000, (1, 501), "100 deep"),
        ("[" + "9" * 5000 + "]", (1, 2), "many digits"),
        ('["a NaN", -Infinity]', (1, 11), "-Infinity is not a number"),
        ("[1, 1e999]", (1, 5), "too large"),
        ('{"a\\udc00": 1}', (1, 1), "half of a surrogate"),
        ("[1,\n 2,\n]", (2, 3), "nothing follows this comma"),
        ('{"a": 1,}', (1, 8), "nothing follows this comma"),
        ("[1, 2}", (1, 6), "} cannot close the ["),
        ('[{"a": 1]', (1, 9), "] cannot close the {"),
        ('[{"a": [1, 2}]', (1, 13), "} cannot close the ["),
        ('[{"a": 1},\n', (1, 1), "this [ is never closed"),
        ('{a: 1}', (1, 2), '"a"'),
        ("[True]", (1, 2), "write true"),
        ("[hello]", (1, 2), '"hello"'),
        ("[\u201chi\u201d]", (1, 2), "begins and ends with"),
        ('["a" "b"]', (1, 6), "a comma is missing"),
        ('{"a" 1}', (1, 6), "a colon was expected"),
        ('{"a":}', (1, 6), "a value was expected"),
        ("[,]", (1, 2), "a value was expected"),
        ('["a\nb"]', (1, 4), "line end"),
        ('["abc', (1, 2), "never closed"),
        ('["\\q"]', (1, 3), "no such escape"),
        ('["\\u12"]', (1, 4), "four hexadecimal digits"),
        ("[1] [2]", (1, 5), "the document is over"),
        ("[ # comment\n1]", (1, 3), "no comments"),
        ("[.5]", (1, 2), "begins with a digit"),
        ("[1, 2;]", (1, 6), "closing bracket"),
        ('"', (1, 1), "never closed"),
        ("{", (1, 1), "this { is never closed"),
        ("[-]", (1, 2), "a value was expected"),
    ],
)  # fmt: skip
def test_diagnostics_of_broken_json(content: str | bytes, position: tuple[int, int], words: str) -> None:
    check(Source.read("a.json", content), position, words)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("# nothing\n", (1, 1), "no document"),
        ("- a: b\n\tc: d\n", (2, 1), "a tab"),
        ("\t- a", (1, 1), "a tab"),
        ("- a: [1,\n  2\n- b\n", (1, 6), "this [ is never closed"),
        ("- {a: 1 b: 2}", (1, 10), "a comma"),
        ("- text: 'it's'", (1, 13), "goes on behind its closing quote"),
        ("- text: 'it", (1, 9), "this ' is never closed"),
        ("- text: a: b", (1, 10), "a colon and a space"),
        ("- text: @home", (1, 9), "begins with @ in quotes"),
        ("- text: %home", (1, 9), "begins with % in quotes"),
        ("- key: *", (1, 8), "begins with * or &"),
        ("- key: *nobody", (1, 8), "marked &nobody"),
        ("- a: 1\n b: 2", (2, 2), "indentation"),
        ("- a: 1\nb: 2", (2, 1), "a dash is missing: write - b: 2,"),
        ("- a:\n    b: 1\n   c: 2", (3, 4), "indentation"),
        ('- text: "\\q"', (1, 10), "no such escape"),
        ('- text: "\\ud83d\\ude00"', (1, 12), "surrogate pairs"),
        ("- a: 1\n  b\n  c: 2", (3, 3), "colon and a space are missing"),
        ("- text: |x\n    a", (1, 10), "after | or >"),
        ("- a\n---\n- b\n", (2, 1), "one document"),
        ("- \x07", (1, 3), "control"),
        ("%", (1, 1), "begins with %"),
        ("%x y\n- a", (1, 1), "begins with %"),
        ("- " * 150 + "a", (1, 201), "100 deep"),
        ("- [" + "{a: " * 120, (1, 396), "100 deep"),
    ],
)  # fmt: skip
def test_diagnostics_of_broken_yaml(text: str, position: tuple[int, int], words: str) -> None:
    check(Source.read("a.yaml", text), position, words)


def check(source: Source, position: tuple[int, int], words: str) -> None:
    assert not source.readable
    (diagnostic,) = source.diagnostics
    assert diagnostic.code in ("CV001", "CV007")
    assert words in diagnostic.message
    assert diagnostic.offsets
    assert source.span_of(diagnostic)[:2] == source.span_between(*diagnostic.offsets)[:2] == position


@given(st.text(max_size=30) | st.text("[]{}:,-\"'*&!|>%@ \n\t01a#?", max_size=30))
@settings(max_examples=400)
def test_any_text_is_read_or_explained(text: str) -> None:
    for name in ("a.json", "a.yaml", "a"):
        source = Source.read(name, text)
        assert source.readable or source.diagnostics
        for diagnostic in source.diagnostics:
            assert diagnostic.offsets
            span = source.span_of(diagnostic)
            assert (1, 1) <= span[:2] <= span[2:]


@pytest.mark.parametrize(
    ("text", "pointer", "span"),
    [
        ('[{"a/b": [1, {"c": 5}]}]', "/0/a~1b/1/c", Span(1, 20, 1, 21)),
        ('[{"a": 1}]', "/0/b", Span(1, 2, 1, 10)),
        ('[{"1": 2}]', "/0/1", Span(1, 8, 1, 9)),
        ('[{"a": 1}]', "/x/y", Span(1, 1, 1, 11)),
        ("[1]", "", Span(1, 1, 1, 4)),
        ("[1", "/0", None),
    ],
)
def test_the_span_of_a_json_pointer(text: str, pointer: str, span: Span | None) -> None:
    assert pointer_span(text, pointer) == span
