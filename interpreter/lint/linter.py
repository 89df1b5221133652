"""Lints one source: the reader's flaws, the language's faults and remarks, and what every rule finds, each with its position.

One cause gives one finding. What is only information gives way to an error at the same place. A rule that raises is a finding
of its own: the others go on.
"""

from collections.abc import Iterable

import verbs
from interpreter.lint import suppressions
from interpreter.lint.document import Document
from interpreter.lint.finding import Finding
from interpreter.lint.rules import RECOMMENDED, RULES, Rule
from interpreter.lint.surroundings import NOWHERE, Surroundings
from interpreter.text.place import Flaw, find
from interpreter.text.source import Source
from schemas import Fault, Fix, versions

INTERNAL = "CV900"
LONGEST = 500
"""Characters of a message, at the most: a line that people can read, and that every reader of reports takes."""
UNREADABLE = "CV001"
"""What could not be read has one flaw: whatever was made of it cannot be right."""
AMBIGUOUS = "CV005"
NO_EFFECT = ("CV108", "CV109")
"""Properties that do nothing."""
LEFT_OUT = Fix("remove", safe=False)
"""They can go, and no call changes. But the author meant something by them, and should know that it will not happen."""


def lint(source: Source, surroundings: Surroundings = NOWHERE, rules: Iterable[Rule] = RECOMMENDED) -> list[Finding]:
    """Everything there is to say of a source, in the order of its text."""
    rules = list(rules)
    found = [_of_flaw(source, flaw) for flaw in source.flaws]
    if source.readable:
        unread = [flaw.path for flaw in source.flaws if flaw.code == UNREADABLE]
        faults = [fault for fault in _faults(source, surroundings, rules) if not any(fault.path[: len(path)] == path for path in unread)]
        found += [as_finding(source, fault) for fault in faults]
    return sorted(_wanted(source, _one_per_cause(found), {rule.code for rule in rules}), key=lambda one: one.order)


def _wanted(source: Source, found: list[Finding], codes: set[str]) -> list[Finding]:
    """The findings of the rules that count, without those that their author has answered for.

    What keeps a document from being read is always told, and so is a mistake of ours: nobody can know what else there is. Nor can
    anybody know it behind an error; so what is ignored there is not called unused: that would take it out before it is needed again.
    """
    if not isinstance(source.value, list):
        return [one for one in found if one.severity == "error" or one.code in codes]
    if any(one.severity == "error" for one in found):
        codes = codes - {suppressions.UNUSED}
    found = [one for one in found if one.code in codes or one.code == INTERNAL or one.code not in RULES]
    kept, remarks = suppressions.apply(source, found, codes)
    return kept + [_of_remark(source, remark) for remark in remarks]


def _faults(source: Source, surroundings: Surroundings, rules: Iterable[Rule]) -> list[Fault]:
    try:
        document = Document(source.value, surroundings)
    except Exception as error:
        return [_crash("the reader of documents", error)]
    found = list(document.faults)
    try:
        for written in document.main:
            look = verbs.remarks if written.spec else verbs.unsupported
            found += [remark.under(*written.path) for remark in look(written.item)]
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
    span = source.between(flaw.start, flaw.end)
    return Finding(source.name, flaw.code, rule.name, rule.severity, _brief(flaw.message), *span, pointer, _quoted(source, flaw), flaw.path)


def _quoted(source: Source, flaw: Flaw) -> Fix | None:
    """The same text in quotes, where other readers of YAML would take it for something else."""
    if flaw.code != AMBIGUOUS or not source.readable:
        return None
    place, found = find(source.places, flaw.path)
    if not found or place.start != flaw.start:  # another one has the same key, and is the one that counts
        return None
    value = source.value
    for step in flaw.path:
        value = value[step]
    return Fix("replace", value) if isinstance(value, str) else None


def _of_remark(source: Source, remark: suppressions.Remark) -> Finding:
    rule = _rule(remark.code)
    span, pointer = source.between(remark.start, remark.end), Fault(remark.steps, remark.code, "").pointer
    return Finding(source.name, remark.code, rule.name, rule.severity, _brief(remark.message), *span, pointer, remark.fix, remark.steps)


def as_finding(source: Source, fault: Fault) -> Finding:
    """A fault with its place in the text, and what its rule says of it."""
    rule = _rule(fault.code)
    span = source.span(fault.path, fault.at_key)
    fix = fault.fix or (LEFT_OUT if fault.code in NO_EFFECT and fault.at_key else None)
    return Finding(source.name, fault.code, rule.name, rule.severity, _brief(fault.message), *span, fault.pointer, fix, fault.path)


def _brief(message: str) -> str:
    """A sentence that quotes a name of thousands of characters, without the middle of it."""
    return message if len(message) <= LONGEST else f"{message[: LONGEST // 2]}…{message[-LONGEST // 2 :]}"


def _one_per_cause(found: list[Finding]) -> list[Finding]:
    """The same sentence at the same place is said once: through an alias of YAML, one text is many values."""
    errors = {_place(finding) for finding in found if finding.severity == "error"}
    hidden = {(_place(finding), code) for finding in found for code in _rule(finding.code).hides}
    hidden |= {(_place(finding), finding.code) for finding in found if finding.severity == "info" and _place(finding) in errors}
    once = {(_place(finding), finding.code, finding.message): finding for finding in reversed(found)}
    return [finding for finding in once.values() if (_place(finding), finding.code) not in hidden]


def _place(finding: Finding) -> tuple[int, int, int, int]:
    return finding.line, finding.column, finding.end_line, finding.end_column
