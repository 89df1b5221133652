"""An edit changes one place of a text, and nothing else of it."""

import re

import pytest

from callverbs.interpreter.text import edits, forms
from callverbs.interpreter.text.edits import Edit, EditableText
from callverbs.interpreter.text.source import JSON, YAML, Source
from callverbs.schemas import ValuePath


def editable(text: str) -> EditableText:
    return EditableText(Source("", text, [], JSON if text[0] in "[{" and '"' in text else YAML))


def edited(text: str, edit: Edit | None) -> str | None:
    """Returns a text with an edit applied; None where there is no edit."""
    return None if edit is None else edits.apply(text, [edit])


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ('{"a": 1, "b": 2}', ("a",), '{"c": 1, "b": 2}'),
        ("a: 1 # x\nb: 2\n", ("a",), "c: 1 # x\nb: 2\n"),
        ("'a': 1\n", ("a",), "'c': 1\n"),
        ('{"a" : &x [1], b: *x}', ("a",), None),
        ("{'a': 1}", ("a",), "{'c': 1}"),
        ("x: &x 1\na: *x\n", ("a",), "x: &x 1\nc: *x\n"),
        ("- 1\n", (0,), None),
        ("x: &x {a: 1}\ny: *x\n", ("y", "a"), None),
        ("x: &x {a: 1}\ny: {<<: *x}\n", ("y", "a"), None),
        ("? a\n: 1\n", ("a",), "? c\n: 1\n"),
    ],
)
def test_a_property_is_renamed_in_its_own_quotes(text: str, path: ValuePath, after: str | None) -> None:
    source = Source("", text, [], YAML if "&" in text or text[0] != "{" or "'" in text else JSON)
    if after is None and '"' in text:
        assert edited(text, edits.rename(EditableText(source), path, "c")) == text.replace('"a"', '"c"')
    else:
        assert edited(text, edits.rename(EditableText(source), path, "c")) == after


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ('{"a":"é"}', "ü", '{"a":"ü"}'),
        ('{"a": "2"}', 2, '{"a": 2}'),
        ('{"a": "2"}', ["2"], '{"a": ["2"]}'),
        ("a: 'x' # y\n", "it's", "a: 'it''s' # y\n"),
        ('a: "x"\n', "y", 'a: "y"\n'),
        ("a: x\n", "https://a.b/c#rc=1", "a: https://a.b/c#rc=1\n"),
        ("a: x\n", "b: c", 'a: "b: c"\n'),
        ("a: x\n", "b #c", 'a: "b #c"\n'),
        ("a: x\n", "yes", 'a: "yes"\n'),
        ("a: 12:30\n", "12:30", 'a: "12:30"\n'),
        ("a: +14155550100\n", "+14155550100", 'a: "+14155550100"\n'),
        ("a: 5\n", "5", 'a: "5"\n'),
        ("a: 5\n", True, "a: true\n"),
        ("a:\n", "x", "a: x\n"),
        ("a: 'x'\n", "y\nz", 'a: "y\\nz"\n'),
        ("a: x\n", {"url": "/x", "n": [1]}, "a: {url: /x, n: [1]}\n"),
        ("a:\n  b: 1 # why\n  c: 2\n", 1, None),
        ("a: |\n  x\n", "y", None),
        ("a: &x y\n", "z", None),
        ("a: !!str y\n", "z", None),
        ("x: &x 1\na: *x\n", 2, None),
    ],
)
def test_a_value_is_replaced_in_its_own_quotes(text: str, value: object, after: str | None) -> None:
    assert edited(text, edits.replace(editable(text), ("a",), value)) == after


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ('{"a": 1, "b": 2}', ("a",), '{"b": 2}'),
        ('{"a": 1, "b": 2}', ("b",), '{"a": 1}'),
        ('{ "a": 1 }', ("a",), "{}"),
        ('{\r\n  "a": 1,\r\n  "b": 2\r\n}', ("a",), '{\r\n  "b": 2\r\n}'),
        ('{\n  "a": 1,\n  "b": 2\n}', ("b",), '{\n  "a": 1\n}'),
        ('["a", {"b": 1}, "c"]', (1,), '["a", "c"]'),
        ("a: 1\nb: 2\nc: 3\n", ("b",), "a: 1\nc: 3\n"),
        ("a: 1\nb: 2", ("b",), "a: 1"),
        ("a: 1\n# about b\nb: 2 # two\nc: 3\n", ("b",), "a: 1\n# about b\n# two\nc: 3\n"),
        ("a: 1\nb:\n  c: |\n    x\n\n  d: 1\n# end\n", ("b",), "a: 1\n# end\n"),
        ("a: 1\nb:\n  c: 1 # one\n  d: 2\n", ("b",), None),
        ("- a: 1\n  b: 2\n", (0, "a"), "- b: 2\n"),
        ("- a: 1 # one\n  b: 2\n", (0, "a"), None),
        ("- a: 1\n- b: 2 # two\n", (0, "a"), "- {}\n- b: 2 # two\n"),
        ("- a\n- b # two\n-   c\n", (1,), "- a\n# two\n-   c\n"),
        ("- a\n- b\n", (1,), "- a\n"),
        ("x:\n- a\n", ("x", 0), "x:\n[]\n"),
        ("- - a\n  - b\n", (0, 0), "- - b\n"),
        ("- # why\n  a\n- b\n", (0,), None),
        ("{a: 1, # one\n b: 2}\n", ("a",), None),
        ("[{type: phone, n: 1}, {type: sip}]\n", (0, "n"), "[{type: phone}, {type: sip}]\n"),
    ],
)
def test_a_member_is_removed_with_its_comma_and_its_line(text: str, path: ValuePath, after: str | None) -> None:
    assert edited(text, edits.remove(editable(text), path)) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('{"a": 1}', '{"a": 1, "z": [1]}'),
        ("{ }", "{z: [1]}"),
        ('{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"z": [1]\n}'),
        ("a: 1 # one\n# end\n", "a: 1 # one\nz: [1]\n# end\n"),
        ("a:\r\n  b: 1", "a:\r\n  b: 1\r\nz: [1]"),
        ("{a: 1, }\n", "{a: 1, z: [1], }\n"),
    ],
)
def test_a_property_is_added_behind_the_others(text: str, after: str) -> None:
    assert edited(text, edits.add(editable(text), (), "z", [1])) == after


LONG_SHORT = [
    ('[{"verb": "hangup"}]', '[{"hangup": {}}]'),
    ('[{"verb": "say", "text": "a"}]', '[{"say": {"text": "a"}}]'),
    ('[\n  {\n    "verb": "say",\n    "text": "a",\n    "x": {\n      "y": 1\n    }\n  }\n]',
     '[\n  {\n    "say": {\n      "text": "a",\n      "x": {\n        "y": 1\n      }\n    }\n  }\n]'),
    ("- verb: hangup # bye\n", "- hangup: {} # bye\n"),
    ("- verb: say # hi\n\n  # why\n  text: |\n    a\n\n    b\n", "- say: # hi\n\n    # why\n    text: |\n      a\n\n      b\n"),
    ("- {verb: say, text: a}\n", "- {say: {text: a}}\n"),
    ("- verb: say\r\n  text: a\r\n", "- say:\r\n    text: a\r\n"),
]  # fmt: skip


@pytest.mark.parametrize(("long", "short"), LONG_SHORT)
def test_a_name_moves_out_and_in_again(long: str, short: str) -> None:
    assert edited(long, forms.move_name_outside(editable(long), (0,), "verb")) == short
    assert edited(short, forms.move_name_inside(editable(short), (0,), "verb")) == long


@pytest.mark.parametrize("text", ["- {a: 1, verb: say}\n", "- {verb: say, # why\n   a: 1}\n", "- {}\n", "- &x 1\n"])
def test_a_name_that_cannot_move_stays(text: str) -> None:
    assert forms.move_name_outside(editable(text), (0,), "verb") is None


@pytest.mark.parametrize("text", ["- {a: 1, b: {}}\n", "- say: # why\n", "- say: {a: 1 # one\n  }\n", "- 1\n", "x: &x {}\n"])
def test_an_object_that_is_not_only_its_name_stays(text: str) -> None:
    assert forms.move_name_inside(editable(text), (0,), "verb") is None


def test_a_block_below_its_name_and_an_object_in_brackets() -> None:
    assert edited("- say: {a: 1}\n", forms.move_name_inside(editable("- say: {a: 1}\n"), (0,), "verb")) == "- {verb: say, a: 1}\n"
    assert edited("- say: {}\n", forms.move_name_inside(editable("- say: {}\n"), (0,), "verb")) == "- verb: say\n"


def test_comments_are_not_within_text() -> None:
    text = "# one\na: 'x # y' # two\nb: x#y\nc: | # four\n  # text\n# three\n"
    found = [text[start:end] for start, end in editable(text).comments]
    assert found == re.findall("# (?:one|two|four|three)", text)
