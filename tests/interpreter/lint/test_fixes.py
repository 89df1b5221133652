"""A fix changes one path of the value, no other text and no comment; fixing twice changes nothing more."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.lint import fixes
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO, WARNING
from callverbs.interpreter.lint.fixes import FixedText, fix_source
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import RULES, Rule
from callverbs.interpreter.text import edits
from callverbs.interpreter.text.source import Source
from callverbs.schemas import Diagnostic, Fix, ValuePath
from tests.interpreter.lint.test_examples import FILES
from tests.oracles.facts import published

ROOT = Path(__file__).parents[3]
CORPUS = published("corpus")
MAX_BYTES = 10_000
"""Of the documents that are fixed four times, with a comment on every line: larger ones take half a minute, and have nothing else."""
DOCUMENTS = [path for path in FILES if Source.read(path).readable]
DOCUMENTS += [path for path in sorted((ROOT / "samples").rglob("flow.*")) if path.suffix in (".json", ".yaml")]
DOCUMENTS += sorted(path for path in CORPUS.glob("*.json") if path.name != "manifest.json") if CORPUS.is_dir() else []
DOCUMENTS = [path for path in DOCUMENTS if path.stat().st_size < MAX_BYTES]

DEFAULT_PROFILE = [rule for rule in RULES.values() if rule.profile != "strict"]


def fixed(text: str, name: str = "a.yaml", unsafe: bool = False) -> FixedText:
    return fix_source(Source.read(name, text), rules=DEFAULT_PROFILE, unsafe=unsafe)


SAFE = [
    ('[{"verb": "Say", "text": "a"}]', '[{"verb": "say", "text": "a"}]', ["CV101"]),
    ('[{"SAY": {"text": "a"}}]', '[{"say": {"text": "a"}}]', ["CV101"]),
    ('[{"verb":"redirect","actionhook":"/a"}]', '[{"verb":"redirect","actionHook":"/a"}]', ["CV102"]),
    ("- verb: say\n  text: a # b\n- hangup: {}\n", "- verb: say\n  text: a # b\n- verb: hangup\n", ["CV008"]),
    ("- verb: tag\n  data:\n    a: +1415555010 # b\n", '- verb: tag\n  data:\n    a: "+1415555010" # b\n', ["CV005"]),
    (
        "- verb: dial\n  actionHook: /a\n  Target: # b\n  - {Type: Phone, number: '+1415555010'}\n",
        "- verb: dial\n  actionHook: /a\n  target: # b\n  - {type: phone, number: '+1415555010'}\n",
        ["CV102", "CV102", "CV105"],
    ),
    (
        "- verb: dial\n  target:\n  - {type: phone, number: '+1415555010'}\n  - {type: phone, number: '+1415555010'} # b\n",
        "- verb: dial\n  target:\n  - {type: phone, number: '+1415555010'}\n  # b\n",
        ["CV303"],
    ),
]


@pytest.mark.parametrize(("text", "after", "codes"), SAFE)
def test_safe_fixes(text: str, after: str, codes: list[str]) -> None:
    found = fixed(text, "a")
    assert found.text == after
    assert sorted(one.code for one in found.fixed) == sorted(codes)


UNSAFE = [
    ('[{"verb": "sey", "text": "a"}]', '[{"verb": "say", "text": "a"}]'),
    ("- verb: say\n  txt: a\n", "- verb: say\n  text: a\n"),
    ("- verb: say\n  text: a\n  disableTtsCache: true # b\n", "- verb: say\n  text: a\n  # b\n"),
    ('[{"verb": "redirect", "actionHook": "example.com/a"}]', '[{"verb": "redirect", "actionHook": "https://example.com/a"}]'),
    ('[{"verb": "redirect", "actionHook": "//example.com/a"}]', '[{"verb": "redirect", "actionHook": "https://example.com/a"}]'),
    (
        '[{"verb": "dial", "actionHook": "/a", "target": [{"type": "phone", "number": "+1 (415) 555-0100,1"}]}]',
        '[{"verb": "dial", "actionHook": "/a", "target": [{"type": "phone", "number": "+14155550100,1"}]}]',
    ),
    (
        '[{"verb": "dial", "actionHook": "/a", "callerId": "+1 415 555 0199", "target": [{"type": "fone", "number": "14155550100"}]}]',
        '[{"verb": "dial", "actionHook": "/a", "callerId": "+14155550199", "target": [{"type": "phone", "number": "+14155550100"}]}]',
    ),
]


@pytest.mark.parametrize(("text", "after"), UNSAFE)
def test_what_may_change_a_call_is_fixed_only_as_unsafe(text: str, after: str) -> None:
    assert fixed(text, "a").text == text
    assert fixed(text, "a", unsafe=True).text == after


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ({"verb": "pause", "length": "2"}, {"verb": "pause", "length": 2}),
        ({"verb": "pause", "length": "2.5"}, {"verb": "pause", "length": 2.5}),
        ({"verb": "gather", "actionHook": "/a", "numDigits": 1, "dtmfBargein": "no"}, {"dtmfBargein": False}),
        ({"verb": "gather", "actionHook": "/a", "numDigits": 1, "input": "digits"}, {"input": ["digits"]}),
    ],
)
def test_a_value_with_one_possible_meaning_is_converted(value: dict[str, Any], right: dict[str, Any]) -> None:
    for text in (json.dumps([value]), yaml.safe_dump([value], sort_keys=False)):
        assert Source.read("a", fixed(text, "a").text).value == [{**value, **right}]


LEFT = [
    '[{"verb": "say", "stream": true}]',  # without what has no effect there is nothing to say
    '[{"verb": "pause", "length": "-2"}]',  # the number would be an error, too
    '[{"verb": "say", "text": "a", "Text": "b"}]',  # both cannot be called text
    "- &a\n  verb: pause\n  length: '2'\n- *a\n",  # the other one would change with it
    "- verb: say\n  text: !!str\n    a\n  Loop: &x 2\n  loop: *x\n",
    '[{"verb": "say", "text": "a", "text": "b", "disableTtsCache": true}]',  # nobody knows which text is meant
    '[{"verb": "say", "text": "a"},]',
]


@pytest.mark.parametrize("text", LEFT)
def test_a_harmful_fix_is_not_applied(text: str) -> None:
    found = fixed(text, "a", unsafe=True)
    assert found == FixedText(text, [], lint(Source.read("a", text), rules=DEFAULT_PROFILE))
    assert found.left


class Removes(Rule, code="CV999", severity=WARNING):
    """Removes all properties that begin with x."""

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("tag"):
            for key in verb.item.body["data"]:
                if key.startswith("x"):
                    yield self.diagnostic((*verb.path, "data", key), f"{key} is too much", fix=Fix("remove"))


class Flips(Rule, code="CV998", severity=INFO):
    """Finds every length wrong."""

    lengths: ClassVar[tuple[int, int]] = (1, 2)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("pause"):
            other = self.lengths[self.lengths.index(verb.item.body["length"]) - 1]
            yield self.diagnostic((*verb.path, "length"), "not this one", fix=Fix("replace", other))


class Stays(Flips, code="CV997", severity=INFO):
    """Replaces a length by itself."""

    lengths: ClassVar[tuple[int, int]] = (1, 1)


@pytest.mark.parametrize("rule", [Flips(), Stays()])
def test_a_fix_that_does_not_remove_its_finding_is_not_applied(rule: Rule) -> None:
    source = Source.read("a.json", '[{"verb": "pause", "length": 1}]')
    found = fix_source(source, relint=lambda one: lint(one, rules=[rule]))
    assert (found.text, found.fixed) == (source.text, [])
    assert found.left


def test_adjacent_edits_are_applied_one_after_the_other() -> None:
    source = Source.read("a.json", '[{"verb": "tag", "data": {"x1": 1, "x2": 2, "a": 3, "x3": 4}}]')
    found = fix_source(source, rules=[Removes()])
    assert found.text == '[{"verb": "tag", "data": {"a": 3}}]'
    assert len(found.fixed) == 3


def test_a_fix_that_would_be_an_error_does_not_keep_the_others_from_being_applied() -> None:
    found = fixed('[{"verb": "say", "stream": true}, {"verb": "pause", "length": "3"}]', "a.json", unsafe=True)
    assert found.text == '[{"verb": "say", "stream": true}, {"verb": "pause", "length": 3}]'
    assert [one.pointer for one in found.fixed] == ["/1/length"]


def test_what_no_rule_finds_is_not_fixed() -> None:
    text = "- verb: say\n  text: a\n- hangup: {}\n"
    source = Source.read("a.yaml", text)
    assert fix_source(source, rules=[]).text == text
    assert fix_source(source, relint=lambda _: []).text == text


def test_a_byte_order_mark_and_line_ends_stay() -> None:
    source = Source.read("a.yaml", "- verb: Say\r\n  text: é😀\r\n".encode("utf-8-sig"))
    assert fix_source(source).text == "- verb: say\r\n  text: é😀\r\n"


# --------------------------------------------------------------------------- invariants


def commented(text: str, language: str) -> str:
    """Returns a text with a comment behind every line that can have one."""
    if language == "json":
        return text
    marked, before = text, Source("", text, [], language).value
    for number in range(len(text.splitlines())):
        lines = marked.splitlines()
        if "callverbs:" in lines[number]:
            continue  # a comment of its own, whose reason goes with it
        lines[number] += f" # c{number}"
        candidate = Source("", "\n".join(lines) + "\n", [], language)
        if (
            candidate.readable
            and candidate.value == before
            and len(candidate.diagnostics) == len(Source("", text, [], language).diagnostics)
        ):
            marked = candidate.text
    return marked


def apart(value: Any) -> Any:
    return json.loads(json.dumps(value))


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yields a document as it is, and its value written in other ways."""
    source = Source.read(path)
    yield path.suffix, source.text
    yield ".json", json.dumps(source.value, indent=2)
    yield ".yaml", yaml.safe_dump(apart(source.value), sort_keys=False, allow_unicode=True)
    yield ".yaml", yaml.safe_dump(apart(source.value), sort_keys=False, default_flow_style=True, width=40)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name[:12]}/{path.name}")
def test_fixing_twice_is_fixing_once(path: Path) -> None:
    for ending, text in texts(path):
        source = Source.read(f"a{ending}", text)
        marked = Source.read(f"a{ending}", commented(source.text, source.language))
        for unsafe in (False, True):
            found = fix_source(marked, unsafe=unsafe)
            again = Source.read(f"a{ending}", found.text)
            assert again.readable
            assert set(re.findall("# c[0-9]+", found.text)) == set(re.findall("# c[0-9]+", marked.text))
            assert (found.text == marked.text) == (not found.fixed)
            assert fix_source(again, unsafe=unsafe).fixed == []


def changed(before: Any, after: Any, path: ValuePath = ()) -> Iterator[ValuePath]:
    """Yields the paths of the smallest values that differ, by what both have."""
    if isinstance(before, dict) and isinstance(after, dict) and list(before) == list(after):
        for key in before:
            yield from changed(before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changed(one, other, (*path, index))
    elif json.dumps(before) != json.dumps(after):
        yield path


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_fix_changes_one_path(data: st.DataObject) -> None:
    ending, text = data.draw(st.sampled_from(list(texts(data.draw(st.sampled_from(DOCUMENTS))))))
    source = Source.read(f"a{ending}", text)
    found = [one for one in lint(source) if one.fix]
    for one in found[:1] and [data.draw(st.sampled_from(found))]:
        edit = fixes.harmless_edit(source, found, one, lint)
        if edit and one.fix:
            after = Source.read(f"a{ending}", edits.apply(source.text, [edit]))
            whole = one.value_path if one.fix.path is None else one.fix.path
            changed_path = whole[:-1] if one.fix.action in ("rename", "remove") else whole
            assert all(path[: len(changed_path)] == changed_path for path in changed(source.value, after.value))
            assert source.text[: edit.start] == after.text[: edit.start]
            assert after.text.endswith(source.text[edit.end :])
