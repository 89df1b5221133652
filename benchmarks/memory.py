"""Bytes per waiting call, over 10,000 calls that wait in a gather: the snapshot, the file of the store, the process."""

import asyncio
import resource
import tempfile
from pathlib import Path

import msgspec

from callverbs.interpreter.runtime.switchboard import Saved, Switchboard
from callverbs.interpreter.stores.sqlite import SqliteStore
from callverbs.verbs.language.app import App
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import CommandAccepted, HookReplied, LegAnswered, LegInitiated

CALLS = 10_000
AT_ONCE = 500
DOCUMENT = msgspec.json.encode(
    [
        {"verb": "gather", "actionHook": "/menu", "numDigits": 1, "timeout": 60, "say": {"text": "Press 1 for sales, 2 for support."}},
        {"verb": "say", "text": "We did not hear anything. Goodbye."},
        {"verb": "hangup"},
    ]
).decode()


class Applications:
    """One application."""

    app = App(name="bench", call_hook="/call", base_url="https://app.example", connection_id="1")

    def app_for(self, event: LegInitiated) -> App:
        return self.app


async def fill(store: SqliteStore) -> list[int]:
    """Brings 10,000 calls to their gather, and returns the sizes of their snapshots."""
    waiting: dict[str, list[Saved]] = {}
    switchboard = Switchboard(
        store, Applications(), on_saved=lambda saved: waiting.setdefault(saved.session, []).append(saved), now=lambda: 1000.0
    )
    sizes: list[int] = []

    async def call(n: int) -> None:
        ids = {
            "call_control_id": f"v3:{n:050d}",
            "call_leg_id": f"00000000-0000-4000-8000-{n:012d}",
            "call_session_id": f"10000000-0000-4000-8000-{n:012d}",
        }
        await switchboard.receive(LegInitiated(id=f"00000001-0000-4000-8000-{n:012d}", from_="+14155550100", to="+14155550199", **ids))
        session = (await store.find([ids["call_control_id"]])) or ""
        answered = False
        while waiting.get(session):
            saved = waiting[session].pop(0)
            for entry in saved.new:
                if isinstance(entry.message, Command):
                    await switchboard.receive(CommandAccepted(id=f"{session}:{entry.n}", n=entry.n), session=session)
                else:
                    reply = HookReplied(id=f"{session}:{entry.n}", n=entry.n, content_type="application/json", body=DOCUMENT)
                    await switchboard.receive(reply, session=session)
            if not waiting[session] and not answered:
                answered = True
                await switchboard.receive(LegAnswered(id=f"00000002-0000-4000-8000-{n:012d}", occurred_at=1000.0, **ids))
        record = await store.load(session)
        assert record
        sizes.append(len(record.snapshot))

    for start in range(0, CALLS, AT_ONCE):
        await asyncio.gather(*(call(n) for n in range(start, start + AT_ONCE)))
    return sizes


async def main() -> None:
    """Fills a store, and measures it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls.sqlite"
        store = SqliteStore(file)
        sizes = await fill(store)
        await store.close()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        print(f"{CALLS} calls that wait in a gather")
        print(f"  snapshot                  {sum(sizes) / CALLS:8.0f} bytes per call")
        print(f"  process (cache included)  {grown / CALLS:8.0f} bytes per call")
        print(f"  file (with the event log) {file.stat().st_size / CALLS:8.0f} bytes per call")


if __name__ == "__main__":
    asyncio.run(main())
