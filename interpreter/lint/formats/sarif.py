"""For code scanning: SARIF 2.1.0, with the page of every rule. Columns count characters; an end is behind the last one.

Source: OASIS, "Static Analysis Results Interchange Format Version 2.1.0", errata 01.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from interpreter.lint.formats import Linted
from interpreter.lint.formats._places import Known, change, known, uri
from interpreter.lint.page import HOME, link, markdown, page
from interpreter.lint.rules import RULES, Rule
from interpreter.text.place import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
FINGERPRINT = "callverbs/v1"
"""The name of our fingerprint: another way to make it gets another name."""


def write(linted: Sequence[Linted], colour: bool) -> str:
    """One run, with all rules, whatever was found."""
    driver = {
        "name": "callverbs",
        "version": version("callverbs"),
        "informationUri": HOME,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": there}, "sourceLanguage": language} for there, language in _artifacts(linted)],
        "results": [_result(one) for one in known(linted)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _artifacts(linted: Sequence[Linted]) -> list[tuple[str, str]]:
    """Every file once."""
    return list(dict.fromkeys((uri(one.source.name), one.source.language) for one in linted))


@cache
def _rule(rule: Rule) -> dict[str, Any]:
    found = page(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": found.summary},
        "fullDescription": {"text": " ".join(found.what)},
        "help": {"text": "\n\n".join([*found.what, f"Why: {found.why}"]), "markdown": markdown(rule)},
        "helpUri": link(rule.code),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["telephony", rule.profile], "problem.severity": rule.severity.replace("info", "recommendation")},
    }


def _result(one: Known) -> dict[str, Any]:
    finding = one.finding
    there = {"uri": uri(one.source.name)}
    physical: dict[str, Any] = {"artifactLocation": there}
    if finding.line:
        physical["region"] = _region(Span(finding.line, finding.column, finding.end_line, finding.end_column))
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": finding.pointer, "kind": "value"}]}],
        "partialFingerprints": {FINGERPRINT: one.fingerprint},
    }
    if finding.code in RULES:
        result["ruleIndex"] = list(RULES).index(finding.code)
    if found := change(one.source, finding):
        replacement = {"deletedRegion": _region(found.span), "insertedContent": {"text": found.text}}
        changes = [{"artifactLocation": there, "replacements": [replacement]}]
        result["fixes"] = [{"description": {"text": found.words}, "artifactChanges": changes}]
    return result


def _region(span: Span) -> dict[str, int]:
    return {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
