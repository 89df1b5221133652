"""Findings have the order of the text, one for each cause, and are the same for JSON as for YAML."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from callverbs import verbs
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS
from callverbs.interpreter.hooks.retry import PAUSES_SECONDS, POLICIES
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts import retries
from callverbs.interpreter.lint.finding import ERROR, Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import RECOMMENDED, RULES, Rule
from callverbs.interpreter.lint.rules.hooks import bad_retry_fragment, long_silence
from callverbs.interpreter.text.source import Source
from callverbs.schemas import Diagnostic
from callverbs.verbs.language.hook_urls import WEBSOCKET_REASON
from tests.interpreter.lint.test_examples import FILES
from tests.oracles.facts import published

CORPUS = published("corpus")
PUBLISHED: list[dict[str, Any]] = json.loads((CORPUS / "manifest.json").read_text()) if CORPUS.is_dir() else []
REFUSED: dict[str, set[str]] = {}
"""Documents that both validators of jambonz accept, and what is an error here nonetheless."""


def lint_text(text: str, name: str = "a.json", rules: Iterable[Rule] = RECOMMENDED, **context: Any) -> list[Finding]:
    return lint(Source.read(name, text), LintContext(**context), rules)


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_findings_come_in_the_order_of_the_text() -> None:
    found = lint_text('[\n{"verb": "gather", "timeout": -1, "foo": 1,\n"input": []},\n{"verb": "sey"}, {"verb": "pause"}]')
    assert [(one.line, one.column) for one in found] == sorted((one.line, one.column) for one in found)
    assert codes(found) == ["CV406", "CV102", "CV402", "CV101", "CV103"]


def test_the_fields_of_a_finding() -> None:
    (finding,) = lint_text('[\n  {"verb": "say", "txt": "é😀", "text": "a"}]', "flows/a.json")
    assert list(finding.report_fields().values()) == [
        "flows/a.json", "CV102", "unknown-property", "error", "say has no property txt; did you mean text?", 2, 19, 2, 24, "/0/txt"
    ]  # fmt: skip


def test_one_cause_gives_one_finding() -> None:
    assert codes(lint_text('[{"verb": "gather", "actionhook": "/menu"}]')) == ["CV102"]
    assert codes(lint_text('[{"verb": "play", "url": ""}]')) == ["CV507"]
    assert codes(lint_text('[{"verb": "dial", "target": [{"type": "phone", "nummer": "1"}], "actionHook": "/a"}]')) == ["CV102"]
    assert codes(lint_text('[{"verb": "lex", "name": 5, "foo": {}}]')) == ["CV701"]


@pytest.mark.parametrize("after", ['{"verb": "sey", "text": "Hi"}', '"hangup"', '{"hangup": {}, "say": {}}'])
@pytest.mark.parametrize(
    "verb",
    [
        '{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1."}, "actionHook": "/m"}',
        '{"verb": "dial", "target": [{"type": "user", "name": "jane"}]}',
        '{"dial": {"target": [{"type": "user", "name": "jane"}]}}',
        '{"verb": "transfer", "mode": "blind", "target": [{"type": "user", "name": "jane"}]}',
        '{"verb": "say", "text": "Hi"}',
    ],
)
def test_a_verb_that_cannot_be_read_follows_all_the_same(verb: str, after: str) -> None:
    assert len(lint_text(f"[{verb}, {after}]", rules=RULES.values())) == 1


def test_a_text_that_aliases_share_has_one_finding() -> None:
    shared = "- &play\n  verb: play\n  url: /a.mp3\n- *play\n- <<: *play\n  loop: 2\n"
    assert [(one.code, one.line) for one in lint_text(shared, "a.yaml")] == [("CV507", 3)]


def test_information_gives_way_to_an_error_at_the_same_span() -> None:
    found = lint_text("- verb: pause\n  length: 0x10\n- verb: tag\n  data: {a: 0x10}\n", "a.yaml")
    assert [(one.code, one.line) for one in found] == [("CV104", 2), ("CV005", 4)]


def test_a_value_under_a_duplicate_key_has_no_fix() -> None:
    """The fuzzer found it: the span of the first key is not that of the value."""
    found = lint_text("- verb: tag\n  data:\n    at: 12:30\n  data:\n    to: 12:30\n", "a.yaml")
    assert [(one.code, one.line, one.fix is not None) for one in found] == [("CV005", 3, False), ("CV002", 4, False), ("CV005", 5, True)]


def test_a_reader_that_can_go_on_reports_what_follows() -> None:
    found = lint_text('[{"verb": "say", "text": "a", "text": ""}]')
    assert codes(found) == ["CV002", "CV501"]


class Broken(Rule, code="CV999", severity=ERROR):
    def check(self, document: Document) -> Iterator[Diagnostic]:
        yield self.diagnostic((), "never seen")
        raise ZeroDivisionError("oh")


def test_a_rule_that_fails_is_a_finding_and_the_others_go_on() -> None:
    found = lint_text('[{"verb": "gather"}]', rules=[Broken(), RULES["CV401"]])
    assert codes(found) == ["CV900", "CV401"]
    assert "rule CV999 test-linter has failed: ZeroDivisionError('oh')" in found[0].message


def test_a_code_without_a_rule_is_shown_all_the_same() -> None:
    class Stray(Broken, code="CV999", severity=ERROR):
        def check(self, document: Document) -> Iterator[Diagnostic]:
            yield self.diagnostic((0,), "found")

    (finding,) = lint_text('[{"verb": "answer"}]', rules=[Stray()])
    assert (finding.code, finding.name, finding.message) == ("CV999", "internal-error", "found")


def test_options() -> None:
    dial = '[{"verb": "dial", "target": [{"type": "user", "name": "a"}]}]'
    assert codes(lint_text(dial)) == ["CV314"]
    assert codes(lint_text(dial, dialect="cognigy")) == []
    hook = '[{"verb": "redirect", "actionHook": "/a"}]'
    assert codes(lint_text(hook)) == []
    assert codes(lint_text(hook, base_url="")) == ["CV605"]


def test_programs_within_verbs_are_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    value = [{"verb": "gather", "actionHook": "/a", "say": {"text": "hi"}, "then": [{"hangup": {}}, {"say": {"text": "hi"}}]}]
    monkeypatch.setattr(verbs.REGISTRY["gather"], "programs", ("say", "play", "then"))
    document = Document(value)
    assert [[(one.item.name, one.path) for one in program] for program in document.programs] == [
        [("gather", (0,))],
        [("say", (0, "say"))],
        [("hangup", (0, "then", 0, "hangup")), ("say", (0, "then", 1, "say"))],
    ]
    assert [diagnostic.path for diagnostic in RULES["CV201"].check(document)] == [(0, "then", 1, "say")]


def test_verbs_without_diagnostics_have_a_spec() -> None:
    document = Document([{"verb": "pause", "length": 1}, {"verb": "pause"}, {"say": {"text": "a"}}, {"say": {"text": 1}}])
    assert [verb.spec is not None for verb in document.main_program] == [True, False, True, False]


def test_retries_are_those_of_the_client() -> None:
    assert bad_retry_fragment.POLICIES == POLICIES
    assert retries.PAUSES_SECONDS == PAUSES_SECONDS
    assert long_silence.ATTEMPT_MAX_SECONDS == HOOK_TIMEOUT_SECONDS


def json_documents() -> Iterator[Any]:
    for path in [*FILES, *(CORPUS / one["file"] for one in PUBLISHED)]:
        if path.suffix == ".json" and Source.read(path).readable:
            yield pytest.param(path, id=f"{path.parent.name[:6]}/{path.name}")


@pytest.mark.parametrize("path", list(json_documents()))
def test_json_and_yaml_have_the_same_findings(path: Path) -> None:
    source = Source.read(path)
    dumped = yaml.safe_dump(source.value, sort_keys=False, allow_unicode=True)
    again = Source.read("again.yaml", dumped)
    assert again.value == source.value
    ours = {"CV002"}  # the dump has every key once
    found, once_more = (
        sorted((one.code, one.pointer, one.message) for one in lint(a, rules=RULES.values()) if one.code not in ours)
        for a in (source, again)
    )
    assert found == once_more


@pytest.mark.skipif(not PUBLISHED, reason="the corpus of published documents is not here")
def test_no_false_alarms_on_what_others_have_published() -> None:
    errors = {}
    read = 0
    for one in PUBLISHED:
        accepted = one["jambonz_schema_valid"] and one["jambonz_verb_specifications_valid"]
        if accepted and one["verbs"] and all(name in verbs.REGISTRY or name in verbs.SYNONYMS for name in one["verbs"]):
            read += 1
            found = lint(Source.read(CORPUS / one["file"]), rules=RULES.values())
            if wrong := {finding.code for finding in found if finding.severity == "error"}:
                errors[one["file"]] = wrong
    assert read >= 70
    assert errors == REFUSED


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: one["file"])
def test_every_published_document_is_linted_to_the_end(one: dict[str, Any]) -> None:
    assert "CV900" not in codes(lint(Source.read(CORPUS / one["file"]), rules=RULES.values()))


def test_a_name_of_thousands_of_characters_is_shortened() -> None:
    (finding,) = lint(Source.read("a.json", '[{"verb": "say", "text": "hi", "' + "k" * 5000 + '": 1}]'))
    assert finding.message.startswith("say has no property kkk")
    assert len(finding.message) <= 501


@pytest.mark.parametrize(
    ("document", "sentence"),
    [('[{"verb": "sip:decline"}]', "sip:decline needs status"), ('[{"verb": "hangup", "why": 1}]', "hangup has no property why")],
)
def test_a_verb_is_called_as_authors_write_it(document: str, sentence: str) -> None:
    assert any(finding.message.startswith(sentence) for finding in lint(Source("a.json", document, [])))


def test_a_websocket_as_a_hook_is_named_as_such() -> None:
    (finding,) = lint(Source("a.json", '[{"verb": "redirect", "actionHook": "wss://app.example/next"}]', []))
    assert finding.message == WEBSOCKET_REASON
    assert "WebSocket API" in finding.message
