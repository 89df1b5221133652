"""The formats of reports, one module each, found by existing: every module here without a leading underscore is one.

A module has one function, `render`: it returns the results as a text. It changes no finding, and is imported only when its name is given.
"""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from callverbs.interpreter.lint.finding import SEVERITIES, Finding
from callverbs.interpreter.text.source import Source

SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs; Python keeps bytes of a file's name that are not UTF-8 as such."""


class LintResult(NamedTuple):
    """A source and its findings."""

    source: Source
    findings: Sequence[Finding]


class Summary(msgspec.Struct, frozen=True):
    """The number of files, and of findings by severity."""

    files: int
    errors: int
    warnings: int
    infos: int


def names() -> list[str]:
    """Returns the names of the formats, sorted."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if not name.startswith("_"))


def render(name: str, results: Sequence[LintResult], colour: bool = False) -> str:
    """Returns results in a format; only formats for people have colours. Raises KeyError where there is no such format."""
    if name not in names():
        raise KeyError(name)
    encodable = [LintResult(one.source, [_encodable(finding) for finding in one.findings]) for one in results]
    text: str = importlib.import_module(f"{__name__}.{name}").render(encodable, colour)
    return text


def summarize(results: Sequence[LintResult]) -> Summary:
    """Counts the files and the findings."""
    counts = Counter(finding.severity for one in results for finding in one.findings)
    return Summary(len(results), *(counts[severity] for severity in SEVERITIES))


def _encodable(finding: Finding) -> Finding:
    """Returns a finding that UTF-8 can encode: a file's name may be any bytes, and a broken text may have half of an emoji."""
    parts = {key: getattr(finding, key) for key in ("path", "message", "pointer")}
    if all(map(str.isascii, parts.values())):
        return finding
    return msgspec.structs.replace(finding, **{key: SURROGATES.sub("\ufffd", part) for key, part in parts.items()})
