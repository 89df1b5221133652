"""Feeds the linter bytes that nobody would write, guided by coverage: it never raises, never hangs, and each finding has its place.

`make fuzz` runs it for a minute; `python fuzz/lint.py -max_total_time=3600 corpus/` goes on where it was. Needs `atheris`.
"""

import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["interpreter.lint", "interpreter.text", "schemas", "verbs"]):
    from interpreter.lint.linter import INTERNAL, lint
    from interpreter.text.source import Source

ROOT = Path(__file__).parent.parent
NAMES = ("a.json", "a.yaml", "a")
LONGEST = 1.0
"""Seconds for one document, at the most."""


def one_input(content: bytes) -> None:
    """The first byte says what the file is called, the rest is its text."""
    name = NAMES[content[0] % len(NAMES)] if content else NAMES[0]
    began = time.perf_counter()
    source = Source.read(name, content[1:])
    findings = lint(source)
    took = time.perf_counter() - began
    assert took < LONGEST, f"{took:.1f} s"
    for finding in findings:
        assert finding.code != INTERNAL, finding.message
        assert (1, 1) <= (finding.line, finding.column) <= (finding.end_line, finding.end_column), finding
    assert source.readable or findings, "what cannot be read is a finding"


def seeds(folder: Path) -> None:
    """Every example of a rule, and every sample, as a first input."""
    folder.mkdir(exist_ok=True)
    for path in [*(ROOT / "tests" / "lint").glob("*/*"), *(ROOT / "samples").glob("*/flow.*")]:
        kind = b"\x01" if path.suffix == ".yaml" else b"\x00"
        (folder / f"{path.parent.name}-{path.name}").write_bytes(kind + path.read_bytes())


if __name__ == "__main__":
    folders = [Path(one) for one in sys.argv[1:] if not one.startswith("-")]
    for one in folders[:1]:
        seeds(one)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
