"""What a rule found, with its place in the text: the one thing that every report is made of."""

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning", "info"]
"""error: callverbs would refuse the document, or hurt the call. warning: most probably not what was meant. info: good to know."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


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

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """By position; at one position the worst first."""
        return self.line, self.column, SEVERITIES.index(self.severity), self.code, self.message
