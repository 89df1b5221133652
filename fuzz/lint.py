"""Fuzzes the linter, guided by coverage: it never raises, never hangs, and each finding has a valid span.

`make fuzz` runs it for a minute; `python fuzz/lint.py -max_total_time=3600 corpus/` continues with the inputs found so far. Needs
`atheris`.
"""

import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["callverbs"]):
    from callverbs.interpreter.lint.linter import lint
    from callverbs.interpreter.lint.rule_codes import INTERNAL_ERROR
    from callverbs.interpreter.text.source import Source

ROOT = Path(__file__).parent.parent
FILE_NAMES = ("a.json", "a.yaml", "a")
"""The first byte of an input chooses the name."""
LINT_MAX_SECONDS = 1.0
"""Seconds for one document."""


def lint_input(content: bytes) -> None:
    """Lints an input: its first byte chooses the name of the file, the rest is the text."""
    name = FILE_NAMES[content[0] % len(FILE_NAMES)] if content else FILE_NAMES[0]
    started = time.perf_counter()
    source = Source.read(name, content[1:])
    findings = lint(source)
    seconds = time.perf_counter() - started
    assert seconds < LINT_MAX_SECONDS, f"{seconds:.1f} s"
    for finding in findings:
        assert finding.code != INTERNAL_ERROR, finding.message
        assert (1, 1) <= (finding.line, finding.column) <= (finding.end_line, finding.end_column), finding
    assert source.readable or findings, "an unreadable text has a finding"


def write_seeds(folder: Path) -> None:
    """Writes every example of a rule, and every sample, as a first input."""
    folder.mkdir(exist_ok=True)
    for path in [*(ROOT / "tests" / "lint").glob("*/*"), *(ROOT / "samples").glob("*/flow.*")]:
        name_byte = bytes([FILE_NAMES.index(f"a{path.suffix}")])
        (folder / f"{path.parent.name}-{path.name}").write_bytes(name_byte + path.read_bytes())


if __name__ == "__main__":
    folders = [Path(one) for one in sys.argv[1:] if not one.startswith("-")]
    for one in folders[:1]:
        write_seeds(one)
    atheris.Setup(sys.argv, lint_input)
    atheris.Fuzz()
