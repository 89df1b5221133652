"""For editors, `grep` and long lists: one finding per line, and nothing else."""

from collections.abc import Sequence

from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats._colours import headline


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns a line for each finding: `path:line:column: severity code message`."""
    return "".join(f"{headline(finding, colour)}\n" for result in results for finding in result.findings)
