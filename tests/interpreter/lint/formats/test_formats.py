"""What all formats have in common: they are found by existing, write every report, and are imported only when they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES, DRAFT, linted

every_format = pytest.mark.parametrize("name", formats.names())
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_the_formats() -> None:
    assert formats.names() == ["concise", "github", "gitlab", "json", "jsonl", "junit", "rdjson", "sarif", "text"]
    assert {path.stem for path in Path(__file__).parent.glob("test_*.py")} == {f"test_{name}" for name in formats.names()} | {
        "test_formats",
        "test_visible_text",
    }


def test_what_is_no_format() -> None:
    for name in ("xml", "", "_locations", "__init__"):
        with pytest.raises(KeyError):
            formats.render(name, [])


@every_format
@every_case
def test_every_case_can_be_rendered(name: str, case: list[LintResult]) -> None:
    report = formats.render(name, case)
    assert report == "" or report.endswith("\n")
    report.encode()
    assert "\x1b" not in report
    assert "\x00" not in report
    assert report == formats.render(name, case)


@every_format
def test_only_people_get_colours(name: str) -> None:
    has_colours = formats.render(name, [linted(DRAFT)], colour=True) != formats.render(name, [linted(DRAFT)])
    assert has_colours == (name in ("text", "concise"))


@every_format
def test_paths_below_the_current_folder_are_relative_where_a_repository_is_meant(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    report = formats.render(name, [linted(DRAFT, str(tmp_path / "flows" / "a.json"))])
    assert "flows/a.json" in report
    assert (str(tmp_path) in report) == (name in ("text", "concise", "json", "jsonl", "junit"))


def test_a_format_is_imported_when_it_is_used() -> None:
    program = (
        "import sys; from callverbs.interpreter.lint import formats\n"
        "formats.names(); before = set(sys.modules); formats.render('concise', [])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('callverbs.interpreter.lint.formats.') and '._' not in name))\n"
        "print(*sorted({'xml', 'hashlib', 'json', 'importlib.metadata'} & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["callverbs.interpreter.lint.formats.concise"]
