"""For reviewdog: its diagnostic format, `rdjson`. Columns count bytes of UTF-8, and an end is behind the last one.

Source: reviewdog, proto/rdf/reviewdog.proto.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from interpreter.lint.finding import Finding
from interpreter.lint.formats import Linted
from interpreter.lint.formats._places import change, repository
from interpreter.lint.page import HOME, link
from interpreter.text.place import Span
from interpreter.text.source import Source

SOURCE = {"name": "callverbs", "url": HOME}


def write(linted: Sequence[Linted], colour: bool) -> str:
    """All findings as one DiagnosticResult."""
    told = [_diagnostic(one.source, finding) for one in linted for finding in one.findings]
    return msgspec.json.format(msgspec.json.encode({"source": SOURCE, "diagnostics": told}), indent=2).decode() + "\n"


def _diagnostic(source: Source, finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"path": repository(finding.path)}
    if finding.line:
        location["range"] = _range(source, Span(finding.line, finding.column, finding.end_line, finding.end_column))
    told: dict[str, Any] = {
        "message": finding.message,
        "location": location,
        "severity": finding.severity.upper(),
        "code": {"value": finding.code, "url": link(finding.code)},
    }
    if found := change(source, finding):
        told["suggestions"] = [{"range": _range(source, found.span), "text": found.text}]
    return told


def _range(source: Source, span: Span) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.line, "column": _bytes(source, span.line, span.column)},
        "end": {"line": span.end_line, "column": _bytes(source, span.end_line, span.end_column)},
    }


def _bytes(source: Source, line: int, column: int) -> int:
    """A column in bytes of UTF-8."""
    return len(source.line(line)[: column - 1].encode("utf-8", "replace")) + 1
