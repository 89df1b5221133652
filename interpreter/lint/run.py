"""Lints files and says how it went: what the command line and a CI job call. The exit codes are a contract."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from interpreter.lint import files, report
from interpreter.lint.linter import INTERNAL, lint
from interpreter.lint.surroundings import NOWHERE, Surroundings

CLEAN, FINDINGS, USAGE, NOTHING, FAILED = range(5)
"""0 no error and no warning; 1 some; 2 wrong usage; 3 nothing to read; 4 a mistake in callverbs itself."""


def run(
    paths: Sequence[str | Path],
    format: str,  # noqa: A002 - as the option is called
    colour: bool,
    out: TextIO,
    *,
    err: TextIO | None = None,
    surroundings: Surroundings = NOWHERE,
) -> int:
    """Lint files and folders, write a report to `out`, and return the exit code. Wrong usage is told to `err`, by default stderr."""
    err = err or sys.stderr
    if format not in report.FORMATS:
        err.write(f"there is no format {format}: choose one of {', '.join(report.FORMATS)}\n")
        return USAGE
    try:
        sources = files.collect(paths)
    except files.UsageError as error:
        err.write(f"{error}\n")
        return USAGE
    if not sources:
        err.write("there is no document in what was given: no list of verbs in .json, .yaml or .yml\n")
        return NOTHING
    linted = [report.Linted(source, lint(source, surroundings)) for source in sources]
    out.write(report.FORMATS[format](linted, colour))
    found = [finding for one in linted for finding in one.findings]
    if any(finding.code == INTERNAL for finding in found):
        return FAILED
    return FINDINGS if any(finding.severity != "info" for finding in found) else CLEAN
