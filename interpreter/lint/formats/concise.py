"""For editors, `grep` and long lists: one finding a line, and nothing else."""

from collections.abc import Sequence

from interpreter.lint.formats import Linted
from interpreter.lint.formats._paint import headline


def write(linted: Sequence[Linted], colour: bool) -> str:
    """`path:line:column: severity code message`, a line each."""
    return "".join(f"{headline(finding, colour)}\n" for one in linted for finding in one.findings)
