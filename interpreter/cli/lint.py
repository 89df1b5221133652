"""`callverbs lint`."""

import sys

import click

from interpreter.cli import colours
from interpreter.lint.run import run


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How findings are printed.")
def command(paths: tuple[str, ...], form: str) -> int:
    r"""Check flows: JSON or YAML files, or folders that hold some.

    \b
    callverbs lint flow.json
    callverbs lint flows/ --format json

    Errors would hurt a call; warnings and errors make the exit code 1, information does not.
    """
    return run(paths, form, colours(), sys.stdout)
