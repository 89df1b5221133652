"""Judges documents on terms: one, or many; many on all processors, and told in their order all the same."""

import os
import signal
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from interpreter.lint.files import Found, load
from interpreter.lint.finding import Finding
from interpreter.lint.formats import Linted
from interpreter.lint.linter import lint
from interpreter.lint.selection import Terms
from interpreter.text.source import Source

FEW = 100
"""Files for which other processes cost more than they bring."""
CHUNK = 16
"""Files that a process is given at a time."""


class Case(NamedTuple):
    """A file, and the terms that hold for it."""

    found: Found
    terms: Terms


def judge(source: Source, terms: Terms) -> list[Finding]:
    """What there is to say of a document on these terms."""
    found = lint(source, terms.surroundings, terms.rules)
    if not terms.severities or not isinstance(source.value, list):
        return found  # what keeps a document from being read is as bad as it is
    judged = [replace(one, severity=terms.severities.get(one.code, one.severity)) for one in found]
    return sorted(judged, key=lambda one: one.order)


def judge_all(cases: Sequence[Case], processes: int | None = None) -> Iterator[Linted | None]:
    """What is found in each file, in their order; None for a file that is no document. Raises UsageError."""
    processes = processes or _processors()
    if processes < 2 or len(cases) < FEW:
        yield from map(_judged, cases)
        return
    from concurrent.futures import ProcessPoolExecutor  # 20 ms that one file need not pay

    with ProcessPoolExecutor(processes, initializer=_undisturbed) as pool:
        yield from pool.map(_judged, cases, chunksize=CHUNK)


def _judged(case: Case) -> Linted | None:
    source = load(case.found)
    return Linted(source, judge(source, case.terms)) if source else None


def _undisturbed() -> None:
    """Whoever interrupts means the whole: the process that was called stops the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
