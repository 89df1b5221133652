"""For programs: one JSON object. It is a contract: its `version` changes when a field changes its meaning or goes."""

from collections.abc import Sequence
from typing import Any

import msgspec

from interpreter.lint.formats import Linted, Summary, summary

VERSION = 1


class Report(msgspec.Struct, frozen=True):
    """What the format holds."""

    version: int
    findings: list[dict[str, Any]]
    summary: Summary


def write(linted: Sequence[Linted], colour: bool) -> str:
    """All findings, and how many there are."""
    report = Report(VERSION, [finding.told() for one in linted for finding in one.findings], summary(linted))
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
