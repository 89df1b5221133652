"""What all formats have in common: they are found by existing, cope with everything, and cost nothing until they are asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from interpreter.lint import formats
from interpreter.lint.formats import Linted
from tests.interpreter.lint.formats.cases import CASES, DRAFT, linted

every_format = pytest.mark.parametrize("name", formats.names())
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_the_formats() -> None:
    assert formats.names() == ["concise", "github", "gitlab", "json", "jsonl", "junit", "rdjson", "sarif", "text"]
    assert {path.stem for path in Path(__file__).parent.glob("test_*.py")} == {f"test_{name}" for name in formats.names()} | {
        "test_formats",
        "test_visible",
    }


def test_what_is_no_format() -> None:
    for name in ("xml", "", "_places", "__init__"):
        with pytest.raises(KeyError):
            formats.write(name, [])


@every_format
@every_case
def test_everything_can_be_written(name: str, case: list[Linted]) -> None:
    written = formats.write(name, case)
    assert written == "" or written.endswith("\n")
    written.encode()
    assert "\x1b" not in written
    assert "\x00" not in written
    assert written == formats.write(name, case)


@every_format
def test_only_people_get_colours(name: str) -> None:
    painted = formats.write(name, [linted(DRAFT)], colour=True) != formats.write(name, [linted(DRAFT)])
    assert painted == (name in ("text", "concise"))


@every_format
def test_paths_below_the_current_folder_are_relative_where_a_repository_is_meant(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = formats.write(name, [linted(DRAFT, str(tmp_path / "flows" / "a.json"))])
    assert "flows/a.json" in written
    assert (str(tmp_path) in written) == (name in ("text", "concise", "json", "jsonl", "junit"))


def test_a_format_is_imported_when_it_is_asked_for() -> None:
    program = (
        "import sys; from interpreter.lint import formats; formats.names(); before = set(sys.modules); formats.write('concise', [])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('interpreter.lint.formats.') and '._' not in name))\n"
        "print(*sorted({'xml', 'hashlib', 'json', 'importlib.metadata'} & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["interpreter.lint.formats.concise"]
