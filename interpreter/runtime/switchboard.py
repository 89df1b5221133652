"""The entry of every event: finds its call, takes the step, saves the outcome, and passes on what the save leaves to be done.

Events of one call are handled one after the other; those that arrive during a save are saved together by the next. A save that loses
the race for a record is repeated with the newer one, which is safe because step is pure.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b

import msgspec

from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.rescue import lost_event, rescued
from callverbs.interpreter.engine.session import OutboxEntry, SnapshotError
from callverbs.interpreter.engine.step import begin, step
from callverbs.interpreter.runtime.ports import Applications, Now, Store
from callverbs.interpreter.runtime.records import Change, LogRow, Record
from callverbs.interpreter.text.masking import hidden, masked
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested, Event, LegEvent, LegInitiated

LOG = logging.getLogger("callverbs")
MAX_REFUSED_CALLS = 10_000
"""So many calls are remembered of which the log was told that they cannot be read."""
Step = Callable[[bytes, Event, str], Outcome]
"""The engine's step, or one that is measured."""
PENDING_DIAL_SECONDS = 10.0
"""How long an unknown leg may be that of a dial. It is longer than the lease, whose renewal saves a dial under way again."""


class Verdict(Enum):
    """What became of an event."""

    TAKEN = "taken"
    UNMATCHED = "unmatched"
    """It belongs to no call of ours."""
    TOO_EARLY = "too early"
    """It may belong to a leg whose dial has no result yet: the carrier has to deliver it again."""
    NEWER = "newer"
    """Its call was saved by a newer version, to whose workers the carrier has to deliver it."""


@dataclass(slots=True)
class PendingEvent:
    """An event in a call's mailbox."""

    event: Event
    raw: bytes
    app: App | None = None
    future: "asyncio.Future[Verdict] | None" = None
    verdict: Verdict = Verdict.TAKEN
    error: Exception | None = None


@dataclass(slots=True)
class Saved:
    """What a save leaves to be done: entries to send, and when the timers are due (in the outcome)."""

    session: str
    new: list[OutboxEntry]
    outcome: Outcome


@dataclass(slots=True)
class Mailbox:
    """The events of one call: those that wait, those that are being handled, and the save that was tried for these, made or not."""

    waiting: list[PendingEvent]
    batch: list[PendingEvent] = field(default_factory=list)
    tried: tuple[Saved, Change] | None = None


class Switchboard:
    """Takes events for every call of a store. `on_saved` is called after every save, `now` returns UTC seconds."""

    def __init__(
        self,
        store: Store,
        applications: Applications,
        *,
        on_saved: Callable[[Saved], None],
        now: Now,
        worker: str = "",
        masks_records: bool = False,
        step: Step = step,
    ) -> None:
        self.store = store
        self.unmatched = 0
        """Webhooks that belong to no call of ours."""
        self._applications = applications
        self._on_saved = on_saved
        self._now = now
        self._worker = worker
        self._masks_records = masks_records
        self._engine = step
        self._mailboxes: dict[str, Mailbox] = {}
        self._dialling: dict[str, float] = {"": now() + PENDING_DIAL_SECONDS}
        """By session, until when an unknown leg may be one that it dials. The entry "" is for dials of the worker before this one."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused: set[str] = set()
        """Calls that this version cannot read, of which the log was told."""

    async def receive(self, event: Event, raw: bytes = b"", session: str = "", app: App | None = None) -> Verdict:
        """Takes an event. The outcome is saved when this returns. Raises what the store raises. Cancelling one caller cancels no other."""
        event = msgspec.structs.replace(event, at=self._now())
        if isinstance(event, LegEvent):
            session, app = await self._find(event)
            if not session:
                return self._count(self._unmatched_verdict())
        pending = PendingEvent(event, raw, app)
        mailbox = self._mailboxes.get(session)
        if mailbox:
            pending.future = asyncio.get_running_loop().create_future()
            mailbox.waiting.append(pending)
            return await pending.future
        mailbox = self._mailboxes[session] = Mailbox([pending])
        try:
            await self._empty(session, mailbox)
        except asyncio.CancelledError:
            self._empty_in_background(session, mailbox)
            raise
        if pending.error:
            raise pending.error
        return pending.verdict

    async def finish(self) -> None:
        """Waits for the mailboxes whose callers were cancelled."""
        await asyncio.gather(*self._tasks)

    async def _find(self, event: LegEvent) -> tuple[str, App | None]:
        """Returns the session of an event: an incoming call is its own, whatever it has in common with others; "" for none."""
        own = session_of(event.call_control_id)
        if isinstance(event, LegInitiated) and event.direction == "inbound" and event.call_control_id:
            return own, self._applications.app_for(event)
        if session := event.session or await self.store.find(_ids(event)):
            return session, None
        return own if own in self._mailboxes else "", None  # its call is just being saved for the first time

    def _unmatched_verdict(self) -> Verdict:
        now = self._now()
        self._dialling = {session: until for session, until in self._dialling.items() if until > now}
        return Verdict.TOO_EARLY if self._dialling else Verdict.UNMATCHED

    def _count(self, verdict: Verdict) -> Verdict:
        self.unmatched += verdict is Verdict.UNMATCHED
        return verdict

    def _empty_in_background(self, session: str, mailbox: Mailbox) -> None:
        """Handles the rest in a task: the caller that emptied the mailbox was cancelled, perhaps in the middle of a save."""
        task = asyncio.create_task(self._empty(session, mailbox))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty(self, session: str, mailbox: Mailbox) -> None:
        """Handles the events of a call in batches, until the mailbox is empty."""
        while mailbox.batch or mailbox.waiting:
            if not mailbox.batch:
                mailbox.batch, mailbox.waiting = mailbox.waiting, []
            try:
                await self._handle(session, mailbox)
            except Exception as error:  # of the store: no event was taken, and those that wait may depend on them
                mailbox.batch, mailbox.waiting = mailbox.batch + mailbox.waiting, []
                for pending in mailbox.batch:
                    pending.error = error
            for pending in mailbox.batch:
                self._settle(pending)
            mailbox.batch, mailbox.tried = [], None
        del self._mailboxes[session]

    def _settle(self, pending: PendingEvent) -> None:
        if not pending.error:
            self._count(pending.verdict)
        if pending.future and not pending.future.done():
            if pending.error:
                pending.future.set_exception(pending.error)
            else:
                pending.future.set_result(pending.verdict)

    async def _handle(self, session: str, mailbox: Mailbox) -> None:
        while True:
            if mailbox.tried is None:
                mailbox.tried = self._step(session, await self.store.load(session), mailbox.batch)
            if mailbox.tried is None:
                return
            saved, change = mailbox.tried
            if await self.store.save(change) or await self._is_saved(change):
                self._track_dials(saved)
                self._on_saved(saved)
                return
            mailbox.tried = None

    async def _is_saved(self, change: Change) -> bool:
        """Returns whether this change is stored: a caller that was cancelled in the middle of the save may have made it."""
        record = await self.store.load(change.session)
        return record is not None and (record.version, record.snapshot) == (change.version + 1, change.snapshot)

    def _step(self, session: str, record: Record | None, batch: list[PendingEvent]) -> tuple[Saved, Change] | None:
        """Returns what a batch comes to; None where there is nothing to save."""
        snapshot = record.snapshot if record else b""
        new: list[OutboxEntry] = []
        ids: list[str] = []
        rows: list[bytes] = []
        last: Outcome | None = None
        for pending in batch:
            pending.error, pending.verdict = None, Verdict.TAKEN
            try:
                for taken, outcome in self._steps(session, record, snapshot, pending):
                    rows.append(_row(taken, outcome, self._masks_records))
                    snapshot, last = outcome.snapshot, outcome
                    new += outcome.new
                    ids += outcome.ids
            except Exception as error:  # the engine itself has raised: this event is refused, the others are not
                pending.error = error
        if last is None:
            return None
        still_open = set(last.open)
        saved = Saved(session, [entry for entry in new if entry.n in still_open], last)
        version = record.version if record else 0
        change = Change(session, version, snapshot, last.due, last.ended, tuple(dict.fromkeys(ids)), tuple(rows), last.began)
        return saved, change

    def _steps(self, session: str, record: Record | None, snapshot: bytes, pending: PendingEvent) -> list[tuple[PendingEvent, Outcome]]:
        """Returns what an event comes to, if that is to be saved; of a call whose snapshot cannot be read, how it is rescued before."""
        steps = []
        try:
            outcome = self._take(session, snapshot, pending)
        except SnapshotError as error:
            if error.newer or (record and record.ended):
                pending.verdict = Verdict.NEWER if error.newer else Verdict.UNMATCHED
                self._warn_once(session, error)
                return []
            lost = PendingEvent(lost_event(session, snapshot, str(error), pending.event.at), b"")
            steps.append((lost, self._engine(rescued(session, snapshot, pending.event.at), lost.event, self._worker)))
            outcome = self._take(session, steps[0][1].snapshot, pending)
        if outcome is None:
            pending.verdict = Verdict.UNMATCHED
        elif outcome.unknown_leg:
            pending.verdict = Verdict.TOO_EARLY if outcome.creates_leg else self._unmatched_verdict()
        elif outcome.changed:
            steps.append((pending, outcome))
        return steps

    def _warn_once(self, session: str, error: SnapshotError) -> None:
        if session not in self._refused:
            LOG.warning("call %s is left alone: %s", session, error)
            self._refused = {*self._refused, session} if len(self._refused) < MAX_REFUSED_CALLS else {session}

    def _take(self, session: str, snapshot: bytes, pending: PendingEvent) -> Outcome | None:
        """Takes one step. Returns None where there is no such call, and the event begins none."""
        if not snapshot:
            if pending.app is None or not isinstance(pending.event, LegInitiated | CallRequested):
                return None
            snapshot = begin(session, pending.app, pending.event)
        return self._engine(snapshot, pending.event, self._worker)

    def _track_dials(self, saved: Saved) -> None:
        if saved.outcome.creates_leg:
            self._dialling[saved.session] = self._now() + PENDING_DIAL_SECONDS
        else:
            self._dialling.pop(saved.session, None)


def session_of(call_control_id: str) -> str:
    """Returns a call's id: the same first leg always makes the same, so whoever takes it first, it is one call."""
    return blake2b(call_control_id.encode(), digest_size=12).hexdigest()


def _ids(event: LegEvent) -> list[str]:
    return [one for one in (event.call_control_id, event.call_leg_id, event.call_session_id) if one]


def _row(pending: PendingEvent, outcome: Outcome, masks: bool) -> bytes:
    row = LogRow(
        msgspec.Raw(msgspec.json.encode(pending.event)),
        msgspec.Raw(pending.raw or b"null"),
        outcome.new,
        outcome.notes,
        outcome.problems,
    )
    written = msgspec.json.encode(row)
    if outcome.sensitive:
        return msgspec.json.encode(hidden(msgspec.json.decode(written)))
    return msgspec.json.encode(masked(msgspec.json.decode(written))) if masks else written
