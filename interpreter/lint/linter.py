"""Lints one source: the findings of its parser, of the verbs and of every rule, each with its span in the text.

One cause gives one finding. Information gives way to an error at the same span. A rule that raises gives a finding of its own, and the
others run.
"""

from collections.abc import Iterable

from callverbs import verbs
from callverbs.interpreter.lint import suppressions
from callverbs.interpreter.lint.context import DEFAULT_CONTEXT, LintContext
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.rule_codes import (
    AMBIGUOUS_SCALAR,
    INTERNAL_ERROR,
    NO_EFFECT,
    NO_EFFECT_HERE,
    UNREADABLE,
    UNUSED_SUPPRESSION,
    WORD_FOR_BOOLEAN,
)
from callverbs.interpreter.lint.rules import RECOMMENDED, RULES, Rule
from callverbs.interpreter.text.source import Source
from callverbs.interpreter.text.syntax_tree import find_node
from callverbs.schemas import Diagnostic, Fix, versions

MESSAGE_MAX_CHARACTERS = 500
"""A line that people can read, and that every reader of reports takes."""
REMOVE_WITHOUT_EFFECT = Fix("remove", safe=False)
"""Removes a property that has no effect. No call changes, but it is unsafe: the author meant something by it, and should learn of it."""


def lint(source: Source, context: LintContext = DEFAULT_CONTEXT, rules: Iterable[Rule] = RECOMMENDED) -> list[Finding]:
    """Returns the findings of a source, in the order of its text."""
    rules = list(rules)
    found = [as_finding(source, one) for one in source.diagnostics]
    if source.readable:
        unread = [one.path for one in source.diagnostics if one.code == UNREADABLE]  # any other diagnostic of these values would be wrong
        diagnostics = _diagnose(source, context, rules)
        found += [as_finding(source, one) for one in diagnostics if not any(one.path[: len(path)] == path for path in unread)]
    return sorted(_select(source, _one_per_cause(found), {rule.code for rule in rules}), key=lambda one: one.sort_key)


def _select(source: Source, found: list[Finding], codes: set[str]) -> list[Finding]:
    """Returns the findings of the enabled rules, without the suppressed ones.

    An unreadable document is always reported, and so is an internal error: either can hide other findings. An error of the document can
    hide some, too, so no suppression is reported as unused beside it: it may be needed again once the error is fixed.
    """
    if not isinstance(source.value, list):
        return [one for one in found if one.severity == "error" or one.code in codes]
    if any(one.severity == "error" for one in found):
        codes = codes - {UNUSED_SUPPRESSION}
    found = [one for one in found if one.code in codes or one.code == INTERNAL_ERROR or one.code not in RULES]
    kept, diagnostics = suppressions.apply(source, found, codes)
    return kept + [as_finding(source, one) for one in diagnostics]


def _diagnose(source: Source, context: LintContext, rules: Iterable[Rule]) -> list[Diagnostic]:
    try:
        document = Document(source.value, context)
    except Exception as error:
        return [_internal_error("the reader of documents", error)]
    found = list(document.diagnostics)
    try:
        for verb in document.main_program:
            item = verb.item
            notes = verbs.notes(item) if verb.spec else verbs.differences(item)
            found += [one.under(*verb.path) for one in (*notes, *versions.diagnose(context.api, item.name, item.body))]
    except Exception as error:
        found.append(_internal_error("the search for what is run otherwise", error))
    for rule in rules:
        try:
            found += list(rule.check(document))
        except Exception as error:
            found.append(_internal_error(f"rule {rule.code} {rule.name}", error))
    return found


def _internal_error(step: str, error: Exception) -> Diagnostic:
    return Diagnostic((), INTERNAL_ERROR, f"{step} has failed: {error!r}")


def _rule(code: str) -> Rule:
    """Returns the rule of a code. A code without a rule is a bug that a test finds; its finding is shown all the same."""
    return RULES.get(code, RULES[INTERNAL_ERROR])


def as_finding(source: Source, diagnostic: Diagnostic) -> Finding:
    """Returns a diagnostic with its span in the text, and the name and severity of its rule."""
    rule = _rule(diagnostic.code)
    return Finding(
        source.name,
        diagnostic.code,
        rule.name,
        rule.severity,
        _shortened(diagnostic.message),
        *source.span_of(diagnostic),
        diagnostic.pointer,
        _fix(source, diagnostic),
        diagnostic.path,
    )


def _fix(source: Source, diagnostic: Diagnostic) -> Fix | None:
    if diagnostic.code in (AMBIGUOUS_SCALAR, WORD_FOR_BOOLEAN):
        return _quotes_fix(source, diagnostic)
    has_no_effect = diagnostic.code in (NO_EFFECT, NO_EFFECT_HERE) and diagnostic.at_key
    return diagnostic.fix or (REMOVE_WITHOUT_EFFECT if has_no_effect else None)


def _quotes_fix(source: Source, diagnostic: Diagnostic) -> Fix | None:
    """Returns the fix that puts a text in quotes which other readers of YAML would take for something else."""
    if not source.readable or diagnostic.offsets is None:
        return None
    node, found = find_node(source.tree, diagnostic.path)
    if not found or node.start != diagnostic.offsets[0]:  # another one has the same key, and is the one that counts
        return None
    value = source.value
    for step in diagnostic.path:
        value = value[step]
    return Fix("replace", value) if isinstance(value, str) else None


def _shortened(message: str) -> str:
    """Returns a message without its middle, if it quotes a name of thousands of characters."""
    if len(message) <= MESSAGE_MAX_CHARACTERS:
        return message
    half = MESSAGE_MAX_CHARACTERS // 2
    return f"{message[:half]}…{message[-half:]}"


def _one_per_cause(found: list[Finding]) -> list[Finding]:
    """Returns one finding per cause: an alias of YAML gives the same diagnostic for every value that shares a text."""
    errors = {finding.span for finding in found if finding.severity == "error"}
    hidden = {(finding.span, code) for finding in found for code in _rule(finding.code).hides}
    hidden |= {(finding.span, finding.code) for finding in found if finding.severity == "info" and finding.span in errors}
    unique = {(finding.span, finding.code, finding.message): finding for finding in reversed(found)}
    return [finding for finding in unique.values() if (finding.span, finding.code) not in hidden]
