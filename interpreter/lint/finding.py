"""A diagnostic of a rule with its position in the text: every report consists of findings."""

from typing import Any, Literal

from msgspec import Struct

from callverbs.interpreter.text.lines import Span
from callverbs.schemas import Fix, ValuePath

Severity = Literal["error", "warning", "info"]
"""error: callverbs would refuse the document, or hurt the call. warning: most probably not what was meant. info: good to know."""
ERROR: Severity = "error"
WARNING: Severity = "warning"
INFO: Severity = "info"
SEVERITIES: tuple[Severity, ...] = (ERROR, WARNING, INFO)
"""From the worst to the mildest."""
REPORT_FIELDS = ("path", "code", "name", "severity", "message", "line", "column", "end_line", "end_column", "pointer")
"""The fields of a finding in reports for machines: a contract."""


class Finding(Struct, frozen=True):
    """One finding. Lines and columns begin at 1 and count characters; the end is just behind the last one."""

    path: str
    code: str
    name: str
    severity: Severity
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    pointer: str
    """The path of the value as a JSON Pointer (RFC 6901)."""
    fix: Fix | None = None
    value_path: ValuePath = ()
    """The same path, as the fix needs it."""

    def report_fields(self) -> dict[str, Any]:
        """Returns the fields that reports for machines contain."""
        return {name: getattr(self, name) for name in REPORT_FIELDS}

    @property
    def span(self) -> Span:
        """The position in the text."""
        return Span(self.line, self.column, self.end_line, self.end_column)

    @property
    def sort_key(self) -> tuple[int, int, int, str, str]:
        """Orders by position; at one position the worst first."""
        return self.line, self.column, SEVERITIES.index(self.severity), self.code, self.message
