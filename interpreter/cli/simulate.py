"""`callverbs simulate`."""

import sys
from pathlib import Path

import click
import msgspec

from callverbs.interpreter.cli import EXIT_FINDINGS, EXIT_USAGE, colours_enabled
from callverbs.interpreter.cli._application import LiveApplication
from callverbs.interpreter.cli._flow import read_flow
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.line import to_json
from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.server.settings import HOOK_SECRET_VARIABLE
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.people import PersonError
from callverbs.interpreter.simulator.scenario import Scenario, ScenarioError
from callverbs.interpreter.simulator.trial import try_flow


@click.command("simulate")
@click.argument("flow", required=False, type=click.Path(path_type=Path))
@click.option(
    "--scenario", "scenario_file", type=click.Path(path_type=Path), help="Who calls, what hooks answer, what people do, what is expected."
)
@click.option("--press", multiple=True, metavar="KEYS", help="Keys that the caller presses, one --press for one question.")
@click.option("--app", metavar="URL", help="A real application, asked what no hook of the scenario answers. Without FLOW: its first hook.")
@click.option(
    "--secret", envvar=HOOK_SECRET_VARIABLE, default="", help=f"Sign the requests to the application.  [default: ${HOOK_SECRET_VARIABLE}]"
)
@click.option("--dialect", type=click.Choice(["jambonz", "cognigy"]), help="Whose names hooks use.")
@click.option("--for", "limit", metavar="TIME", help="The caller hangs up after this time at the latest.  [default: 120s]")
@click.option("--strict", is_flag=True, help="A hook that the scenario does not answer is a failure.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A ladder, or one JSON object a line.",
)
def command(
    flow: Path | None,
    scenario_file: Path | None,
    press: tuple[str, ...],
    app: str | None,
    secret: str,
    dialect: str | None,
    limit: str | None,
    strict: bool,
    format_name: str,
) -> int:
    r"""Run a call on a virtual clock: no phone, no account, no network. - is the standard input.

    \b
    callverbs simulate flow.json --press 1
    callverbs simulate --scenario scenario.yaml
    callverbs simulate --app http://127.0.0.1:3000/call --press 1
    callverbs simulate flow.json --app http://127.0.0.1:3000 --press 1

    Without a scenario callees answer after 3 s, talk for 10 s and hang up.
    """
    try:
        written = scenario.open_source(scenario_file) if scenario_file else None
        loaded = scenario.read_source(written) if written else Scenario()
        if not flow and scenario_file and loaded.flow:
            flow = scenario_file.parent / loaded.flow
        if not flow and not app and not loaded.is_complete:
            raise click.UsageError("there is no flow: give one, or a scenario that has one, or --app URL")
        source = read_flow(flow) if flow else None
        changed = {"app": app, "dialect": dialect, "for_": limit, "strict": strict or None, "flow": flow.name if flow else None}
        loaded = msgspec.structs.replace(loaded, **{key: value for key, value in changed.items() if value is not None})
        _check(loaded, app, press)
        live = LiveApplication(app, secret) if app else None
        trial = try_flow(source, loaded, str(flow or app or scenario_file), live, press, written)
    except (ScenarioError, PersonError) as error:
        click.echo(str(error), err=True)
        return EXIT_USAGE
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        return EXIT_USAGE
    if not trial.passed and not trial.lines and source:
        click.echo(formats.render("text", [LintResult(source, trial.findings)], colours_enabled(sys.stderr)), err=True, nl=False)
        return EXIT_FINDINGS
    for row in map(to_json, trial.lines) if format_name == "json" else draw(trial.lines, colours_enabled()):
        click.echo(row)
    for remark in trial.remarks if written else ():
        click.echo(remark, err=True)
    for failure in trial.failures:
        click.echo(f"\nnot as expected:\n{failure}", err=True)
    return 0 if trial.passed else EXIT_FINDINGS


def _check(loaded: Scenario, app: str | None, press: tuple[str, ...]) -> None:
    """Checks what the command line adds to the scenario, by the rules of a scenario file. Raises ScenarioError or PersonError."""
    _ = loaded.max_seconds
    if app is not None:
        scenario.checked_url(app)
    if "" in press:
        raise PersonError("say which keys: 0-9 A-D * #, with w for half a second and W for one")
