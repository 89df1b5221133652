"""`callverbs test`."""

from pathlib import Path

import click

from interpreter.cli import FOUND, NOTHING, USAGE, _results, colours
from interpreter.simulator.scenario import ScenarioError
from interpreter.simulator.trial import Trial, find, try_scenario


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True, help="How results are printed."
)
@click.option("--update", is_flag=True, help="Keep the ladders of these calls: write ladder.txt beside each scenario that holds.")
def command(paths: tuple[Path, ...], form: str, update: bool) -> int:
    r"""Run every scenario: files named *scenario.yaml, in these folders or here.

    \b
    callverbs test
    callverbs test samples/ --format junit > results.xml

    Where a ladder.txt stands beside a scenario, the call has to be the same, byte for byte.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise click.UsageError(f"there is no {missing[0]}")
    files = find(list(paths) or [Path()])
    if not files:
        click.echo("there is no scenario here: a scenario is a file named *scenario.yaml", err=True)
        return NOTHING
    results: list[tuple[Path, Trial]] = []
    unreadable = False
    for file in files:
        try:
            trial = try_scenario(file, update)
        except ScenarioError as error:
            trial = Trial(str(file), failures=[str(error)])
            unreadable = True
        results.append((file, trial))
        if form == "text":
            _results.line(file, trial, colours())
    _results.SUMMARIES[form](results)
    if unreadable:
        return USAGE
    return 0 if all(trial.passed for _, trial in results) else FOUND
