"""For GitLab: a Code Quality report, which is what Code Climate writes.

Source: GitLab's page "Code Quality", section "Code Quality report format".
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from interpreter.lint.formats import Linted
from interpreter.lint.formats._places import Known, known, repository

SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}


def write(linted: Sequence[Linted], colour: bool) -> str:
    """A list of all findings, which is empty where there is none."""
    return msgspec.json.format(msgspec.json.encode([_issue(one) for one in known(linted)]), indent=2).decode() + "\n"


def _issue(one: Known) -> dict[str, Any]:
    finding = one.finding
    start, end = max(finding.line, 1), max(finding.end_line, 1)
    return {
        "type": "issue",
        "check_name": f"{finding.code} {finding.name}",
        "description": finding.message,
        "categories": ["Bug Risk"],
        "severity": SEVERITIES[finding.severity],
        "fingerprint": one.fingerprint,
        "location": {"path": repository(finding.path), "lines": {"begin": start, "end": end}},
    }
