"""`callverbs test` runs every scenario of a folder, and prints the results as text, JSON or JUnit."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.interpreter.cli.terminal import Terminal


@pytest.fixture
def broken(folder: Path) -> Path:
    """Returns a folder with a second scenario, whose expectation is not met."""
    (folder / "b").mkdir()
    (folder / "b/scenario.yaml").write_text("flow: ../flow.yaml\nexpect: [{say: Nothing of the kind.}]\n")
    return folder


def test_scenarios_are_found_and_run(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("test")
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"ok   scenario[.]yaml  sales  [0-9]+ lines, [0-9.]+ s\n\n1 scenario, 0 failed\n", result.out)


def test_failures_are_printed(callverbs: Terminal, broken: Path) -> None:
    result = callverbs("test", ".")
    assert result.code == 1
    rows = result.out.splitlines()
    assert rows[0].startswith("FAIL b/scenario.yaml  1")
    assert rows[1] == "       expected  say: Nothing of the kind."
    assert rows[-1] == "2 scenarios, 1 failed"


def test_one_file_can_be_named(callverbs: Terminal, broken: Path) -> None:
    assert callverbs("test", "scenario.yaml").code == 0
    assert callverbs("test", "b").code == 1


def test_ladders_are_kept_and_compared(callverbs: Terminal, folder: Path) -> None:
    assert callverbs("test", "--update").code == 0
    kept = (folder / "ladder.txt").read_text(encoding="utf-8")
    assert kept == callverbs("simulate", "--scenario", "scenario.yaml").out
    assert callverbs("test").code == 0
    (folder / "ladder.txt").write_text(kept.replace("sales", "Sales"), encoding="utf-8")
    result = callverbs("test")
    assert result.code == 1
    assert "the ladder is not the one that is kept" in result.out
    assert callverbs("test", "--update").code == 0
    assert (folder / "ladder.txt").read_text(encoding="utf-8") == kept


def test_as_json(callverbs: Terminal, broken: Path) -> None:
    result = callverbs("test", "--format", "json")
    report = json.loads(result.out)
    assert (result.code, report["version"], report["summary"]) == (1, 1, {"scenarios": 2, "failed": 1})
    failed, passed = report["results"]
    assert (failed["path"], failed["name"], failed["passed"]) == ("b/scenario.yaml", "b/scenario.yaml", False)
    assert failed["failures"][0].startswith("  expected  say: Nothing of the kind.")
    assert (passed["path"], passed["name"], passed["passed"], passed["failures"]) == ("scenario.yaml", "sales", True, [])
    assert passed["seconds"] > 0


def test_as_junit(callverbs: Terminal, broken: Path) -> None:
    result = callverbs("test", "--format", "junit")
    suite = ElementTree.fromstring(result.out)
    assert (result.code, suite.tag, suite.get("tests"), suite.get("failures")) == (1, "testsuite", "2", "1")
    failed, passed = suite.findall("testcase")
    assert (passed.get("classname"), passed.get("name")) == ("scenario.yaml", "sales")
    assert passed.find("failure") is None
    why = failed.find("failure")
    assert why is not None
    assert why.get("message") == "  expected  say: Nothing of the kind."
    assert "came" in (why.text or "")


def test_a_flow_with_an_error_fails(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.yaml").write_text("- sey: {text: Hello.}\n")
    result = callverbs("test")
    assert result.code == 1
    assert result.out.splitlines()[:2] == ["FAIL scenario.yaml  sales", "     flow.yaml:1:3: CV101 there is no verb sey; did you mean say?"]


UNKNOWN_VERB = "hooks: {/call: {reply: [{verb: sey, text: x}]}}\n"


def test_a_first_reply_that_is_no_document_fails(callverbs: Terminal, folder: Path) -> None:
    (folder / "scenario.yaml").write_text(UNKNOWN_VERB)
    result = callverbs("test")
    assert result.code == 1
    assert result.out.splitlines()[1:3] == [
        "       the first hook has given nothing that can be run",
        "       came      application: /0/verb: there is no verb sey; did you mean say? (/call:1:11)",
    ]


@pytest.mark.parametrize(
    "expected",
    [
        "expect: [{problem: {text: {contains: no verb sey}}}]",
        "expect: [{problem: {whose: application}}]",
        "expect: [{note: {contains: no verb sey}}]",
        "script: [{expect: {problem: {whose: application}}}]",
    ],
)
def test_a_scenario_may_be_about_a_first_hook_that_fails(callverbs: Terminal, folder: Path, expected: str) -> None:
    (folder / "scenario.yaml").write_text(f"{UNKNOWN_VERB}{expected}\n")
    assert callverbs("test").code == 0


@pytest.mark.parametrize(
    "expected",
    [
        "expect: [{problem: {whose: carrier}}]",
        "expect: [{never: {note: nothing}}]",
        "expect: [{count: {reject: 1}}]",
        "script: [{wait: 1}]",
    ],
)
def test_other_expectations_do_not_cover_it(callverbs: Terminal, folder: Path, expected: str) -> None:
    (folder / "scenario.yaml").write_text(f"{UNKNOWN_VERB}{expected}\n")
    assert callverbs("test").code == 1


def test_a_scenario_that_cannot_be_read_is_wrong_usage_and_the_others_run(callverbs: Terminal, folder: Path) -> None:
    (folder / "a.scenario.yaml").write_text("flow: flow.yaml\nscript:\n- jump: 1\n")
    result = callverbs("test")
    assert result.code == 2
    assert result.out.splitlines()[:2] == [
        "FAIL a.scenario.yaml",
        "     a.scenario.yaml:3:3: no step of a script is called jump; there are expect, wait, press, say, caller, leg NAME",
    ]
    assert "ok   scenario.yaml" in result.out


def test_nothing_to_run(callverbs: Terminal, folder: Path) -> None:
    (folder / "scenario.yaml").unlink()
    result = callverbs("test")
    assert (result.code, result.out) == (3, "")
    assert result.err == "there is no scenario here: a scenario is a file named *scenario.yaml\n"


def test_a_path_that_is_not_there(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("test", "nowhere")
    assert (result.code, result.out) == (2, "")
    assert "there is no nowhere" in result.err


@pytest.mark.parametrize(("environment", "painted"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals(callverbs: Terminal, folder: Path, environment: dict[str, str], painted: bool) -> None:
    assert "\x1b[" not in callverbs("test").out
    callverbs.use_terminal(**environment)
    assert ("\x1b[32mok" in callverbs("test").out) is painted


FAULTS = [
    (
        "  /next: {reply: [{say: {text: Hello.}}, {sey: {}}]}\n",
        "written   scenario.yaml:4:48",
        "application: /1/sey: there is no verb sey",
    ),
    ("  /next: {reply: {verb: say, text: x}}\n", "written   scenario.yaml:4:18", "the reply is not a list of verbs"),
    ("  /next: {body: '[', content_type: application/json}\n", "written   scenario.yaml:4:10", "the reply is not JSON"),
    ("  /next: {}\n  /other: {reply: [{say: {}}]}\n", "scenario.yaml:5:26: the reply cannot be run", "say needs text"),
]
REMARKS = [
    ("  /next: {}\n  /other: {}\n", "scenario.yaml:5:3: the scenario's hook /other was never asked"),
    ("  /next: {}\npeople: {b1: busy}\n", "scenario.yaml:5:10: the scenario's person b1 was never on the line"),
    ("  /third: {}\n", "scenario.yaml:3:1: the scenario has no answer for /next: it gets 204"),
]
HOOKS = "flow: next.json\nstrict: false\nhooks:\n"


@pytest.mark.parametrize(("hooks", "place", "why"), FAULTS)
def test_a_reply_that_cannot_be_run_fails(callverbs: Terminal, folder: Path, hooks: str, place: str, why: str) -> None:
    """Also one that was never given; unless the scenario expects the problem."""
    (folder / "next.json").write_text('[{"verb": "redirect", "actionHook": "/next"}]')
    (folder / "scenario.yaml").write_text(HOOKS + hooks)
    tested, simulated = callverbs("test"), callverbs("simulate", "--scenario", "scenario.yaml")
    assert (tested.code, simulated.code) == (1, 1)
    for shown in (tested.out, simulated.err):
        assert place in shown
        assert why in shown
    (folder / "scenario.yaml").write_text(f"{HOOKS}{hooks}expect: [{{problem: {{whose: application}}}}]\n")
    assert callverbs("test").code == (1 if "/other" in hooks else 0)


@pytest.mark.parametrize(("hooks", "remark"), REMARKS)
def test_what_is_not_used_or_missing_is_told(callverbs: Terminal, folder: Path, hooks: str, remark: str) -> None:
    (folder / "next.json").write_text('[{"verb": "redirect", "actionHook": "/next"}]')
    (folder / "scenario.yaml").write_text(HOOKS + hooks)
    tested, simulated = callverbs("test"), callverbs("simulate", "--scenario", "scenario.yaml")
    assert (tested.code, simulated.code) == (0, 0)
    assert f"     note: {remark}\n" in tested.out
    assert f"{remark}\n" in simulated.err
    assert remark in json.loads(callverbs("test", "--format", "json").out)["results"][0]["notes"]
    assert remark in (ElementTree.fromstring(callverbs("test", "--format", "junit").out).findtext("testcase/system-out") or "")
