"""What a rule found, with its place in the text: the one thing that every report is made of."""

from typing import Any, Literal

from msgspec import Struct

from interpreter.text.place import Steps
from schemas import Fix

Severity = Literal["error", "warning", "info"]
"""error: callverbs would refuse the document, or hurt the call. warning: most probably not what was meant. info: good to know."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
TOLD = ("path", "code", "name", "severity", "message", "line", "column", "end_line", "end_column", "pointer")
"""What reports for machines say of a finding: a contract."""


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
    """Where in the value, as a JSON Pointer (RFC 6901)."""
    fix: Fix | None = None
    steps: Steps = ()
    """The same as a path, as the fix needs it."""

    def told(self) -> dict[str, Any]:
        """What reports for machines say of it."""
        return {name: getattr(self, name) for name in TOLD}

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """By position; at one position the worst first."""
        return self.line, self.column, SEVERITIES.index(self.severity), self.code, self.message
