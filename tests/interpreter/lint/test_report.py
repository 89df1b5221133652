"""What is printed, byte for byte."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from interpreter.lint import report
from interpreter.lint.files import UsageError, collect
from interpreter.lint.finding import TOLD, Finding
from interpreter.lint.linter import lint
from interpreter.lint.report import Linted
from interpreter.lint.run import run
from interpreter.text.source import Source

FLOW = '[{"verb": "pause", "length": 1}]\n'
DRAFT = '[{"verb": "pause"}]\n'


def linted(text: str, name: str = "a.json") -> Linted:
    source = Source.read(name, text)
    return Linted(source, lint(source))


def test_text() -> None:
    found = linted('[\n\t{"verb": "say", "text": "Grüße 😀 本", "txt": 1},\n  {"verb": "play", "url": "silence_stream://9"}\n]')
    assert report.text([found]) == (
        "a.json:2:39: error CV102 unknown-property say has no property txt; did you mean text?\n"
        '    \t{"verb": "say", "text": "Grüße 😀 本", "txt": 1},\n'
        "    \t" + " " * 39 + "^^^^^\n"
        "\n"
        "a.json:3:27: info CV702 emulated the carrier plays no silence: a timer of callverbs makes it\n"
        '      {"verb": "play", "url": "silence_stream://9"}\n'
        "    " + " " * 26 + "^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
        "1 error, 1 info in 1 file\n"
    )


def test_text_of_what_spans_lines_and_of_what_is_nowhere() -> None:
    found = [linted('[{"verb": "pause",\n "id": "a"}]'), linted("", "b.yaml")]
    assert report.text(found) == (
        "a.json:1:2: error CV103 missing-property pause needs length\n"
        '    [{"verb": "pause",\n'
        "     " + "^" * 17 + "\n"
        "\n"
        "b.yaml:1:1: error CV001 unreadable the file is empty\n"
        "\n"
        "2 errors in 2 files\n"
    )


def test_text_of_a_line_that_is_too_long_to_show() -> None:
    found = linted(
        '[{"verb": "tag", "data": {"a": "' + "x" * 300 + '"}}, {"verb": "pause"}, {"verb": "tag", "data": {"b": "' + "y" * 300 + '"}}]'
    )
    _, shown, under, *_ = report.text([found]).splitlines()
    assert shown.startswith("    …xxx")
    assert shown.endswith("yyy…")
    assert len(shown) == 4 + 1 + report.LONGEST + 1
    assert shown[under.index("^") : under.rindex("^") + 1] == '{"verb": "pause"}'


def test_text_in_colour() -> None:
    text = report.text([linted(DRAFT)], colour=True)
    assert text.startswith("\x1b[1ma.json:1:2:\x1b[0m \x1b[31merror CV103\x1b[0m missing-property pause needs length\n")
    assert text.count("\x1b[0m") == 3


def test_text_of_nothing() -> None:
    assert report.text([linted(FLOW), linted(FLOW)]) == "nothing found in 2 files\n"


def test_json() -> None:
    found = linted('[\n{"verb": "gather", "actionHook": "/a", "input": ["speech"], "a/b": {}}]')
    assert json.loads(report.json([found])) == {
        "version": 1,
        "findings": [
            {
                "path": "a.json", "code": "CV108", "name": "no-effect", "severity": "warning",
                "message": "speech input is not built yet: what is said is not heard",
                "line": 2, "column": 50, "end_line": 2, "end_column": 58, "pointer": "/0/input/0",
            },
            {
                "path": "a.json", "code": "CV102", "name": "unknown-property", "severity": "error",
                "message": "gather has no property a/b",
                "line": 2, "column": 61, "end_line": 2, "end_column": 66, "pointer": "/0/a~1b",
            },
        ],
        "summary": {"files": 1, "errors": 1, "warnings": 1, "infos": 0},
    }  # fmt: skip
    assert list(json.loads(report.json([found]))["findings"][0]) == list(TOLD)


# --------------------------------------------------------------------------- files and exit codes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "menu.json": FLOW,
        "sub/flow.yaml": "just text\n",
        "sub/short.yml": "- say: {text: hi}\n",
        "sub/foreign.json": '[{"conference": {"name": "x"}}]',
        "broken.json": '[{"verb": "say", }]',
        "package.json": '{"verb": 1}',
        "list.json": "[1, 2]",
        "people.json": '[{"name": "jane"}, {"a": 1, "b": 2}]',
        "scenario.yaml": "flow: flow.yaml\nscript:\n  - press: 1\n",
        "tsconfig.json": "{ // comments\n}",
        "notes.txt": FLOW,
        ".hidden/menu.json": FLOW,
        "node_modules/x/menu.json": FLOW,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def names(folder: Path, *paths: Path) -> list[str]:
    return [str(Path(source.name).relative_to(folder)) for source in collect(paths)]


def test_a_folder_is_searched_for_flows(folder: Path) -> None:
    assert names(folder, folder) == ["broken.json", "menu.json", "sub/flow.yaml", "sub/foreign.json", "sub/short.yml"]


def test_a_file_that_is_named_is_read_whatever_it_is(folder: Path) -> None:
    assert names(folder, folder / "package.json", folder / "notes.txt", folder / "sub") == [
        "package.json",
        "notes.txt",
        "sub/flow.yaml",
        "sub/foreign.json",
        "sub/short.yml",
    ]


def test_a_file_is_read_once(folder: Path) -> None:
    assert names(folder, folder / "menu.json", folder / "sub" / ".." / "menu.json") == ["menu.json"]


def test_a_path_that_does_not_exist_is_wrong_usage(folder: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: there is no such file or folder"):
        collect([folder / "nowhere"])


@pytest.mark.parametrize(
    ("text", "code"),
    [(FLOW, 0), (DRAFT, 1), ('[{"verb": "gather"}]', 1), ('[{"play": {"url": "silence_stream://1"}}]', 0), ("", 1)],
)
def test_exit_codes_of_findings(tmp_path: Path, text: str, code: int) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    out = io.StringIO()
    assert run([path], "json", False, out) == code
    assert json.loads(out.getvalue())["summary"]["files"] == 1


def test_other_exit_codes(folder: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert run([folder / "nowhere"], "text", False, out, err=err) == 2
    assert run([folder / "menu.json"], "xml", False, out, err=err) == 2
    assert run([folder / ".hidden" / ".." / "node_modules" / ".." / "nothing"], "text", False, out, err=err) == 2
    (folder / "empty").mkdir()
    assert run([folder / "empty"], "text", False, out, err=err) == 3
    assert out.getvalue() == ""
    assert err.getvalue().splitlines()[1] == "there is no format xml: choose one of text, json"


def test_a_mistake_of_ours_has_its_own_exit_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding("a", "CV900", "internal-error", "error", "oh", 1, 1, 1, 1, "")
    monkeypatch.setattr("interpreter.lint.run.lint", lambda source, surroundings: [finding])
    assert run([folder / "menu.json"], "text", False, io.StringIO()) == 4


def test_a_clean_document_costs_no_heavy_import(folder: Path) -> None:
    program = (
        "import sys, io; from interpreter.lint.run import run\n"
        "code = run(sys.argv[1:], 'text', False, io.StringIO())\n"
        "print(code, *sorted({'jsonschema', 'httpx', 'quart', 'yaml', 'click', 'aiohttp', 'referencing'} & set(sys.modules)))"
    )
    clean = subprocess.run([sys.executable, "-c", program, str(folder / "menu.json")], capture_output=True, text=True, check=True)
    assert clean.stdout.split() == ["0"]
