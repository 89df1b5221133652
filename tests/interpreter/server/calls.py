"""Events of calls in few words, an application for them, and stores that wait or fail when a test wants it."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from interpreter.session import Entry, Session, load
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Change, Record, Saved, Store, Switchboard, session_of
from verbs._app import App
from verbs._commands import Ask
from verbs._events import CommandAccepted, Event, HookReplied, LegAnswered, LegHungUp, LegInitiated, SpeakEnded

BEGIN = 1_700_000_000.0
OURS, THEIRS, OTHER, THIRD = "+14155550199", "+14155550100", "+14155550177", "+14155550178"
APP = App(name="test", call_hook="/call", base_url="https://app.example", connection_id="1", ringback="")
CALL = session_of("a")
"""The session of the call whose first leg is `a` at the carrier."""


def told(line: str = "a", conversation: str = "", /, **given: Any) -> dict[str, Any]:
    """What every event of a line carries; the conversation is its own, or that of the line it was called for."""
    return {"call_control_id": line, "call_leg_id": f"leg {line}", "call_session_id": conversation or f"of {line}", **given}


def initiated(line: str = "a", /, **given: Any) -> LegInitiated:
    """Somebody calls."""
    return LegInitiated(**{**told(line), "id": f"initiated {line}", "from_": THEIRS, "to": OURS, **given})


def rings(line: str, /, **given: Any) -> LegInitiated:
    """The carrier has begun to call somebody for us."""
    return initiated(line, **{"direction": "outbound", **given})


def answered(line: str = "a", conversation: str = "", /, **given: Any) -> LegAnswered:
    return LegAnswered(**{**told(line, conversation), "id": f"answered {line}", **given})


def speak_ended(number: int, line: str = "a", /, **given: Any) -> SpeakEnded:
    return SpeakEnded(**{**told(line), "id": f"speak ended {line} {number}", "occurred_at": BEGIN + number, **given})


def hung_up(line: str = "a", /, **given: Any) -> LegHungUp:
    return LegHungUp(**{**told(line), "id": f"hung up {line}", **given})


def replied(entry: Entry, *document: dict[str, Any], session: str = CALL) -> HookReplied:
    """The application has answered with a document."""
    body = msgspec.json.encode(document).decode() if document else ""
    return HookReplied(id=f"{session}:{entry.n}", n=entry.n, content_type="application/json", body=body)


def accepted(entry: Entry, line: str = "", conversation: str = "", session: str = CALL) -> CommandAccepted:
    """The carrier has taken a command; after a dial it names the line."""
    ids = told(line, conversation) if line else {}
    return CommandAccepted(id=f"{session}:{entry.n}", n=entry.n, **ids)


def name(entry: Entry) -> str:
    """A wish in words: `speak a`, `ask /menu`."""
    if isinstance(entry.wish, Ask):
        return f"ask {entry.wish.url.removeprefix('https://app.example')}"
    return f"{entry.wish.__struct_config__.tag} {entry.wish.leg}"  # type: ignore[attr-defined]


class Desk:
    """A switchboard, and what it would have sent; `then` hears of every save."""

    def __init__(
        self,
        store: Store | None = None,
        worker: str = "w",
        now: Callable[[], float] | None = None,
        then: Callable[[Saved], None] = lambda saved: None,
    ) -> None:
        self.at = BEGIN
        self.saves: list[Saved] = []
        self.store = store or MemoryStore()
        self.board = Switchboard(self.store, self, then=self._saved, now=now or (lambda: self.at), worker=worker)
        self._then = then
        self.app = APP

    def _saved(self, saved: Saved) -> None:
        self.saves.append(saved)
        self._then(saved)

    def answering(self, event: LegInitiated) -> App:
        return self.app

    async def takes(self, *events: Event) -> None:
        """Events, one after the other; those of no leg are of the call."""
        for event in events:
            await self.board.receive(event, session=CALL)

    @property
    def sent(self) -> list[Entry]:
        return [entry for saved in self.saves for entry in saved.new]

    @property
    def names(self) -> list[str]:
        return [name(entry) for entry in self.sent]

    def find(self, what: str) -> Entry:
        """The wish that was sent last in those words."""
        return next(entry for entry in reversed(self.sent) if name(entry) == what)

    async def session(self, call: str = CALL) -> Session:
        record = await self.store.load(call)
        assert record
        return load(record.snapshot)

    async def talks(self, *document: dict[str, Any]) -> None:
        """Somebody has called, and the application's document is run up to its first command."""
        await self.takes(initiated())
        await self.takes(replied(self.find("ask /call"), *document))

    async def dials(self, *numbers: str, **given: Any) -> None:
        """A caller was answered, and others are being called."""
        target = [{"type": "phone", "number": number} for number in numbers]
        await self.talks({"verb": "answer"}, {"verb": "dial", "target": target, **given})
        await self.takes(accepted(self.find("answer a")), answered())


class SlowStore(MemoryStore):
    """Waits before each save until it is let go on, or fails it."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = asyncio.Event()
        self.fails = False
        self.between: Callable[[], Any] | None = None
        """What somebody else does between our load and our save, once."""

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


class CalledOffStore(MemoryStore):
    """Saves, and says so late: whoever is called off meanwhile does not hear of it."""

    def __init__(self) -> None:
        super().__init__()
        self.saved = asyncio.Event()
        self.says = asyncio.Event()

    async def save(self, change: Change) -> bool:
        done = await super().save(change)
        self.saved.set()
        await self.says.wait()
        return done
