"""A run of the linter: exit codes, reports, standard input, many files at once, and what a small run must not cost."""

import io
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.lint import batch, formats
from callverbs.interpreter.lint.batch import MIN_FILES_FOR_PROCESSES, LintCase, lint_files
from callverbs.interpreter.lint.files import find
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.progress import CLEAR_LINE, report_progress
from callverbs.interpreter.lint.run import LintOptions, run
from callverbs.interpreter.lint.selection import Layer, rule_config
from callverbs.interpreter.text.source import Source
from tests.interpreter.lint.repository import DRAFT, FLOW, MENU, SILENCE, Repository

ROOT = Path(__file__).parents[3]


# --------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(("text", "code"), [(FLOW, 0), (DRAFT, 1), (MENU, 1), (SILENCE, 0), ("", 1)])
def test_exit_codes_of_findings(repository: Repository, text: str, code: int) -> None:
    repository.write(a_json=text)
    assert repository.lint("a.json").code == code
    assert repository.lint("a.json", exit_zero=True).code == 0


def test_other_exit_codes(repository: Repository) -> None:
    repository.write(a_json=FLOW)
    repository.put("empty/x.txt", "")
    assert repository.lint("nowhere") == (2, "", "nowhere: there is no such file or folder\n")
    assert repository.lint("a.json", form="xml") == (2, "", f"there is no format xml: choose one of {', '.join(formats.names())}\n")
    assert repository.lint("empty")[:2] == (3, "")
    assert repository.lint("empty", exit_zero=True).code == 3


def test_rules_that_the_command_line_misspells(repository: Repository) -> None:
    repository.write(a_json=FLOW)
    outcome = repository.lint("a.json", layer=Layer(select=("CV3", "CV3O1"), ignore=("no-targt",), severity={"CV999": "info"}))
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.splitlines() == [
        "there is no rule CV3O1; did you mean CV301?",
        "there is no rule no-targt; did you mean no-target?",
        "there is no rule CV999: `callverbs rules` lists them",
    ]


def test_an_internal_error_has_its_own_exit_code(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write(a_json=FLOW)
    finding = Finding("a", "CV900", "internal-error", "error", "oh", 1, 1, 1, 1, "")
    monkeypatch.setattr(batch, "lint", lambda source, context, rules: [finding])
    assert repository.lint().code == 4
    assert repository.lint(exit_zero=True).code == 4


# --------------------------------------------------------------------------- selection


def test_severities_decide_the_exit_code(repository: Repository) -> None:
    repository.write(a_json=MENU, b_json=DRAFT)
    outcome = repository.lint(layer=Layer(select=("CV1", "CV4"), severity={"CV401": "info", "missing-property": "warning"}))
    assert [(one["code"], one["severity"]) for one in outcome.findings] == [("CV401", "info"), ("CV103", "warning")]
    assert outcome.code == 1
    assert repository.lint("a.json", layer=Layer(select=("CV401",), severity={"CV": "info"})).code == 0


def test_the_worst_finding_of_a_position_comes_first(repository: Repository) -> None:
    repository.put("a.json", '[{"verb": "redirect", "actionHook": "https://jane:x@example.com/a#rc=9"}]')
    both = ("CV603", "CV608")
    assert repository.lint(layer=Layer(select=both)).codes == ["CV603", "CV608"]
    assert repository.lint(layer=Layer(select=both, severity={"CV608": "error"})).codes == ["CV608", "CV603"]


def test_whether_there_is_a_base_url(repository: Repository) -> None:
    repository.put("a.json", '[{"verb": "redirect", "actionHook": "/a"}]')
    base = Layer(select=("CV605",))
    assert repository.lint(layer=base).codes == []
    assert repository.lint(layer=Layer(select=("CV605",), base_url="https://example.com")).codes == []
    assert repository.lint(layer=Layer(select=("CV605",), base_url="")).codes == ["CV605"]


def test_what_is_excluded(repository: Repository) -> None:
    repository.write(a_json=DRAFT, sub__b_json=DRAFT)
    assert [one["path"] for one in repository.lint(exclude=("sub",)).findings] == ["a.json"]
    assert [one["path"] for one in repository.lint("a.json", "sub/b.json", exclude=("/a.json",)).findings] == ["sub/b.json"]
    assert repository.lint("a.json", "sub", exclude=("*.json", "sub/")) == (0, "", "nothing is left to check: a.json, sub is excluded\n")
    assert repository.lint(exclude=("*.json",)).code == 3


# --------------------------------------------------------------------------- input and output


def test_standard_input(repository: Repository) -> None:
    stdin = io.BytesIO(b"- verb: pause\n")
    assert repository.lint("-", stdin=stdin).positions == [("<stdin>", "CV103", 1, 3)]
    repository.put(
        "callverbs.toml", "[[lint.overrides]]\nfiles = ['sub/flow.yaml']\nseverity = {CV103 = 'info'}\n[lint]\nexclude = ['old']\n"
    )
    outcome = repository.lint("-", "-", stdin=io.BytesIO(b"- verb: pause\n"), stdin_name="sub/flow.yaml")
    assert [(one["path"], one["severity"]) for one in outcome.findings] == [("sub/flow.yaml", "info")]
    assert repository.lint("-", stdin=io.BytesIO(b'[{"verb": "pause"}]'), stdin_name="old/a.json").code == 0
    assert repository.lint("-", stdin=io.BytesIO(b"")).codes == ["CV001"]


def test_a_report_in_a_file(repository: Repository) -> None:
    repository.write(a_json=DRAFT)
    outcome = repository.lint(output=Path("report.json"))
    assert outcome.code == 1
    assert outcome.out.startswith("a.json:1:2: error CV103")
    assert (repository.folder / "report.json").read_text() == repository.lint("a.json").out
    (repository.folder / "report.json").unlink()
    assert repository.lint(output=Path("no/report.json"))[::2] == (2, "no/report.json cannot be written: No such file or directory\n")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_long_runs_report_progress() -> None:
    screen, times = Screen(), iter([0.0, 0.5, 1.0, 1.05, 1.1])
    assert list(report_progress("abcd", 4, screen, lambda: next(times))) == list("abcd")
    assert screen.getvalue() == f"{CLEAR_LINE}2 of 4 files{CLEAR_LINE}4 of 4 files{CLEAR_LINE}"


def test_short_runs_and_files_get_no_progress() -> None:
    for stream in (Screen(), io.StringIO()):
        assert list(report_progress("ab", 2, stream, lambda: 0.0)) == ["a", "b"]
        assert stream.getvalue() == ""


# --------------------------------------------------------------------------- many files


def test_many_files_are_linted_by_several_processes_and_reported_in_order(repository: Repository) -> None:
    for number in range(MIN_FILES_FOR_PROCESSES):
        repository.put(f"{number:03}.json", (FLOW, DRAFT, MENU)[number % 3])
        repository.put(f"{number:03}.yaml", "- verb: gather\n  numDigits: 1 # callverbs: ignore[CV401] why\n")
    cases = [LintCase(file, rule_config([])) for file in find(["."]).files]
    alone = [one for one in lint_files(cases, 1) if one]
    together = [one for one in lint_files(cases, 2) if one]
    assert len(together) == len(alone) == 2 * MIN_FILES_FOR_PROCESSES
    assert [one.findings for one in together] == [one.findings for one in alone]
    assert formats.render("text", together) == formats.render("text", alone)
    assert [one.source.value for one in together] == [one.source.value for one in alone]


def test_what_a_process_cannot_read_is_a_finding_and_the_others_are_linted(repository: Repository) -> None:
    for number in range(MIN_FILES_FOR_PROCESSES):
        repository.put(f"{number:03}.json", DRAFT if number == 7 else FLOW)
    (repository.folder / "050.yaml").symlink_to("050.yaml")
    outcome = repository.lint()
    assert outcome.code == 1
    assert [one[:2] for one in outcome.positions] == [("007.json", "CV103"), ("050.yaml", "CV001")]
    assert outcome.findings[1]["message"] == "this cannot be read: Too many levels of symbolic links"


def test_a_folder_that_cannot_be_read_is_a_finding(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write(a_json=FLOW, sub__b_json=FLOW)
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    outcome = repository.lint()
    assert outcome.code == 1
    assert outcome.positions == [("sub", "CV001", 1, 1)]


def test_what_is_skipped_is_counted_and_listed(repository: Repository) -> None:
    repository.write(a_json=FLOW, package_json='{"name": 1}', values_yaml="- 1\n", old__c_json=FLOW, build__d_json=FLOW)
    repository.put(".gitignore", "build/\n")
    assert repository.lint(exclude=("old",)).err == "skipped 4 (-v lists them): 2 no flow, 2 ignored by git or excluded\n"
    assert repository.lint(exclude=("old",), verbose=True).err.splitlines() == [
        "skipped package.json: no flow",
        "skipped values.yaml: no flow",
        "skipped build: ignored by git or excluded",
        "skipped old: ignored by git or excluded",
    ]
    assert repository.lint("a.json").err == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "verb: say\ntext: hi\n",
        "say: {text: hi}\nhangup: {}\n",
        "- hangup\n",
        "- Say: {text: hi}\n",
        "- say: hi\n  loop: 2\n",
        "- - verb: hangup\n",
        "- verb: say\n  text: hi\nverb: hangup\n",
        '{"verbs": [{"verb": "hangup"}]}',
        '{"status": 200, "body": [{"say": {"text": "hi"}}]}',
        '{"verb": "hangup"}',
        '{\n  "say": {"text": "hi"}\n}',
    ],
)
def test_a_broken_flow_in_a_folder_is_reported(repository: Repository, text: str) -> None:
    repository.put("menu.json" if text.startswith("{") else "menu.yaml", text)
    outcome = repository.lint()
    assert (outcome.code, outcome.err) == (1, "")


@pytest.mark.parametrize(
    "text",
    [
        "flow: a.yaml\nscript:\n  - hangup\n",
        "script: [{say: hi}]\n",
        "message: hi\ntag: x\n",
        "play: {a: 1}\nlisten: 2\nname: x\n",
        "- name: jane\n- record: {a: 1}\n  b: 2\n",
        "verb: GET\n",
        "just text",
        '{"verb": "run", "on": 1}',
        '{"list": [{"say": {}}, {"name": 1}]}',
    ],
)
def test_other_files_of_a_folder_are_no_flows(repository: Repository, text: str) -> None:
    repository.put("a.json", FLOW)
    repository.put("other.json" if text.startswith("{") else "other.yaml", text)
    outcome = repository.lint()
    assert (outcome.code, outcome.err) == (0, "skipped 1 (-v lists them): 1 no flow\n")


def test_a_source_is_pickled_as_text() -> None:
    for name, text in (("a.json", '[{"verb": "say"}]'), ("a.yaml", "- say: {a: no}"), ("b", "[1"), ("c.json", b"\xff")):
        source = Source.read(name, text)
        found = lint(source)
        again = pickle.loads(pickle.dumps(source))
        assert (again.name, again.text, again.language, again.diagnostics) == (
            source.name,
            source.text,
            source.language,
            source.diagnostics,
        )
        assert lint(again) == found == pickle.loads(pickle.dumps(found))


# --------------------------------------------------------------------------- processes


def test_a_clean_document_costs_no_heavy_import(repository: Repository) -> None:
    repository.write(menu_json=FLOW)
    heavy = "jsonschema referencing yaml click httpx aiohttp quart pygls phonenumbers pathspec tomllib hashlib concurrent.futures"
    program = (
        "import sys, io; from callverbs.interpreter.lint.run import run\n"
        "code = run(['menu.json'], 'text', False, io.StringIO())\n"
        f"print(code, *sorted(set({heavy.split()}) & set(sys.modules)))"
    )
    clean = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert clean.stdout.split() == ["0"]


def test_the_command_line_as_a_process(repository: Repository) -> None:
    repository.put("callverbs.toml", "[lint]\nignore = ['CV401']\n")
    repository.write(a_json=MENU)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def lint_with(*options: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "callverbs", "lint", *options]
        return subprocess.run(command, capture_output=True, text=True, input=stdin, env=environment, check=False)

    assert lint_with("a.json").returncode == 0
    assert lint_with("a.json", "--select", "CV4,CV1", "--severity", "CV401=info").returncode == 0
    assert "warning CV401" in lint_with("a.json", "--select", "gather-without-hook").stdout
    piped = lint_with("-", "--stdin-filename", "b.yaml", "--format", "concise", stdin="- verb: pause\n")
    assert (piped.returncode, piped.stdout.startswith("b.yaml:1:3: error CV103")) == (1, True)
    wrong = lint_with("a.json", "--severity", "CV401")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "write a rule and its severity, as in CV302=warning" in wrong.stderr


def test_wrong_usage_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nowhere"], "text", False, io.StringIO(), options=LintOptions()) == 2
    assert capsys.readouterr().err == "nowhere: there is no such file or folder\n"
