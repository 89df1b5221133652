"""For programs that read line by line: one JSON object for each finding, with the fields of the format json."""

from collections.abc import Sequence

import msgspec

from callverbs.interpreter.lint.formats import LintResult


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns a line for each finding; "" where there is none."""
    return "".join(f"{msgspec.json.encode(finding.report_fields()).decode()}\n" for result in results for finding in result.findings)
