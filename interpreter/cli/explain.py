"""`callverbs explain`."""

import shutil
import textwrap
from collections.abc import Iterator

import click
import msgspec

from callverbs.interpreter.cli import EXIT_USAGE, colours_enabled
from callverbs.interpreter.lint.formats._colours import coloured
from callverbs.interpreter.lint.formats.text import format_findings
from callverbs.interpreter.lint.rule_page import fix_safety, lint_bad_example, page_url, read_page, to_markdown
from callverbs.interpreter.lint.rules import RULES, Rule
from callverbs.interpreter.lint.selection import codes_of, explain_unknown

MAX_WIDTH_COLUMNS = 100


@click.command("explain")
@click.argument("rules", nargs=-1, required=True, metavar="RULE...")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How it is printed."
)
def command(rules: tuple[str, ...], format_name: str) -> int:
    r"""Explain a rule of lint: what it finds, why that matters to a caller, a bad example and a good one.

    \b
    callverbs explain CV302
    callverbs explain too-many-targets CV30 --format markdown

    A RULE is a code (CV302), a name (too-many-targets), or the beginning of codes (CV30).
    """
    words = [word.upper() if word.lower().startswith("cv") else word.lower() for word in rules]
    errors = [error for word in words if (error := explain_unknown(word))]
    if errors:
        click.echo("\n".join(errors), err=True)
        return EXIT_USAGE
    wanted = [RULES[code] for code in dict.fromkeys(code for word in words for code in codes_of(word))]
    if format_name == "json":
        report = {"version": 1, "rules": list(map(_rule_fields, wanted))}
        click.echo(msgspec.json.format(msgspec.json.encode(report)))
    elif format_name == "markdown":
        click.echo("\n".join(map(to_markdown, wanted)), nl=False)
    else:
        click.echo("\n\n".join("\n".join(_rule_lines(rule, colours_enabled())) for rule in wanted), color=colours_enabled())
    return 0


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
