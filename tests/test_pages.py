"""Pages are correct: examples run, generated tables are up to date, links have targets, commands exist."""

import json
import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from callverbs.interpreter.cli import command_group
from callverbs.interpreter.hooks.signature import sign
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.server import settings
from callverbs.interpreter.simulator import account_file, scenario
from callverbs.interpreter.simulator.people import read_person
from callverbs.interpreter.simulator.scenario import Scenario, Stub
from callverbs.interpreter.simulator.trial import try_flow, try_scenario
from callverbs.interpreter.text.source import Source
from callverbs.verbs import REGISTRY
from tests import pages

FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^\$ (?:\w+=\S+ )*callverbs (.*?)(?:\s+#.*)?$", re.MULTILINE)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SECTIONS = ("Properties", "At the carrier", "Differences from jambonz", "Not possible on this carrier")
"""What every verb's page has."""
PAGES = pages.pages()
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(pages.ROOT)))


class Example(NamedTuple):
    """A fenced block of a page."""

    page: Path
    number: int
    language: str
    name: str
    text: str

    @property
    def file(self) -> str:
        return self.name or f"{self.page.name}.{self.number}.{self.language}"

    @property
    def value(self) -> Any:
        return Source(self.file, self.text, []).value


def examples(page: Path) -> Iterator[Example]:
    for number, found in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")), 1):
        yield Example(page, number, found[1], found[2] or "", found[3])


EXAMPLES = [example for page in PAGES if page.parent.name != pages.RULES_FOLDER for example in examples(page)]
"""Without those of rules, which tests/interpreter/lint/test_examples.py lints."""
DOCUMENTS = [one for one in EXAMPLES if one.language in ("json", "yaml") and isinstance(one.value, list)]
ACCOUNT = "account.yaml"
SNIPPETS = [
    one
    for one in EXAMPLES
    if one.page.name in ("scenarios.md", "simulated-carrier.md") and one.language == "yaml" and isinstance(one.value, dict)
    if one.name != ACCOUNT
]


def named(example: Example) -> str:
    return f"{example.page.name} {example.file}"


# --------------------------------------------------------------------------- what is generated


@every_page
def test_the_generated_parts_are_up_to_date(page: Path) -> None:
    assert pages.drawn(page) == page.read_text(encoding="utf-8"), "run `make pages`"


def test_every_rule_has_its_page() -> None:
    found = {path: path.read_text(encoding="utf-8") for path in (pages.ROOT / "docs" / "rules").iterdir()}
    assert found == pages.rules(), "run `make pages`"


def test_a_page_of_a_rule_has_all_its_parts() -> None:
    for rule, text in zip(RULES.values(), pages.rules().values(), strict=True):
        assert text.startswith(f"# {rule.code} {rule.name}\n\n{rule.severity.capitalize()}. ")
        assert re.findall(r"^(?:## (.*)|(Why): .+)$", text, re.MULTILINE) == [("", "Why"), ("Bad", ""), ("Good", "")]
        assert len(FENCE.findall(text)) * 2 == text.count("```")


def test_every_mark_has_its_end() -> None:
    for page in PAGES:
        text = CODE.sub("", page.read_text(encoding="utf-8"))
        marks = re.findall(r"^<!-- (\w+) -->$", text, re.MULTILINE)
        assert [mark for mark in marks if mark != "end"] == [found[2] for found in pages.MARKED.finditer(text)]


# --------------------------------------------------------------------------- verbs


@pytest.mark.parametrize("name", REGISTRY)
def test_every_verb_has_its_page(name: str) -> None:
    page = pages.ROOT / "verbs" / f"{name.replace(':', '_')}.md"
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n\n")
    assert [heading for heading in HEADING.findall(text) if heading in SECTIONS] == list(SECTIONS)
    assert any(
        name in [next(iter(verb.values())) if "verb" in verb else next(iter(verb)) for verb in one.value]
        for one in DOCUMENTS
        if one.page == page
    )
    if REGISTRY[name].command:
        section = "## Carrier parameters\n\n<!-- parameters -->\n<!-- end -->"
        assert "## Carrier parameters" in text, f"{page.relative_to(pages.ROOT)} does not list what `carrier` takes: add\n\n{section}"


# --------------------------------------------------------------------------- examples


@pytest.mark.parametrize("example", DOCUMENTS, ids=named)
def test_a_document_is_right_and_runs(example: Example) -> None:
    source = Source(example.file, example.text, [])
    assert [finding for finding in lint(source) if finding.severity != "info"] == []
    trial = try_flow(source, Scenario(flow=example.file, hooks={"/status": Stub(status=200)}), named(example))
    assert trial.passed, trial.failures
    assert not [line for line in trial.lines if line.name == "problem"], "\n".join(draw(trial.lines))


@every_page
def test_scenarios_of_a_page_hold(page: Path, tmp_path: Path) -> None:
    files = [one for one in examples(page) if one.name]
    for one in files:
        (tmp_path / one.name).write_text(one.text, encoding="utf-8")
    for one in files:
        if one.name.endswith("scenario.yaml"):
            assert try_scenario(tmp_path / one.name).failures == []


def test_the_ladder_of_the_page_is_that_of_its_scenario(tmp_path: Path) -> None:
    page = pages.ROOT / "docs" / "scenarios.md"
    for one in examples(page):
        if one.name.startswith("menu."):
            (tmp_path / one.name).write_text(one.text, encoding="utf-8")
    drawn = list(draw(try_scenario(tmp_path / "menu.scenario.yaml").lines))
    (ladder,) = [one for one in examples(page) if one.language == "text"]
    assert set(ladder.text.splitlines()) <= set(drawn)


def test_the_picture_of_the_readme_is_of_a_sample() -> None:
    (picture,) = [one.text for one in examples(pages.ROOT / "README.md") if "●──▶" in one.text]
    command, *rows, more = picture.splitlines()
    scenario_file = pages.ROOT / command.rpartition(" ")[2]
    drawn = iter(scenario_file.with_name("ladder.txt").read_text(encoding="utf-8").splitlines())
    assert [row for row in rows if row not in drawn] == [], "the rows stand in the ladder, in this order"
    assert more.strip() == "…"


@pytest.mark.parametrize("example", SNIPPETS, ids=named)
def test_a_part_of_a_scenario_can_be_read(example: Example, tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(example.text, encoding="utf-8")
    scenario.read(tmp_path / "scenario.yaml")


def test_the_account_of_the_page_can_be_read(tmp_path: Path) -> None:
    (example,) = [one for one in EXAMPLES if one.name == ACCOUNT]
    (tmp_path / ACCOUNT).write_text(example.text, encoding="utf-8")
    account, faults = account_file.read(tmp_path / ACCOUNT, "")
    assert (len(account.applications), len(account.numbers), len(faults)) == (2, 2, 1)


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.language == "toml"], ids=named)
def test_settings_can_be_read(example: Example, tmp_path: Path) -> None:
    (tmp_path / "callverbs.toml").write_text(example.text, encoding="utf-8")
    (tmp_path / "flow.yaml").write_text("- say: {text: Hello.}\n", encoding="utf-8")
    keys = {"TELNYX_API_KEY": "key:secret", "TELNYX_PUBLIC_KEY": "e0KMtPGMcHqoeeSlHaB5CGm8bhRA7DyGJtPeYFJBs3E="}
    flags = {} if "[applications" in example.text else {"app": "https://example.com/call"}
    settings.read(flags, keys, tmp_path / "callverbs.toml")


PAYLOADS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "hooks.md": ({"verb": "gather", "numDigits": 1}, {}),
    "record.md": ({"verb": "record", "id": "message"}, {"hears": [{"pattern": "beep", "press": "#", "after": 8}]}),
}
"""By page, the verb whose hook receives its payload, and what the caller does."""


@pytest.mark.parametrize("page", PAYLOADS)
def test_the_payload_of_a_page_is_that_of_a_hook(page: str) -> None:
    (shown,) = [one.value for one in EXAMPLES if one.name == "payload" and one.page.name == page]
    verb, caller = PAYLOADS[page]
    flow = Source("flow.json", json.dumps([{**verb, "actionHook": "/hook"}]), [])
    scenario = Scenario(flow="flow.json", hooks={"/hook": Stub()}, caller=read_person(caller))
    lines = try_flow(flow, scenario, "payload", press=("1",)).lines
    (payload,) = [line.body for line in lines if line.name == "POST /hook"]
    assert payload == shown


def test_every_payload_of_a_page_is_that_of_a_hook() -> None:
    assert {one.page.name for one in EXAMPLES if one.name == "payload"} == set(PAYLOADS)


def test_the_signature_is_verified_as_the_page_says() -> None:
    (example,) = [one for one in EXAMPLES if one.name == "verify.py"]
    scope: dict[str, Any] = {}
    exec(example.text, scope)
    body = '{"from":"Grüße"}'.encode()
    assert scope["is_ours"]("secret", sign("secret", body, time.time()), body)
    assert not scope["is_ours"]("another", sign("secret", body, time.time()), body)
    assert not scope["is_ours"]("secret", sign("secret", body, time.time()), body + b" ")
    assert not scope["is_ours"]("secret", sign("secret", body, time.time() - 301), body)


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.language in ("json", "yaml")], ids=named)
def test_what_is_json_or_yaml_can_be_read(example: Example) -> None:
    assert Source(example.file, example.text, []).diagnostics == []


# --------------------------------------------------------------------------- links, commands


@every_page
def test_links_have_targets(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            headings = HEADING.findall(CODE.sub("", target.read_text(encoding="utf-8")))
            assert anchor in [_anchor(heading) for heading in headings], link


def _anchor(heading: str) -> str:
    """Returns the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@every_page
def test_commands_of_pages_exist(page: Path) -> None:
    for block in (one for one in examples(page) if one.language == "console"):
        for line in COMMAND.findall(block.text):
            arguments = [word for word in shlex.split(line.partition(" > ")[0]) if word != "…"]
            context = command_group.make_context("callverbs", arguments, resilient_parsing=True)
            command = command_group.get_command(context, arguments[0])
            assert command, line
            _parse(command, arguments[1:])


def _parse(command: click.Command, arguments: list[str]) -> None:
    """Raises UsageError for an option that the command does not have."""
    if "--help" not in arguments:
        command.make_context(command.name, arguments)
