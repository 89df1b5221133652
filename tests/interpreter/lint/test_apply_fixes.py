"""Fixes are applied to files, to a pipe, or shown as a diff that `patch` applies; what is left is reported, with its exit code."""

import io
from pathlib import Path

import pytest

from tests.interpreter.lint.repository import FLOW, Repository

WRONG = '[{"verb": "Pause", "length": 1}, {"verb": "say", "txt": "Hello"}]\n'
SAFE = '[{"verb": "pause", "length": 1}, {"verb": "say", "txt": "Hello"}]\n'
RIGHT = '[{"verb": "pause", "length": 1}, {"verb": "say", "text": "Hello"}]\n'


def test_safe_fixes_are_applied_and_the_rest_is_reported(repository: Repository) -> None:
    repository.write(a_json=WRONG, b_json=FLOW)
    outcome = repository.lint(fix="safe")
    assert outcome.code == 1
    assert outcome.err == "fixed 1, 1 more with --unsafe-fixes\n"
    assert outcome.codes == ["CV102"]
    assert Path("a.json").read_text(encoding="utf-8") == SAFE
    assert repository.lint(fix="safe").err == "fixed 0, 1 more with --unsafe-fixes\n"
    assert repository.lint(fix="unsafe")[0::2] == (0, "fixed 1\n")
    assert Path("a.json").read_text(encoding="utf-8") == RIGHT
    assert Path("b.json").read_text(encoding="utf-8") == FLOW


def test_a_diff_writes_nothing(repository: Repository) -> None:
    repository.write(a_json=WRONG, b_json=FLOW)
    outcome = repository.lint(fix="unsafe", diff=True)
    assert outcome.code == 1
    assert outcome.err == "would fix 2\n"
    assert outcome.out == f"--- a.json\n+++ a.json\n@@ -1 +1 @@\n-{WRONG}+{RIGHT}"
    assert Path("a.json").read_text(encoding="utf-8") == WRONG
    assert repository.lint("b.json", fix="safe", diff=True) == (0, "", "would fix 0\n")
    assert repository.lint(fix="safe", diff=True, exit_zero=True).code == 0


@pytest.mark.parametrize(
    "text", [WRONG, WRONG[:-1], WRONG.replace(", {", ",\r\n{"), "- Pause:\n    length: 1\n# \u2028\n- pause: {length: '1'}"]
)
def test_patch_applies_the_diff(repository: Repository, text: str) -> None:
    Path("a.yaml").write_bytes(text.encode())
    difference = repository.lint(fix="safe", diff=True).out
    repository.lint(fix="safe")
    fixed = Path("a.yaml").read_bytes()
    assert fixed != text.encode()
    assert patched(text.encode(), difference.encode()) == fixed


def patched(old: bytes, difference: bytes) -> bytes:
    """Returns what `patch` makes of a file."""
    _, _, *lines = [line + b"\n" for line in difference[:-1].split(b"\n")]
    rest, new = old, b""
    for number, line in enumerate(lines):
        text = line[1:]
        if number + 1 < len(lines) and lines[number + 1].startswith(b"\\"):
            text = text.removesuffix(b"\n")
        if line[:1] in (b" ", b"-"):
            assert rest.startswith(text)
            rest = rest[len(text) :]
        if line[:1] in (b" ", b"+"):
            new += text
    return new + rest


def test_a_byte_order_mark_stays(repository: Repository) -> None:
    Path("a.json").write_bytes(b"\xef\xbb\xbf" + WRONG.encode())
    repository.lint(fix="safe")
    assert Path("a.json").read_bytes() == b"\xef\xbb\xbf" + SAFE.encode()


def test_the_text_goes_to_stdout_and_the_report_to_stderr(repository: Repository) -> None:
    outcome = repository.lint("-", form="concise", fix="safe", stdin=io.BytesIO(WRONG.encode()))
    assert (outcome.code, outcome.out) == (1, SAFE)
    assert "CV102" in outcome.err


def test_a_file_that_cannot_be_written_is_reported(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> int:
        raise OSError(13, "Permission denied")

    repository.write(a_json=WRONG)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert repository.lint(fix="safe")[0::2] == (
        2,
        "fixed 1, 1 more with --unsafe-fixes\na.json cannot be written: Permission denied\n",
    )


def test_ignored_rules_are_not_fixed(repository: Repository) -> None:
    repository.write(a_json=WRONG, callverbs_toml='[lint]\nignore = ["CV101"]\n')
    assert repository.lint("a.json", fix="unsafe").err == "fixed 1\n"
    assert Path("a.json").read_text(encoding="utf-8") == WRONG.replace("txt", "text")
