"""`callverbs lint`."""

import sys
from pathlib import Path
from typing import Any

import click
from msgspec import UNSET

import schemas
from interpreter.cli import colours
from interpreter.lint import formats
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import PROFILES
from interpreter.lint.run import Asked, run
from interpreter.lint.selection import Layer, wish

FILE = click.Path(path_type=Path, dir_okay=False)


def words(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """An option that is given often, or once with commas."""
    return tuple(word.strip() for one in value for word in one.split(",") if word.strip())


def wishes(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, Severity]:
    """Rules and their severities."""
    try:
        return dict(wish(one) for one in words(ctx, param, value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(formats.names()), default="text", show_default=True, help="How findings are printed.")
@click.option("--output-file", type=FILE, help="Write the report to a file; the terminal gets text all the same.")
@click.option("--profile", type=click.Choice(PROFILES), help="How strict to be.  [default: recommended]")
@click.option("--select", multiple=True, callback=words, metavar="RULE,...", help="Only these rules, and those of --profile.")
@click.option("--ignore", multiple=True, callback=words, metavar="RULE,...", help="Not these rules.")
@click.option("--severity", multiple=True, callback=wishes, metavar="RULE=SEVERITY", help="What a rule is here: error, warning or info.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Files to leave out, written as in .gitignore.")
@click.option("--config", type=FILE, help="The settings file, instead of the nearest callverbs.toml or pyproject.toml.")
@click.option("--baseline", type=FILE, help="Do not tell what this file knows.")
@click.option("--write-baseline", type=FILE, help="Write all that is found into a baseline.")
@click.option("--base-url", metavar="URL", help="Origin of relative hooks; --base-url= says that there is none.")
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), help="Whose names hooks use.  [default: jambonz]")
@click.option("--api", type=click.Choice(["1", "2"]), help="Version of the carrier's API.  [default: 2]")
@click.option("--number", "numbers", multiple=True, metavar="E164", help="A number that is ours.")
@click.option("--stdin-filename", default="", metavar="NAME", help="What the standard input (-) is called.")
@click.option("--exit-zero", is_flag=True, help="Findings are no reason to fail.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without changing a call, and tell what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend also where a caller may hear something else: look at what it has done.")
@click.option("--diff", is_flag=True, help="Show what would be mended, and write nothing; the exit code is 1 if there is something.")
def command(paths: tuple[str, ...], form: str, output_file: Path | None, stdin_filename: str, **given: Any) -> int:
    r"""Check flows: JSON or YAML files, or folders that hold some; - is the standard input.

    \b
    callverbs lint flow.json
    callverbs lint flows/ --format sarif --output-file lint.sarif
    callverbs lint flows/ --select CV3,relative-hook-without-base --base-url=
    callverbs lint flows/ --profile strict --ignore CV902 --severity CV302=warning
    callverbs lint flows/ --write-baseline known.json
    callverbs lint flows/ --diff --unsafe-fixes
    callverbs lint - --stdin-filename flow.yaml < flow.yaml

    A RULE is a code (CV302), the beginning of codes (CV3), a name (too-many-targets) or a profile. Errors would hurt a call;
    warnings and errors make the exit code 1, information does not. What is said here wins over callverbs.toml.
    """
    told = {"base_url": given["base_url"], "numbers": list(given["numbers"])}
    if wrong := schemas.faults("components/lint", {key: value for key, value in told.items() if value}):
        raise click.UsageError("\n".join(fault.message for fault in wrong))
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
    asked = Asked(
        layer=layer,
        config=given["config"],
        exclude=given["exclude"],
        baseline=given["baseline"],
        write_baseline=given["write_baseline"],
        output=output_file,
        exit_zero=given["exit_zero"],
        mend="unsafe" if given["unsafe_fixes"] else "safe" if given["fix"] or given["diff"] else "",
        diff=given["diff"],
        stdin=sys.stdin.buffer,
        stdin_name=stdin_filename,
    )
    return run(paths, form, colours(), sys.stdout, asked=asked)


def _or_unset(value: Any) -> Any:
    """What was not given."""
    return UNSET if value is None else value
