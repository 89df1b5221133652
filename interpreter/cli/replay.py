"""`callverbs replay`."""

from pathlib import Path

import click

from callverbs.interpreter.cli import EXIT_FINDINGS, _calls
from callverbs.interpreter.engine.session import SnapshotError, view
from callverbs.interpreter.runtime import replay
from callverbs.interpreter.runtime.replay import MAX_BYTES, ReplayError


@click.command("replay")
@click.argument("call", metavar="LOG|ID")
@click.option("--save", type=click.Path(path_type=Path), help="Write the recorded call into a file, which is replayed without the store.")
@_calls.STORE
@_calls.CONFIG
def command(call: str, save: Path | None, store: tuple[str, ...], config: Path | None) -> int:
    r"""Send the recorded events of a call through this version, and print what it does differently. Nothing is sent to anybody.

    \b
    callverbs replay 5d3f0b1c2a4e6f708192a3b4
    callverbs replay --save call.jsonl 5d3f0b1c2a4e6f708192a3b4
    callverbs replay call.jsonl

    Exit codes: 0 the same, 1 different, 2 it cannot be replayed.
    """
    try:
        recorded = _recorded(call, store, config)
        if save:
            save.write_bytes(recorded)
        differences = replay.replay(replay.read(recorded))
    except (ReplayError, OSError) as error:
        raise _calls.CallError(str(error)) from None
    for line in differences:
        click.echo(line)
    return EXIT_FINDINGS if differences else 0


def _recorded(call: str, store: tuple[str, ...], config: Path | None) -> bytes:
    """Returns a recorded call: of a file, if there is one of that name, else of the store."""
    path = Path(call)
    if path.is_file():
        if path.stat().st_size > MAX_BYTES:
            raise ReplayError(f"{path} has more than {MAX_BYTES} bytes, which no recorded call has")
        return path.read_bytes()
    found = _calls.find(call, store, config)
    try:
        return replay.write(found.record.session, view(found.record.snapshot).app, found.rows)
    except SnapshotError as error:
        raise ReplayError(f"the record of this call cannot be read: {error}") from None
