"""`callverbs carrier`."""

import asyncio
import signal
from pathlib import Path

import click

from callverbs.interpreter.cli import EXIT_USAGE
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.people import PersonDirectory
from callverbs.interpreter.simulator.scenario import Scenario, ScenarioError


@click.command("carrier")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--webhook", metavar="URL", required=True, help="Where webhooks are posted.")
@click.option("--scenario", "scenario_file", type=click.Path(path_type=Path), help="The people on the line, from a scenario file.")
@click.option("--strict", is_flag=True, help="Refuse parameters that a command does not have.")
@click.option("--in-order", is_flag=True, help="Deliver the webhooks of a leg one after the other, in their order.")
def command(host: str, port: int, webhook: str, scenario_file: Path | None, strict: bool, in_order: bool) -> int:
    r"""Run a simulated carrier, for any Call Control program.

    \b
    callverbs carrier --webhook http://127.0.0.1:8080/webhooks/telnyx
    curl -d '{"from": "+14155550100", "to": "+14155550199"}' http://127.0.0.1:9000/_sim/calls

    It has the API /v2/calls and signs its webhooks. With /_sim you control the people on the line.
    """
    try:
        scenario.checked_url(webhook)
        loaded = scenario.read(scenario_file) if scenario_file else Scenario()
        asyncio.run(_run(host, port, webhook, loaded, strict, in_order))
    except (ScenarioError, OSError) as error:
        click.echo(f"callverbs carrier: {error}", err=True)
        return EXIT_USAGE
    return 0


async def _run(host: str, port: int, webhook: str, loaded: Scenario, strict: bool, in_order: bool) -> None:
    people = PersonDirectory(loaded.people, loaded.caller)
    media, recordings, streams = loaded.media_durations, loaded.recording_outcomes, loaded.stream_stubs
    agents = AgentDirectory(loaded.agents)
    async with CarrierServer(
        webhook,
        host=host,
        port=port,
        people=people,
        media=media,
        recordings=recordings,
        streams=streams,
        agents=agents,
        is_strict=strict,
        in_order=in_order,
        on_line=_show,
    ) as carrier:
        click.echo(f"callverbs carrier on {carrier.address}")
        click.echo(f"TELNYX_BASE_URL={carrier.base_url}")
        click.echo(f"TELNYX_PUBLIC_KEY={carrier.public_key}")
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()


def _show(line: Line) -> None:
    """Prints what is wrong with a request, or with the delivery of a webhook."""
    if line.kind == "note":
        click.echo(f"{line.at:9.3f}  {line.leg:<4} {line.text}", err=True)
