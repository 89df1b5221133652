"""`callverbs ladder`."""

from pathlib import Path

import click

from callverbs.interpreter.cli import _calls
from callverbs.interpreter.engine.session import SnapshotError, load
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.event_log import lines
from callverbs.interpreter.telnyx.client import V2


@click.command("ladder")
@click.argument("call")
@_calls.STORE
@_calls.CONFIG
def command(call: str, store: tuple[str, ...], config: Path | None) -> int:
    r"""Draw a call of the store as a ladder, from its event log.

    \b
    callverbs ladder 5d3f0b1c2a4e6f708192a3b4
    callverbs ladder --store sqlite:///calls.sqlite 00000000-0000-4000-8000-000000000001

    CALL is the id of the call session, or one of the carrier's ids of it.
    """
    found = _calls.find(call, store, config)
    try:
        session = load(found.record.snapshot)
    except SnapshotError as error:
        raise _calls.CallError(f"the record of this call cannot be read: {error}") from None
    for line in draw(lines(found.rows, session, V2.render)):
        click.echo(line)
    return 0
