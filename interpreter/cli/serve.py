"""`callverbs serve`."""

import asyncio
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from callverbs.interpreter.cli import EXIT_INTERNAL_ERROR, EXIT_USAGE
from callverbs.interpreter.server import log, settings
from callverbs.interpreter.server.run import BoundServer, run
from callverbs.interpreter.server.settings import Settings, SettingsError
from callverbs.interpreter.server.workers import WorkerApp, run_workers
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.opening import check_store


@click.command("serve")
@click.option("--app", metavar="URL|FILE", help="The application: its first hook, or a local document.")
@click.option("--base-url", metavar="URL", help="The origin of relative hooks, where the application is a local document.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.  [default: 8080]")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that serve.  [default: 1]")
@click.option(
    "--store",
    metavar="URL",
    multiple=True,
    help="Where calls are kept: sqlite:///PATH, postgresql://… or memory:; several for shards.  [default: sqlite:///callverbs.sqlite]",
)
@click.option("--carrier", type=click.Choice(["telnyx", "simulated"]), help="The live carrier, or a simulated one in the same process.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.  [default: callverbs.toml, if there is one]")
def command(**flags: object) -> int:
    r"""Serve calls: take the carrier's webhooks, ask the application, send commands.

    \b
    TELNYX_API_KEY=… TELNYX_PUBLIC_KEY=… callverbs serve --app https://example.com/call
    callverbs serve --app flow.yaml --base-url http://127.0.0.1:3000 --carrier simulated

    The carrier posts its webhooks to /webhooks/telnyx. Calls that are on disk continue at the next start. SIGHUP reads the settings anew.
    """
    config = flags.pop("config")
    read = partial(_read, flags, config if isinstance(config, Path) else None)
    try:
        loaded = read()
        bound = BoundServer.bind(loaded)
    except SettingsError as error:
        for reason in error.reasons:
            click.echo(f"callverbs serve: {reason}", err=True)
        return EXIT_USAGE
    except (OSError, ValueError) as error:
        click.echo(f"callverbs serve: {error}", err=True)
        return EXIT_USAGE
    _prepare_log(loaded)
    try:
        if loaded.workers > 1:
            asyncio.run(check_store(loaded.store))
            return 0 if run_workers(bound, WorkerApp(read, _prepare_log), click.echo) else EXIT_INTERNAL_ERROR
        run(bound, click.echo, read)
    except StoreError as error:
        click.echo(f"callverbs serve: {error}", err=True)
        return EXIT_USAGE
    return 0


def _read(flags: Mapping[str, Any], config: Path | None) -> Settings:
    return settings.read(flags, os.environ, config)


def _prepare_log(loaded: Settings) -> None:
    log.set_up(loaded.log, loaded.log_format, sys.stderr)
