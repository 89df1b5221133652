"""Finds one call in the store of the settings, for commands that read what has happened on it."""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple

import click

from callverbs.interpreter.cli import EXIT_USAGE
from callverbs.interpreter.runtime.records import Record
from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import SettingsError
from callverbs.interpreter.stores import opening
from callverbs.interpreter.stores.errors import StoreError

STORE = click.option("--store", metavar="URL", multiple=True, help="The store; several for shards.  [default: that of the settings]")
CONFIG = click.option("--config", type=click.Path(path_type=Path), help="Settings file.  [default: callverbs.toml, if there is one]")


class StoredCall(NamedTuple):
    """A call as a store has it."""

    record: Record
    rows: list[bytes]


def find(call: str, urls: tuple[str, ...], config: Path | None) -> StoredCall:
    """Returns a call by our id, or by one of the carrier's. Raises CallError with a sentence where there is none."""
    try:
        found = asyncio.run(_find(call, settings.read_store({"store": urls}, os.environ, config)))
    except SettingsError as error:
        raise CallError("\n".join(error.reasons)) from None
    except StoreError as error:
        raise CallError(str(error)) from None
    if found is None:
        raise CallError(f"the store has no call {call}")
    return found


async def _find(call: str, urls: tuple[str, ...]) -> StoredCall | None:
    store = await opening.open_existing(urls)
    try:
        record = await store.load(call) or await store.load(await store.find([call]) or "")
        return StoredCall(record, await store.log(record.session)) if record else None
    finally:
        await store.close()


class CallError(click.ClickException):
    """The command cannot do what it is for: a sentence, and the exit code of a wrong use."""

    exit_code = EXIT_USAGE
