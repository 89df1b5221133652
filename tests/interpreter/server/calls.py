"""Events of calls in few words, an application for them, and stores that wait or fail when a test wants it."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from callverbs.interpreter.engine.session import OutboxEntry, Session, load
from callverbs.interpreter.engine.step import step
from callverbs.interpreter.runtime.ports import Now, Store
from callverbs.interpreter.runtime.records import Change, LogRow, Record
from callverbs.interpreter.runtime.switchboard import Saved, Step, Switchboard, session_of
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import (
    CommandAccepted,
    Event,
    HookReplied,
    KeyPressed,
    LegAnswered,
    LegHungUp,
    LegInitiated,
    SpeakEnded,
)
from callverbs.verbs.language.messages import HookRequest

BEGIN = 1_700_000_000.0
OURS, THEIRS, OTHER, THIRD = "+14155550199", "+14155550100", "+14155550177", "+14155550178"
APP = App(name="test", call_hook="/call", base_url="https://app.example", connection_id="1", ringback="")
CALL = session_of("a")
"""The session of the call whose first leg has the carrier's id `a`."""


def ids(leg_id: str = "a", session_id: str = "", /, **more: Any) -> dict[str, Any]:
    """Returns the carrier's ids that every event of a leg carries; the session is its own, or that of the leg it was called for."""
    return {"call_control_id": leg_id, "call_leg_id": f"leg {leg_id}", "call_session_id": session_id or f"of {leg_id}", **more}


def initiated(leg_id: str = "a", /, **more: Any) -> LegInitiated:
    """A call comes in."""
    return LegInitiated(**{**ids(leg_id), "id": f"initiated {leg_id}", "from_": THEIRS, "to": OURS, **more})


def rings(leg_id: str, /, **more: Any) -> LegInitiated:
    """The carrier has begun to place a call for us."""
    return initiated(leg_id, **{"direction": "outbound", **more})


def answered(leg_id: str = "a", session_id: str = "", /, **more: Any) -> LegAnswered:
    return LegAnswered(**{**ids(leg_id, session_id), "id": f"answered {leg_id}", **more})


def speak_ended(number: int, leg_id: str = "a", /, **more: Any) -> SpeakEnded:
    return SpeakEnded(**{**ids(leg_id), "id": f"speak ended {leg_id} {number}", "occurred_at": BEGIN + number, **more})


def hung_up(leg_id: str = "a", /, **more: Any) -> LegHungUp:
    return LegHungUp(**{**ids(leg_id), "id": f"hung up {leg_id}", **more})


def key(number: int, **more: Any) -> KeyPressed:
    """A key that no verb listens to."""
    return KeyPressed(**{**ids(), "id": f"key {number}", "digit": "5", **more})


def replied(entry: OutboxEntry, *document: dict[str, Any], session: str = CALL) -> HookReplied:
    """The application has replied with a document."""
    body = msgspec.json.encode(document).decode() if document else ""
    return HookReplied(id=f"{session}:{entry.n}", n=entry.n, content_type="application/json", body=body)


def accepted(entry: OutboxEntry, leg_id: str = "", session_id: str = "", session: str = CALL) -> CommandAccepted:
    """The carrier has taken a command; after a dial it names the leg."""
    return CommandAccepted(id=f"{session}:{entry.n}", n=entry.n, **(ids(leg_id, session_id) if leg_id else {}))


def words_of(entry: OutboxEntry) -> str:
    """Returns a message in words: `speak a`, `ask /menu`."""
    if isinstance(entry.message, HookRequest):
        return f"ask {entry.message.url.removeprefix('https://app.example')}"
    return f"{entry.message.__struct_config__.tag} {entry.message.leg}"  # type: ignore[attr-defined]


class Recorder:
    """A switchboard whose messages are recorded instead of sent; `then` is called after every save."""

    def __init__(
        self,
        store: Store | None = None,
        worker: str = "w",
        now: Now | None = None,
        on_saved: Callable[[Saved], None] = lambda saved: None,
        masks_records: bool = False,
        step: Step = step,
    ) -> None:
        self.at = BEGIN
        self.saves: list[Saved] = []
        self.store = store or MemoryStore()
        self.switchboard = Switchboard(
            self.store, self, on_saved=self._saved, now=now or (lambda: self.at), worker=worker, masks_records=masks_records, step=step
        )
        self._on_saved = on_saved
        self.app = APP

    def _saved(self, saved: Saved) -> None:
        self.saves.append(saved)
        self._on_saved(saved)

    def app_for(self, event: LegInitiated) -> App:
        return self.app

    async def take(self, *events: Event) -> None:
        """Takes events, one after the other; those of no leg are of the call."""
        for event in events:
            await self.switchboard.receive(event, session=CALL)

    @property
    def sent(self) -> list[OutboxEntry]:
        return [entry for saved in self.saves for entry in saved.new]

    @property
    def words(self) -> list[str]:
        return [words_of(entry) for entry in self.sent]

    def find(self, words: str) -> OutboxEntry:
        """Returns the entry that was sent last in those words."""
        return next(entry for entry in reversed(self.sent) if words_of(entry) == words)

    async def session(self, call: str = CALL) -> Session:
        record = await self.store.load(call)
        assert record
        return load(record.snapshot)

    async def run(self, *document: dict[str, Any]) -> None:
        """Takes a call in, and runs the application's document up to its first command."""
        await self.take(initiated())
        await self.take(replied(self.find("ask /call"), *document))

    async def dial(self, *numbers: str, **properties: Any) -> None:
        """Takes a call in, answers it, and dials others."""
        target = [{"type": "phone", "number": number} for number in numbers]
        await self.run({"verb": "answer"}, {"verb": "dial", "target": target, **properties})
        await self.take(accepted(self.find("answer a")), answered())


async def logged(recorder: Recorder, session: str = CALL) -> list[str]:
    """Returns the ids of the events in a call's log."""
    rows = [msgspec.json.decode(row, type=LogRow) for row in await recorder.store.log(session)]
    return [msgspec.json.decode(row.event)["id"] for row in rows]


class SlowStore(MemoryStore):
    """Waits before each save until the test opens it, or fails it."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = asyncio.Event()
        self.fails = False
        self.between: Callable[[], Any] | None = None
        """What another worker does between our load and our save, once."""

    async def load(self, session: str) -> Record | None:
        found = await super().load(session)
        if self.between:
            between, self.between = self.between, None
            await between()
        return found

    async def save(self, change: Change) -> bool:
        self.tries += 1
        self.waiting.set()
        await self.open.wait()
        self.waiting.clear()
        if self.fails:
            raise OSError("the disk is full")
        return await super().save(change)


class LateStore(MemoryStore):
    """Saves at once and returns late, so that a caller can be cancelled after the save and before its result."""

    def __init__(self) -> None:
        super().__init__()
        self.saved = asyncio.Event()
        self.returns = asyncio.Event()

    async def save(self, change: Change) -> bool:
        done = await super().save(change)
        self.saved.set()
        await self.returns.wait()
        return done
