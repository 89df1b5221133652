"""`callverbs explain`."""

import shutil
import textwrap
from collections.abc import Iterator

import click
import msgspec

from interpreter.cli import USAGE, colours
from interpreter.lint.formats._paint import paint
from interpreter.lint.formats.text import blocks
from interpreter.lint.page import fixable, link, markdown, page, tried
from interpreter.lint.rules import RULES, Rule
from interpreter.lint.selection import codes, unknown

WIDEST = 100


@click.command("explain")
@click.argument("rules", nargs=-1, required=True, metavar="RULE...")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How it is printed."
)
def command(rules: tuple[str, ...], form: str) -> int:
    r"""Say what a rule of lint means: why it hurts a caller, a bad example and a good one.

    \b
    callverbs explain CV302
    callverbs explain too-many-targets CV30 --format markdown

    A rule is its code, its name, or the beginning of some codes.
    """
    words = [word.upper() if word.lower().startswith("cv") else word.lower() for word in rules]
    wrong = [complaint for word in words if (complaint := unknown(word))]
    if wrong:
        click.echo("\n".join(wrong), err=True)
        return USAGE
    wanted = [RULES[code] for code in dict.fromkeys(code for word in words for code in codes(word))]
    if form == "json":
        told = {"version": 1, "rules": list(map(_told, wanted))}
        click.echo(msgspec.json.format(msgspec.json.encode(told)))
    elif form == "markdown":
        click.echo("\n".join(map(markdown, wanted)), nl=False)
    else:
        click.echo("\n\n".join("\n".join(_lines(rule, colours())) for rule in wanted), color=colours())
    return 0


def _told(rule: Rule) -> dict[str, object]:
    found = page(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "profile": rule.profile,
        "fix": fixable(rule) or None,
        "summary": found.summary,
        "what": found.what,
        "why": found.why,
        "bad": found.bad,
        "good": found.good,
        "url": link(rule.code),
    }


def _lines(rule: Rule, colour: bool) -> Iterator[str]:
    found = page(rule)
    width = min(shutil.get_terminal_size().columns, WIDEST)
    fix = {"": "", "safe": ", lint --fix can mend it", "unsafe": ", lint --unsafe-fixes can mend it"}[fixable(rule)]
    yield f"{paint(f'{rule.code} {rule.name}', 'path', colour)}  {paint(rule.severity, rule.severity, colour)}, {rule.profile}{fix}"
    for part in (*found.what, f"Why: {found.why}"):
        yield f"\n{textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False)}"
    yield f"\nBad:\n\n{textwrap.indent(found.bad, '    ')}"
    for block in blocks([tried(rule)], colour):
        yield f"\n{block.rstrip()}"
    yield f"\nGood:\n\n{textwrap.indent(found.good, '    ')}\n\n{link(rule.code)}"
