"""`callverbs rules`."""

import click
import msgspec

from callverbs.interpreter.cli import colours_enabled
from callverbs.interpreter.lint.formats._colours import coloured
from callverbs.interpreter.lint.rule_page import fix_safety, page_url, read_page
from callverbs.interpreter.lint.rules import RULES

COLUMNS = ("code", "name", "severity", "profile", "fix")


@click.command("rules")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True, help="A table, or JSON.")
def command(format_name: str) -> int:
    r"""List the rules of lint.

    \b
    callverbs rules
    callverbs rules --format json

    A rule belongs to its profile and to every stricter one: minimal, recommended, strict. `callverbs explain RULE` says more.
    """
    rows = [(rule.code, rule.name, rule.severity, rule.profile, fix_safety(rule)) for rule in RULES.values()]
    if format_name == "json":
        entries = [
            {
                **dict(zip(COLUMNS, row, strict=True)),
                "fix": row[-1] or None,
                "summary": read_page(RULES[row[0]]).summary,
                "url": page_url(row[0]),
            }
            for row in rows
        ]
        click.echo(msgspec.json.format(msgspec.json.encode({"version": 1, "rules": entries})))
        return 0
    widths = [max(len(cell) for cell in column) for column in zip(COLUMNS, *rows, strict=True)]
    for row in (COLUMNS, *rows):
        code, name, severity, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        line = [code, name, coloured(severity, row[2], colours_enabled()) if row is not COLUMNS else severity, *rest]
        click.echo("  ".join(line).rstrip(), color=colours_enabled())
    return 0
