"""Lints one source: the reader's flaws, the language's faults and remarks, and what every rule finds, each with its position.

One cause gives one finding. What is only information gives way to an error at the same place. A rule that raises is a finding
of its own: the others go on.
"""

from collections.abc import Iterable

import verbs
from interpreter.lint.document import Document
from interpreter.lint.finding import Finding
from interpreter.lint.rules import RULES, Rule
from interpreter.lint.surroundings import NOWHERE, Surroundings
from interpreter.text.place import Flaw
from interpreter.text.source import Source
from schemas import Fault, versions

INTERNAL = "CV900"


def lint(source: Source, surroundings: Surroundings = NOWHERE, rules: Iterable[Rule] = RULES.values()) -> list[Finding]:
    """Everything there is to say of a source, in the order of its text."""
    found = [_of_flaw(source, flaw) for flaw in source.flaws]
    if source.readable:
        found += [_of_fault(source, fault) for fault in _faults(source, surroundings, rules)]
    return sorted(_one_per_cause(found), key=lambda finding: finding.order)


def _faults(source: Source, surroundings: Surroundings, rules: Iterable[Rule]) -> list[Fault]:
    try:
        document = Document(source.value, surroundings)
    except Exception as error:
        return [_crash("the reader of documents", error)]
    found = list(document.faults)
    try:
        for written in document.main:
            found += [remark.under(*written.path) for remark in verbs.remarks(written.item)]
            found += [fault.under(*written.path) for fault in versions.faults(surroundings.api, written.item.name, written.item.body)]
    except Exception as error:
        found.append(_crash("the search for what has no effect", error))
    for rule in rules:
        try:
            found += list(rule.check(document))
        except Exception as error:
            found.append(_crash(f"rule {rule.code} {rule.name}", error))
    return found


def _crash(who: str, error: Exception) -> Fault:
    return Fault((), INTERNAL, f"{who} has failed: {error!r}")


def _rule(code: str) -> Rule:
    """The rule of a code. A code without one is a mistake of ours, which a test finds; the author's finding is shown all the same."""
    return RULES.get(code, RULES[INTERNAL])


def _of_flaw(source: Source, flaw: Flaw) -> Finding:
    rule = _rule(flaw.code)
    pointer = Fault(flaw.path, flaw.code, "").pointer
    return Finding(source.name, flaw.code, rule.name, rule.severity, flaw.message, *source.between(flaw.start, flaw.end), pointer)


def _of_fault(source: Source, fault: Fault) -> Finding:
    rule = _rule(fault.code)
    span = source.span(fault.path, fault.at_key)
    return Finding(source.name, fault.code, rule.name, rule.severity, fault.message, *span, fault.pointer, fault.fix, fault.path)


def _one_per_cause(found: list[Finding]) -> list[Finding]:
    """The same sentence at the same place is said once: through an alias of YAML, one text is many values."""
    errors = {_place(finding) for finding in found if finding.severity == "error"}
    hidden = {(_place(finding), code) for finding in found for code in _rule(finding.code).hides}
    hidden |= {(_place(finding), finding.code) for finding in found if finding.severity == "info" and _place(finding) in errors}
    once = {(_place(finding), finding.code, finding.message): finding for finding in reversed(found)}
    return [finding for finding in once.values() if (_place(finding), finding.code) not in hidden]


def _place(finding: Finding) -> tuple[int, int, int, int]:
    return finding.line, finding.column, finding.end_line, finding.end_column
