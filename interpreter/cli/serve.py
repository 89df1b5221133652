"""`callverbs serve`."""

import logging
import os
import sys
from pathlib import Path

import click

from interpreter.cli import USAGE
from interpreter.server import settings as reading
from interpreter.server.run import Served, run
from interpreter.server.settings import SettingsError
from interpreter.stores.sqlite import StoreError


@click.command("serve")
@click.option("--app", metavar="URL|FILE", help="The application: its first hook, or a local document.")
@click.option("--base-url", metavar="URL", help="The origin of relative hooks, where the application is a local document.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.  [default: 8080]")
@click.option("--store", metavar="URL", help="Where calls are kept: sqlite:///PATH or memory:.  [default: sqlite:///callverbs.sqlite]")
@click.option("--carrier", type=click.Choice(["telnyx", "simulated"]), help="The live carrier, or a simulated one in the same process.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.  [default: callverbs.toml, if there is one]")
def command(**flags: object) -> int:
    r"""Serve calls: take the carrier's webhooks, ask the application, send commands.

    \b
    TELNYX_API_KEY=… TELNYX_PUBLIC_KEY=… callverbs serve --app https://example.com/call
    callverbs serve --app flow.yaml --base-url http://127.0.0.1:3000 --carrier simulated

    Webhooks come to POST /webhooks/telnyx. What is on disk goes on at the next start.
    """
    config = flags.pop("config")
    try:
        wanted = reading.read(flags, os.environ, config if isinstance(config, Path) else None)
        served = Served.bind(wanted)
    except SettingsError as error:
        for reason in error.reasons:
            click.echo(f"callverbs serve: {reason}", err=True)
        return USAGE
    except (OSError, StoreError, ValueError) as error:
        click.echo(f"callverbs serve: {error}", err=True)
        return USAGE
    logging.basicConfig(level=wanted.log.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("httpx", "uvicorn", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    run(served, click.echo)
    return 0
