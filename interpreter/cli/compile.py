"""`callverbs compile`."""

import sys
from pathlib import Path

import click
import msgspec

from interpreter.cli import FOUND, USAGE, colours
from interpreter.lint import formats
from interpreter.lint.formats import Linted
from interpreter.lint.linter import lint
from interpreter.lint.surroundings import Surroundings
from interpreter.simulator.compiled import Compiled, compiled
from interpreter.simulator.ladder import summary
from interpreter.simulator.scenario import Dialect
from interpreter.text.source import Source


@click.command("compile")
@click.argument("flow", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="A table, or JSON.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), default="jambonz", show_default=True, help="Whose names hooks use.")
def command(flow: Path, form: str, dialect: Dialect) -> int:
    r"""Show the carrier's commands that each verb of a document becomes.

    \b
    callverbs compile flow.json
    callverbs compile flow.yaml --format json

    Every verb is tried by itself, in an answered call, with people who answer; hooks get no verbs. What the carrier refuses is
    shown, and makes the exit code 1.
    """
    try:
        source = Source.read(flow)
    except OSError as error:
        click.echo(f"{flow}: {error.strerror}", err=True)
        return USAGE
    findings = [finding for finding in lint(source, Surroundings(dialect=dialect)) if finding.severity == "error"]
    if findings:
        click.echo(formats.write("text", [Linted(source, findings)], colours(sys.stderr)), err=True, nl=False)
        return FOUND
    verbs = compiled(source.value, dialect)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode({"version": 1, "verbs": verbs})))
    else:
        for verb in verbs:
            _table(verb)
    return FOUND if any(verb.refusals for verb in verbs) else 0


def _table(verb: Compiled) -> None:
    click.echo(f"{verb.pointer:<6} {verb.verb}")
    for command_line in verb.commands:
        click.echo(f"       {command_line.leg:<4}{command_line.name:<20} {summary(command_line)}".rstrip())
    for refusal in verb.refusals:
        click.echo(f"       refused: {refusal}")
    if not verb.commands and not verb.refusals:
        click.echo("       (no command: it is done by callverbs itself)")
