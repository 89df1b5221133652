"""Files are mended on the disk, in a pipe, or shown as a difference that `patch` applies; what is left is told, with its exit code."""

import io
from pathlib import Path

import pytest

from tests.interpreter.lint.repository import FLOW, Repository

WRONG = '[{"verb": "Pause", "length": 1}, {"verb": "say", "txt": "Hello"}]\n'
SAFE = '[{"verb": "pause", "length": 1}, {"verb": "say", "txt": "Hello"}]\n'
RIGHT = '[{"verb": "pause", "length": 1}, {"verb": "say", "text": "Hello"}]\n'


def test_what_is_safe_is_mended_and_what_is_left_is_told(repository: Repository) -> None:
    repository.write(a_json=WRONG, b_json=FLOW)
    outcome = repository.lint(mend="safe")
    assert outcome.code == 1
    assert outcome.err == "fixed 1, 1 more with --unsafe-fixes\n"
    assert outcome.codes == ["CV102"]
    assert Path("a.json").read_text(encoding="utf-8") == SAFE
    assert repository.lint(mend="safe").err == "fixed 0, 1 more with --unsafe-fixes\n"
    assert repository.lint(mend="unsafe")[0::2] == (0, "fixed 1\n")
    assert Path("a.json").read_text(encoding="utf-8") == RIGHT
    assert Path("b.json").read_text(encoding="utf-8") == FLOW


def test_a_difference_writes_nothing(repository: Repository) -> None:
    repository.write(a_json=WRONG, b_json=FLOW)
    outcome = repository.lint(mend="unsafe", diff=True)
    assert outcome.code == 1
    assert outcome.err == "would fix 2\n"
    assert outcome.out == f"--- a.json\n+++ a.json\n@@ -1 +1 @@\n-{WRONG}+{RIGHT}"
    assert Path("a.json").read_text(encoding="utf-8") == WRONG
    assert repository.lint("b.json", mend="safe", diff=True) == (0, "", "would fix 0\n")
    assert repository.lint(mend="safe", diff=True, exit_zero=True).code == 0


@pytest.mark.parametrize(
    "text", [WRONG, WRONG[:-1], WRONG.replace(", {", ",\r\n{"), "- Pause:\n    length: 1\n# \u2028\n- pause: {length: '1'}"]
)
def test_patch_takes_the_difference(repository: Repository, text: str) -> None:
    Path("a.yaml").write_bytes(text.encode())
    difference = repository.lint(mend="safe", diff=True).out
    repository.lint(mend="safe")
    mended = Path("a.yaml").read_bytes()
    assert mended != text.encode()
    assert patched(text.encode(), difference.encode()) == mended


def patched(old: bytes, difference: bytes) -> bytes:
    """What `patch` makes of a file."""
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
    repository.lint(mend="safe")
    assert Path("a.json").read_bytes() == b"\xef\xbb\xbf" + SAFE.encode()


def test_a_pipe_gets_the_text_and_the_terminal_the_report(repository: Repository) -> None:
    outcome = repository.lint("-", form="concise", mend="safe", stdin=io.BytesIO(WRONG.encode()))
    assert (outcome.code, outcome.out) == (1, SAFE)
    assert "CV102" in outcome.err


def test_a_file_that_cannot_be_written_is_told(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> int:
        raise OSError(13, "Permission denied")

    repository.write(a_json=WRONG)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert repository.lint(mend="safe")[0::2] == (2, "fixed 1, 1 more with --unsafe-fixes\na.json cannot be written: Permission denied\n")


def test_what_is_not_asked_for_is_not_mended(repository: Repository) -> None:
    repository.write(a_json=WRONG, callverbs_toml='[lint]\nignore = ["CV101"]\n')
    assert repository.lint("a.json", mend="unsafe").err == "fixed 1\n"
    assert Path("a.json").read_text(encoding="utf-8") == WRONG.replace("txt", "text")
