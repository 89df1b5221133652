"""`callverbs lint`."""

import sys

import click

from interpreter.cli import colours
from interpreter.lint.run import run
from interpreter.lint.surroundings import Surroundings


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How findings are printed.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), default="jambonz", show_default=True, help="Whose names hooks use.")
@click.option("--api", type=click.Choice(["1", "2"]), default="2", show_default=True, help="Version of the carrier's API.")
def command(paths: tuple[str, ...], form: str, dialect: str, api: str) -> int:
    r"""Check flows: JSON or YAML files, or folders that hold some.

    \b
    callverbs lint flow.json
    callverbs lint flows/ --format json

    Errors would hurt a call; warnings and errors make the exit code 1, information does not.
    """
    return run(paths, form, colours(), sys.stdout, surroundings=Surroundings(dialect=dialect, api=int(api)))
