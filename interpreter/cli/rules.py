"""`callverbs rules`."""

import click
import msgspec

from interpreter.cli import colours
from interpreter.lint.formats._paint import paint
from interpreter.lint.page import fixable, link, page
from interpreter.lint.rules import RULES

COLUMNS = ("code", "name", "severity", "profile", "fix")


@click.command("rules")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="A table, or JSON.")
def command(form: str) -> int:
    r"""List the rules of lint.

    \b
    callverbs rules
    callverbs rules --format json

    A rule belongs to its profile and to every stricter one: minimal, recommended, strict. `callverbs explain RULE` says more.
    """
    rows = [(rule.code, rule.name, rule.severity, rule.profile, fixable(rule)) for rule in RULES.values()]
    if form == "json":
        told = [
            {**dict(zip(COLUMNS, row, strict=True)), "fix": row[-1] or None, "summary": page(RULES[row[0]]).summary, "url": link(row[0])}
            for row in rows
        ]
        click.echo(msgspec.json.format(msgspec.json.encode({"version": 1, "rules": told})))
        return 0
    widths = [max(len(cell) for cell in column) for column in zip(COLUMNS, *rows, strict=True)]
    for row in (COLUMNS, *rows):
        code, name, severity, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        line = [code, name, paint(severity, row[2], colours()) if row is not COLUMNS else severity, *rest]
        click.echo("  ".join(line).rstrip(), color=colours())
    return 0
