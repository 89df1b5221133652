"""For programs: one JSON object. It is a contract: its `version` changes when a field changes its meaning or goes."""

from collections.abc import Sequence
from typing import Any

import msgspec

from callverbs.interpreter.lint.formats import LintResult, Summary, summarize

VERSION = 1
"""The version of the format."""


class Report(msgspec.Struct, frozen=True):
    """The JSON object."""

    version: int
    findings: list[dict[str, Any]]
    summary: Summary


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns all findings, and how many there are."""
    report = Report(VERSION, [finding.report_fields() for result in results for finding in result.findings], summarize(results))
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
