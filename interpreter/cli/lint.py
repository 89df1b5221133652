"""`callverbs lint`."""

import sys
from pathlib import Path
from typing import Any

import click
from msgspec import UNSET

from callverbs import schemas
from callverbs.interpreter.cli import colours_enabled
from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.finding import Severity
from callverbs.interpreter.lint.rule import PROFILES
from callverbs.interpreter.lint.run import LintOptions, run
from callverbs.interpreter.lint.selection import Layer, parse_severity

FILE_PATH = click.Path(path_type=Path, dir_okay=False)


def split_commas(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the values of an option that is given several times, or once with commas."""
    return tuple(word.strip() for one in value for word in one.split(",") if word.strip())


def parse_severities(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, Severity]:
    """Returns severities by rule. Raises BadParameter where one cannot be read."""
    try:
        return dict(parse_severity(one) for one in split_commas(ctx, param, value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "format_name", type=click.Choice(formats.names()), default="text", show_default=True, help="How findings are printed."
)
@click.option("--output-file", type=FILE_PATH, help="Write the report to a file, and text to the terminal.")
@click.option("--profile", type=click.Choice(PROFILES), help="How strict to be.  [default: recommended]")
@click.option("--select", multiple=True, callback=split_commas, metavar="RULE,...", help="Only these rules, and those of --profile.")
@click.option("--ignore", multiple=True, callback=split_commas, metavar="RULE,...", help="Do not run these rules.")
@click.option(
    "--severity",
    multiple=True,
    callback=parse_severities,
    metavar="RULE=SEVERITY",
    help="Change the severity of a rule: error, warning or info.",
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Files to leave out, written as in .gitignore.")
@click.option("--config", type=FILE_PATH, help="The settings file, instead of the nearest callverbs.toml or pyproject.toml.")
@click.option("--baseline", type=FILE_PATH, help="Do not report the known findings in this file.")
@click.option("--write-baseline", type=FILE_PATH, help="Write all findings into a baseline file.")
@click.option("--base-url", metavar="URL", help="Origin of relative hooks; --base-url= says that there is none.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), help="Whose names hooks use.  [default: jambonz]")
@click.option("--api", type=click.Choice(["1", "2"]), help="Version of the carrier's API.  [default: 2]")
@click.option("--number", "numbers", multiple=True, metavar="E164", help="A number that is ours.")
@click.option("--stdin-filename", default="", metavar="NAME", help="A file name for the standard input (-).")
@click.option("--verbose", "-v", is_flag=True, help="List the files of folders that are skipped, and why.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 in spite of findings.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes, which change no call, and report the rest.")
@click.option("--unsafe-fixes", is_flag=True, help="Also apply fixes after which a caller may hear something else: check the result.")
@click.option("--diff", is_flag=True, help="Show what would be fixed, and write nothing; the exit code is 1 if there is something.")
def command(paths: tuple[str, ...], format_name: str, output_file: Path | None, stdin_filename: str, **given: Any) -> int:
    r"""Check flows: JSON or YAML files, or folders that hold some; - is the standard input.

    \b
    callverbs lint flow.json
    callverbs lint flows/ --format sarif --output-file lint.sarif
    callverbs lint flows/ --select CV3,relative-hook-without-base --base-url=
    callverbs lint flows/ --profile strict --ignore CV902 --severity CV302=warning
    callverbs lint flows/ --write-baseline known.json
    callverbs lint flows/ --diff --unsafe-fixes
    callverbs lint - --stdin-filename flow.yaml < flow.yaml

    A RULE is a code (CV302), the beginning of codes (CV3), a name (too-many-targets) or a profile. An error breaks a call. Errors and
    warnings make the exit code 1, info does not. Options override callverbs.toml.
    """
    checked = {"base_url": given["base_url"], "numbers": list(given["numbers"])}
    if diagnostics := schemas.diagnose("components/lint", {key: value for key, value in checked.items() if value}):
        raise click.UsageError("\n".join(diagnostic.message for diagnostic in diagnostics))
    layer = Layer(
        profile=_or_unset(given["profile"]),
        select=given["select"] or UNSET,
        ignore=given["ignore"],
        severity=given["severity"],
        dialect=_or_unset(given["dialect"]),
        api=_or_unset(given["api"] and int(given["api"])),
        base_url=_or_unset(given["base_url"]),
        numbers=given["numbers"] or UNSET,
    )
    options = LintOptions(
        layer=layer,
        config=given["config"],
        exclude=given["exclude"],
        baseline=given["baseline"],
        write_baseline=given["write_baseline"],
        output=output_file,
        exit_zero=given["exit_zero"],
        fix="unsafe" if given["unsafe_fixes"] else "safe" if given["fix"] or given["diff"] else "",
        diff=given["diff"],
        verbose=given["verbose"],
        stdin=sys.stdin.buffer,
        stdin_name=stdin_filename,
    )
    return run(paths, format_name, colours_enabled(), sys.stdout, options=options)


def _or_unset(value: Any) -> Any:
    """Returns a value, or UNSET for an option that was not given."""
    return UNSET if value is None else value
