"""Where a finding is, as other programs want to know it: paths of a repository, URIs, and fingerprints that outlive an edit elsewhere."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple
from urllib.parse import quote

from interpreter.lint.finding import Finding
from interpreter.lint.formats import Linted
from interpreter.text.place import Span
from interpreter.text.source import Source


class Known(NamedTuple):
    """A finding, its source, and a fingerprint that no other finding of the run has."""

    source: Source
    finding: Finding
    fingerprint: str


class Change(NamedTuple):
    """A text to put in the place of another, and what to say to somebody who is asked whether to do it."""

    span: Span
    text: str
    words: str


def repository(path: str) -> str:
    """A path as repositories write it: with slashes, and below the current folder relative to it."""
    whole = Path(path)
    if whole.is_absolute() and whole.is_relative_to(Path.cwd()):
        path = str(whole.relative_to(Path.cwd()))
    return path.replace("\\", "/").removeprefix("./")


def uri(path: str) -> str:
    """A path as a URI, or as a reference relative to the repository (RFC 3986)."""
    for kind in (PurePosixPath(repository(path)), PureWindowsPath(path)):
        if kind.is_absolute():
            return kind.as_uri()
    return quote(repository(path).encode("utf-8", "surrogateescape"))


def known(linted: Sequence[Linted]) -> Iterator[Known]:
    """Every finding with its fingerprint: of the rule, the file, the names on the way to it, and the text it is about.

    Neither a line number nor an index is in it, so a verb that is put in above changes none. Of findings that are the same in
    all that, the order counts.
    """
    seen: Counter[str] = Counter()
    for source, findings in linted:
        for finding in findings:
            way = [token for token in finding.pointer.split("/") if not token.isdecimal()]
            key = "\0".join((finding.code, repository(finding.path), *way, text_of(source, finding)))
            seen[key] += 1
            digest = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "replace"))
            yield Known(source, finding, digest.hexdigest())


def change(source: Source, finding: Finding) -> Change | None:
    """What a fix would do to the text, if it can be done there."""
    if not finding.fix:
        return None
    from interpreter.lint.fixes import patch  # few findings have one

    found = patch(source, finding)
    if found is None:
        return None
    words = "Mend it" if finding.fix.safe else "Mend it, and look at what has become of it: a caller may hear something else"
    return Change(source.between(found.edit.start, found.edit.end), found.edit.text, words)


def text_of(source: Source, finding: Finding) -> str:
    """What a finding is about, as far as its first line goes."""
    line = source.line(finding.line)
    return line[finding.column - 1 : finding.end_column - 1 if finding.line == finding.end_line else None].strip()
