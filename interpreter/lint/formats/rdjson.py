"""For reviewdog: its diagnostic format, `rdjson`. Columns count bytes of UTF-8, and an end is behind the last one.

Source: reviewdog, proto/rdf/reviewdog.proto.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats._locations import repository_path, suggestion
from callverbs.interpreter.lint.rule_page import HOME_URL, page_url
from callverbs.interpreter.text.lines import Span
from callverbs.interpreter.text.source import Source

TOOL = {"name": "callverbs", "url": HOME_URL}


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns all findings as one DiagnosticResult."""
    diagnostics = [_diagnostic(result.source, finding) for result in results for finding in result.findings]
    return msgspec.json.format(msgspec.json.encode({"source": TOOL, "diagnostics": diagnostics}), indent=2).decode() + "\n"


def _diagnostic(source: Source, finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"path": repository_path(finding.path)}
    if finding.line:
        location["range"] = _range(source, finding.span)
    diagnostic: dict[str, Any] = {
        "message": finding.message,
        "location": location,
        "severity": finding.severity.upper(),
        "code": {"value": finding.code, "url": page_url(finding.code)},
    }
    if suggested := suggestion(source, finding):
        diagnostic["suggestions"] = [{"range": _range(source, suggested.span), "text": suggested.text}]
    return diagnostic


def _range(source: Source, span: Span) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.line, "column": _byte_column(source, span.line, span.column)},
        "end": {"line": span.end_line, "column": _byte_column(source, span.end_line, span.end_column)},
    }


def _byte_column(source: Source, line: int, column: int) -> int:
    """Returns a column in bytes of UTF-8."""
    return len(source.line(line)[: column - 1].encode("utf-8", "replace")) + 1
