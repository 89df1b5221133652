"""`callverbs carrier`."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import click

from callverbs.interpreter.cli import EXIT_USAGE, colours_enabled
from callverbs.interpreter.ladder.drawing import LEG_CHARACTERS, draw, draw_line
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator import account_file, scenario
from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.account_file import AccountError
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.control_routes import COLUMNS
from callverbs.interpreter.simulator.live_carrier import MAX_SPEED, seed_of
from callverbs.interpreter.simulator.people import PersonDirectory
from callverbs.interpreter.simulator.scenario import Scenario, ScenarioError


@click.command("carrier")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--webhook", metavar="URL", help="Where webhooks are posted. Without it they are only shown.")
@click.option("--scenario", "scenario_file", type=click.Path(path_type=Path), help="The people on the line, from a scenario file.")
@click.option("--account", "account_path", type=click.Path(path_type=Path), help="Applications, numbers and faults, from a file.")
@click.option("--api-key", default="", help="The only API key that is accepted. Without it every key is.")
@click.option("--seed", default="", help="Any text: the same one gives the same public key and the same faults again.")
@click.option("--speed", type=click.FloatRange(0, MAX_SPEED, min_open=True), default=1.0, show_default=True, help="How fast time passes.")
@click.option("--frozen", is_flag=True, help="Let time stand still: POST /_sim/clock/advance advances it.")
@click.option("--strict", is_flag=True, help="Refuse parameters that a command does not have.")
@click.option("--in-order", is_flag=True, help="Deliver the webhooks of a leg one after the other, in their order.")
@click.option("--quiet", is_flag=True, help="Show warnings only, and not every command and webhook.")
def command(
    *, host: str, port: int, webhook: str | None, scenario_file: Path | None, account_path: Path | None, quiet: bool, **options: Any
) -> int:
    r"""Run a simulated carrier, for any Call Control program.

    \b
    callverbs carrier --webhook http://127.0.0.1:8080/webhooks/telnyx
    curl -d '{"from": "+14155550100", "to": "+14155550199"}' http://127.0.0.1:9000/_sim/calls

    It has the API /v2/calls and signs its webhooks. With /_sim you control the people on the line.
    """
    try:
        url = "" if webhook is None else scenario.checked_url(webhook)
        loaded = scenario.read(scenario_file) if scenario_file else Scenario()
        account, faults = account_file.read(account_path, url) if account_path else (Account.of_one(url), [])
        server = CarrierServer(
            host=host,
            port=port,
            account=account,
            faults=faults,
            on_line=_show_notes if quiet else _show,
            **_people(loaded),
            **_options(**options),
        )
        asyncio.run(_run(server, quiet))
    except (ScenarioError, AccountError, OSError) as error:
        click.echo(f"callverbs carrier: {error}", err=True)
        return EXIT_USAGE
    return 0


def _people(loaded: Scenario) -> dict[str, Any]:
    """Returns the options that a scenario gives."""
    return {
        "people": PersonDirectory(loaded.people, loaded.caller),
        "media": loaded.media_durations,
        "recordings": loaded.recording_outcomes,
        "streams": loaded.stream_stubs,
        "agents": AgentDirectory(loaded.agents),
    }


def _options(*, api_key: str, seed: str, speed: float, frozen: bool, strict: bool, in_order: bool) -> dict[str, Any]:
    """Returns the options that the command line gives."""
    found: dict[str, Any] = {"api_key": api_key, "fault_seed": seed, "is_strict": strict, "in_order": in_order}
    found["speed"] = 0.0 if frozen else speed
    return {**found, "seed": seed_of(seed)} if seed else found


async def _run(server: CarrierServer, quiet: bool) -> None:
    async with server as carrier:
        click.echo(f"callverbs carrier on {carrier.address}")
        click.echo(f"TELNYX_BASE_URL={carrier.base_url}")
        click.echo(f"TELNYX_PUBLIC_KEY={carrier.public_key}")
        if not quiet:
            click.echo("".join(draw((), colours_enabled(), COLUMNS)))
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()


def _show(line: Line) -> None:
    """Prints what happens."""
    click.echo(draw_line(line, LEG_CHARACTERS, colours_enabled()))


def _show_notes(line: Line) -> None:
    """Prints what is wrong with a request, or with the delivery of a webhook."""
    if line.kind == "note":
        _show(line)
