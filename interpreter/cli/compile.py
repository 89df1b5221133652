"""`callverbs compile`."""

import sys
from pathlib import Path

import click
import msgspec

from callverbs.interpreter.cli import EXIT_FINDINGS, EXIT_USAGE, colours_enabled
from callverbs.interpreter.cli._flow import read_flow
from callverbs.interpreter.ladder.drawing import summary
from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.simulator.compiled import CompiledVerb, compile_document
from callverbs.interpreter.simulator.scenario import Dialect


@click.command("compile")
@click.argument("flow", type=click.Path(path_type=Path))
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True, help="A table, or JSON.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), default="jambonz", show_default=True, help="Whose names hooks use.")
def command(flow: Path, format_name: str, dialect: Dialect) -> int:
    r"""Show the carrier's commands that each verb of a document becomes; - is the standard input.

    \b
    callverbs compile flow.json
    callverbs compile flow.yaml --format json

    Every verb runs by itself, in an answered call, with callees who answer; hooks reply without verbs. A command that the carrier
    refuses is shown, and makes the exit code 1.
    """
    try:
        source = read_flow(flow)
    except OSError as error:
        click.echo(f"{flow}: {error.strerror}", err=True)
        return EXIT_USAGE
    findings = [finding for finding in lint(source, LintContext(dialect=dialect)) if finding.severity == "error"]
    if findings:
        click.echo(formats.render("text", [LintResult(source, findings)], colours_enabled(sys.stderr)), err=True, nl=False)
        return EXIT_FINDINGS
    verbs = compile_document(source.value, dialect)
    if format_name == "json":
        click.echo(msgspec.json.format(msgspec.json.encode({"version": 1, "verbs": verbs})))
    else:
        for verb in verbs:
            _print_verb(verb)
    return EXIT_FINDINGS if any(verb.refusals for verb in verbs) else 0


def _print_verb(verb: CompiledVerb) -> None:
    click.echo(f"{verb.pointer:<6} {verb.verb}")
    for command_line in verb.commands:
        click.echo(f"       {command_line.leg:<4}{command_line.name:<20} {summary(command_line)}".rstrip())
    for refusal in verb.refusals:
        click.echo(f"       refused: {refusal}")
    if not verb.commands and not verb.refusals:
        click.echo("       (no command: callverbs does it by itself)")
