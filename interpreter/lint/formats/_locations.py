"""Locations and suggestions as other programs read them: paths of a repository, URIs, and fingerprints that outlive an edit elsewhere."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple
from urllib.parse import quote

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.text.lines import Span
from callverbs.interpreter.text.source import Source


class FingerprintedFinding(NamedTuple):
    """A finding, its source, and a fingerprint that no other finding of the run has."""

    source: Source
    finding: Finding
    fingerprint: str


class Suggestion(NamedTuple):
    """A fix as the text that replaces a span, and its description for the person who decides."""

    span: Span
    text: str
    description: str


def repository_path(path: str) -> str:
    """Returns a path as repositories write it: with slashes, and below the current folder relative to it."""
    whole = Path(path)
    if whole.is_absolute() and whole.is_relative_to(Path.cwd()):
        path = str(whole.relative_to(Path.cwd()))
    return path.replace("\\", "/").removeprefix("./")


def uri(path: str) -> str:
    """Returns a path as a URI, or as a reference relative to the repository (RFC 3986)."""
    for absolute in (PurePosixPath(repository_path(path)), PureWindowsPath(path)):
        if absolute.is_absolute():
            return absolute.as_uri()
    return quote(repository_path(path).encode("utf-8", "surrogateescape"))


def with_fingerprints(results: Sequence[LintResult]) -> Iterator[FingerprintedFinding]:
    """Yields every finding with its fingerprint: of the rule, the file, the property names of its pointer, and the text it is about.

    Neither line numbers nor indexes are part of it, so that a verb inserted above changes none. Findings that are equal in all
    of that are numbered.
    """
    counts: Counter[str] = Counter()
    for source, findings in results:
        for finding in findings:
            properties = [token for token in finding.pointer.split("/") if not token.isdecimal()]
            key = "\0".join((finding.code, repository_path(finding.path), *properties, text_of(source, finding)))
            counts[key] += 1
            digest = hashlib.sha256(f"{key}\0{counts[key]}".encode("utf-8", "replace"))
            yield FingerprintedFinding(source, finding, digest.hexdigest())


def suggestion(source: Source, finding: Finding) -> Suggestion | None:
    """Returns the fix of a finding as a suggestion; None where there is none, or it cannot be applied to the text."""
    if not finding.fix:
        return None
    from callverbs.interpreter.lint.fixes import make_patch  # few findings have one

    patch = make_patch(source, finding)
    if patch is None:
        return None
    description = "Fix it" if finding.fix.safe else "Fix it, and check the result: a caller may hear something else"
    return Suggestion(source.span_between(patch.edit.start, patch.edit.end), patch.edit.text, description)


def text_of(source: Source, finding: Finding) -> str:
    """Returns the text that a finding is about, to the end of its first line."""
    line = source.line(finding.line)
    return line[finding.column - 1 : finding.end_column - 1 if finding.line == finding.end_line else None].strip()
