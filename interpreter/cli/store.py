"""`callverbs store`."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click

from callverbs.interpreter.cli import EXIT_FINDINGS, EXIT_USAGE
from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import SettingsError
from callverbs.interpreter.stores import maintenance, opening
from callverbs.interpreter.stores.errors import StoreError


@click.group("store")
@click.option("--store", metavar="URL", multiple=True, help="The store; several for shards.  [default: that of the settings]")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.  [default: callverbs.toml, if there is one]")
@click.pass_context
def command(context: click.Context, store: tuple[str, ...], config: Path | None) -> None:
    r"""Look after the calls that a server keeps.

    \b
    callverbs store check                     what is in the store, and what is wrong with it
    callverbs store backup calls.sqlite       copies every call while servers go on
    callverbs store --store postgresql://callverbs@db/calls restore calls.sqlite

    The store is that of --store, else of CALLVERBS_STORE, else of the settings file.
    """
    try:
        context.obj = settings.read_store({"store": store}, os.environ, config)
    except SettingsError as error:
        for reason in error.reasons:
            click.echo(f"callverbs store: {reason}", err=True)
        context.exit(EXIT_USAGE)


@command.command("check")
@click.pass_obj
def check(urls: tuple[str, ...]) -> int:
    """Read every call, and say what is wrong with the store. Exit code 1 where something is."""

    async def read(store: Store) -> int:
        report = await maintenance.check(store, time.time())
        for fault in report.faults:
            click.echo(fault)
        click.echo(f"{report.calls} calls, of which {report.live} are live; {len(report.faults) or 'no'} faults")
        return EXIT_FINDINGS if report.faults else 0

    return _with_store(urls, read)


@command.command("migrate")
@click.pass_obj
def migrate(urls: tuple[str, ...]) -> int:
    """Bring the tables to the format that this version needs. `serve` does so by itself in an empty database only."""

    async def run() -> int:
        for line in await opening.migrate(urls):
            click.echo(line)
        return 0

    return _run(run)


@command.command("vacuum")
@click.pass_obj
def vacuum(urls: tuple[str, ...]) -> int:
    """Give the space of deleted calls back. An SQLite file is written anew, and calls wait meanwhile; in PostgreSQL they go on."""

    async def shrink(store: Store) -> int:
        await store.vacuum()
        return 0

    return _with_store(urls, shrink)


@command.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(urls: tuple[str, ...], file: Path) -> int:
    """Copy every call of one moment into FILE, a new SQLite file, while servers go on."""

    async def copy(store: Store) -> int:
        click.echo(f"{await maintenance.backup(store, file)} calls are in {file}")
        return 0

    return _with_store(urls, copy)


@command.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(urls: tuple[str, ...], file: Path) -> int:
    """Add every call of a backup, FILE, to an empty store. Live calls go on when a server starts."""

    async def copy(store: Store) -> int:
        click.echo(f"{await maintenance.restore(file, store)} calls are restored")
        return 0

    return _with_store(urls, copy, opening.open_store)


def _with_store(
    urls: tuple[str, ...],
    work: Callable[[Store], Awaitable[int]],
    open_: Callable[[Sequence[str]], Awaitable[Store]] = opening.open_existing,
) -> int:
    """Returns the exit code of what is done with a store that is opened for it."""

    async def run() -> int:
        store = await open_(urls)
        try:
            return await work(store)
        finally:
            await store.close()

    return _run(run)


def _run(work: Callable[[], Awaitable[int]]) -> int:
    async def run() -> int:
        return await work()

    try:
        return asyncio.run(run())
    except StoreError as error:
        click.echo(f"callverbs store: {error}", err=True)
        return EXIT_USAGE
