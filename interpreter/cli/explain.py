"""`callverbs explain`."""

import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

import callverbs.verbs
from callverbs import schemas
from callverbs.interpreter.cli import EXIT_USAGE, colours_enabled
from callverbs.interpreter.lint.formats._colours import coloured
from callverbs.interpreter.lint.formats.text import format_findings
from callverbs.interpreter.lint.rule_page import fix_safety, lint_bad_example, page_url, read_page, to_markdown
from callverbs.interpreter.lint.rules import RULES, Rule
from callverbs.interpreter.lint.selection import NO_GUESS, codes_of, explain_unknown
from callverbs.verbs import REGISTRY, SYNONYMS
from callverbs.verbs.language.names import file_name

MAX_WIDTH_COLUMNS = 100
PAGES = Path(callverbs.verbs.__file__).parent
MARK = re.compile(r"<!--.*?-->\n", re.DOTALL)


@click.command("explain")
@click.argument("words", nargs=-1, required=True, metavar="RULE|VERB...")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How it is printed."
)
def command(words: tuple[str, ...], format_name: str) -> int:
    r"""Explain a rule of lint: what it finds, why that matters to a caller, a bad example and a good one. Or show the page of a verb.

    \b
    callverbs explain CV302
    callverbs explain too-many-targets CV30 --format markdown
    callverbs explain gather

    A RULE is a code (CV302), a name (too-many-targets), or the beginning of codes (CV30).
    """
    names = [word.upper() if word.lower().startswith("cv") else word.lower() for word in words]
    verbs = list(dict.fromkeys(SYNONYMS.get(name, name) for name in names if SYNONYMS.get(name, name) in REGISTRY))
    selectors = [name for name in names if SYNONYMS.get(name, name) not in REGISTRY]
    errors = [_explain_unknown(name) for name in selectors if explain_unknown(name)]
    if errors:
        click.echo("\n".join(errors), err=True)
        return EXIT_USAGE
    wanted = [RULES[code] for code in dict.fromkeys(code for name in selectors for code in codes_of(name))]
    if format_name == "json":
        report: dict[str, object] = {"version": 1, "rules": list(map(_rule_fields, wanted))}
        if verbs:
            report["verbs"] = [{"name": name, "page": _verb_page(name)} for name in verbs]
        click.echo(msgspec.json.format(msgspec.json.encode(report)))
        return 0
    pages = list(map(_verb_page, verbs))
    if format_name == "markdown":
        click.echo("\n".join([*pages, *map(to_markdown, wanted)]), nl=False)
    else:
        texts = [*pages, *("\n".join(_rule_lines(rule, colours_enabled())) for rule in wanted)]
        click.echo("\n\n".join(text.rstrip("\n") for text in texts), color=colours_enabled())
    return 0


def _verb_page(name: str) -> str:
    """Returns the page of a verb, as Markdown, without the marks of its generated parts."""
    text = (PAGES / f"{file_name(name)}.md").read_text(encoding="utf-8")
    return MARK.sub("", text)


def _explain_unknown(word: str) -> str:
    """Returns why a word is neither a rule nor a verb."""
    meant = schemas.nearest(word, [*REGISTRY, *SYNONYMS]) if explain_unknown(word) == f"there is no rule {word}{NO_GUESS}" else ""
    return f"there is no rule and no verb {word}; did you mean {meant}?" if meant else str(explain_unknown(word))


def _rule_fields(rule: Rule) -> dict[str, object]:
    """Returns the fields of a rule as JSON has them."""
    page = read_page(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "profile": rule.profile,
        "fix": fix_safety(rule) or None,
        "summary": page.summary,
        "what": page.description,
        "why": page.why,
        "bad": page.bad,
        "good": page.good,
        "url": page_url(rule.code),
    }


def _rule_lines(rule: Rule, colour: bool) -> Iterator[str]:
    """Yields the lines of a rule as text."""
    page = read_page(rule)
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH_COLUMNS)
    fix = {"": "", "safe": ", lint --fix can fix it", "unsafe": ", lint --unsafe-fixes can fix it"}[fix_safety(rule)]
    yield f"{coloured(f'{rule.code} {rule.name}', 'path', colour)}  {coloured(rule.severity, rule.severity, colour)}, {rule.profile}{fix}"
    for part in (*page.description, f"Why: {page.why}"):
        yield f"\n{textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False)}"
    yield f"\nBad:\n\n{textwrap.indent(page.bad, '    ')}"
    for block in format_findings([lint_bad_example(rule)], colour):
        yield f"\n{block.rstrip()}"
    yield f"\nGood:\n\n{textwrap.indent(page.good, '    ')}\n\n{page_url(rule.code)}"
