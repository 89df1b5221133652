"""Lints documents with their configurations: one, or many; many in several processes, and always reported in their order."""

import os
import signal
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from callverbs.interpreter.lint.files import FoundFile, load
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.lint.selection import RuleConfig
from callverbs.interpreter.text.source import Source

MIN_FILES_FOR_PROCESSES = 100
"""With fewer files, starting processes takes longer than they save."""
FILES_PER_CHUNK = 16


class LintCase(NamedTuple):
    """A file, and its configuration."""

    file: FoundFile
    config: RuleConfig


def lint_with(source: Source, config: RuleConfig) -> list[Finding]:
    """Returns the findings of a document with a configuration. An unreadable document keeps its severity."""
    found = lint(source, config.context, config.rules)
    if not config.severities or not isinstance(source.value, list):
        return found
    changed = [replace(one, severity=config.severities.get(one.code, one.severity)) for one in found]
    return sorted(changed, key=lambda one: one.sort_key)


def lint_files(cases: Sequence[LintCase], processes: int | None = None) -> Iterator[LintResult | None]:
    """Yields the result of each file, in their order; None for a file that is no document. Raises UsageError."""
    processes = processes or _processors()
    if processes < 2 or len(cases) < MIN_FILES_FOR_PROCESSES:
        yield from map(_lint_case, cases)
        return
    from concurrent.futures import ProcessPoolExecutor  # 20 ms that one file need not pay

    with ProcessPoolExecutor(processes, initializer=_ignore_interrupts) as pool:
        yield from pool.map(_lint_case, cases, chunksize=FILES_PER_CHUNK)


def _lint_case(case: LintCase) -> LintResult | None:
    source = load(case.file)
    return LintResult(source, lint_with(source, case.config)) if source else None


def _ignore_interrupts() -> None:
    """Leaves an interrupt to the main process, which stops the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """Returns how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
