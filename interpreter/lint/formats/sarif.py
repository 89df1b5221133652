"""For code scanning: SARIF 2.1.0, with the page of every rule. Columns count characters; an end is behind the last one.

Source: OASIS, "Static Analysis Results Interchange Format Version 2.1.0", errata 01.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats._locations import FingerprintedFinding, suggestion, uri, with_fingerprints
from callverbs.interpreter.lint.rule_page import HOME_URL, page_url, read_page, to_markdown
from callverbs.interpreter.lint.rules import RULES, Rule
from callverbs.interpreter.text.lines import Span

SCHEMA_URL = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
"""SARIF's level of each severity."""
FINGERPRINT_NAME = "callverbs/v1"
"""The name changes with the algorithm of the fingerprints."""


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns one run, with all rules, whatever the findings."""
    driver = {
        "name": "callverbs",
        "version": version("callverbs"),
        "informationUri": HOME_URL,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": file_uri}, "sourceLanguage": language} for file_uri, language in _artifacts(results)],
        "results": [_result(one) for one in with_fingerprints(results)],
    }
    log = {"$schema": SCHEMA_URL, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _artifacts(results: Sequence[LintResult]) -> list[tuple[str, str]]:
    """Returns the URI and the language of every file, each once."""
    return list(dict.fromkeys((uri(result.source.name), result.source.language) for result in results))


@cache
def _rule(rule: Rule) -> dict[str, Any]:
    page = read_page(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": " ".join(page.description)},
        "help": {"text": "\n\n".join([*page.description, f"Why: {page.why}"]), "markdown": to_markdown(rule)},
        "helpUri": page_url(rule.code),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["telephony", rule.profile], "problem.severity": rule.severity.replace("info", "recommendation")},
    }


def _result(one: FingerprintedFinding) -> dict[str, Any]:
    finding = one.finding
    artifact = {"uri": uri(one.source.name)}
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if finding.line:
        physical["region"] = _region(finding.span)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": finding.pointer, "kind": "value"}]}],
        "partialFingerprints": {FINGERPRINT_NAME: one.fingerprint},
    }
    if finding.code in RULES:
        result["ruleIndex"] = list(RULES).index(finding.code)
    if suggested := suggestion(one.source, finding):
        replacement = {"deletedRegion": _region(suggested.span), "insertedContent": {"text": suggested.text}}
        changes = [{"artifactLocation": artifact, "replacements": [replacement]}]
        result["fixes"] = [{"description": {"text": suggested.description}, "artifactChanges": changes}]
    return result


def _region(span: Span) -> dict[str, int]:
    return {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
