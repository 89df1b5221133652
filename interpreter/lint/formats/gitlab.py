"""For GitLab: a Code Quality report, in the format of Code Climate.

Source: GitLab's page "Code Quality", section "Code Quality report format".
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats._locations import FingerprintedFinding, repository_path, with_fingerprints

SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}
"""GitLab's severity for each of ours."""


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns a list of all findings, which is empty where there is none."""
    return msgspec.json.format(msgspec.json.encode([_issue(one) for one in with_fingerprints(results)]), indent=2).decode() + "\n"


def _issue(one: FingerprintedFinding) -> dict[str, Any]:
    finding = one.finding
    start, end = max(finding.line, 1), max(finding.end_line, 1)
    return {
        "type": "issue",
        "check_name": f"{finding.code} {finding.name}",
        "description": finding.message,
        "categories": ["Bug Risk"],
        "severity": SEVERITIES[finding.severity],
        "fingerprint": one.fingerprint,
        "location": {"path": repository_path(finding.path), "lines": {"begin": start, "end": end}},
    }
