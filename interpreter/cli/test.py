"""`callverbs test`."""

from pathlib import Path

import click

from callverbs.interpreter.cli import EXIT_FINDINGS, EXIT_NO_INPUT, EXIT_USAGE, _results, colours_enabled
from callverbs.interpreter.simulator.scenario import ScenarioError
from callverbs.interpreter.simulator.trial import Trial, find_scenarios, try_scenario


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="How results are printed.",
)
@click.option("--update", is_flag=True, help="Write the ladders: a ladder.txt beside each scenario that passes.")
def command(paths: tuple[Path, ...], format_name: str, update: bool) -> int:
    r"""Run every scenario: files named *scenario.yaml, in these folders or here.

    \b
    callverbs test
    callverbs test samples/ --format junit > results.xml

    If a ladder.txt is beside a scenario, the call has to be the same, byte for byte.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise click.UsageError(f"there is no {missing[0]}")
    files = find_scenarios(list(paths) or [Path()])
    if not files:
        click.echo("there is no scenario here: a scenario is a file named *scenario.yaml", err=True)
        return EXIT_NO_INPUT
    results: list[tuple[Path, Trial]] = []
    unreadable = False
    for file in files:
        try:
            trial = try_scenario(file, update)
        except ScenarioError as error:
            trial = Trial(str(file), failures=str(error).splitlines())
            unreadable = True
        results.append((file, trial))
        if format_name == "text":
            _results.print_line(file, trial, colours_enabled())
    _results.PRINTERS[format_name](results)
    if unreadable:
        return EXIT_USAGE
    return 0 if all(trial.passed for _, trial in results) else EXIT_FINDINGS
