"""Runs one call event by event, in words: transcripts and walks are played on it.

Events and messages are short text: `answered a`, `speak_ended a`, `hook /menu`, `timer ring`; `speak a`, `ask /menu`.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import NODEFAULT, Struct, structs
from msgspec.structs import FieldInfo

from callverbs.interpreter.engine import session
from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.session import OutboxEntry, Problem, Session, Timer
from callverbs.interpreter.engine.step import begin, step
from callverbs.verbs.language import call_request
from callverbs.verbs.language.app import App
from callverbs.verbs.language.commands import Command, Query, SendInfo
from callverbs.verbs.language.events import (
    CallRequested,
    CallRetrieved,
    CommandAccepted,
    CommandFailed,
    Event,
    HangUpRequested,
    HookFailed,
    HookReplied,
    LeaseExpired,
    LegEvent,
    LegInitiated,
    TimerFired,
)
from callverbs.verbs.language.message_commands import SendMessage
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.names import snake_case
from callverbs.verbs.language.query_answers import (
    CallChecked,
    ConferenceFound,
    InfoSent,
    MessageSent,
    ParticipantFound,
    QueryAnswered,
    QueueCallFound,
    QueueCallRetrieved,
    QueueRetrieved,
)
from callverbs.verbs.language.registry import leaves

ORIGIN = "https://app.example"
NUMBER = "+14155550100"
OURS = "+14155550199"
LEG_EVENTS: dict[str, Any] = {snake_case(word.__name__).removeprefix("leg_"): word for word in leaves(LegEvent)}
QUERY_ANSWERS: dict[str, tuple[str, type[QueryAnswered]]] = {
    "queue_retrieved": ("retrieve_queue", QueueRetrieved),
    "queue_call_found": ("find_queue_call", QueueCallFound),
    "conference_found": ("find_conference", ConferenceFound),
    "participant_found": ("find_participant", ParticipantFound),
    "call_checked": ("check_call", CallChecked),
    "queue_call_retrieved": ("retrieve_queue_call", QueueCallRetrieved),
}
"""By the event's name, the query in words, and the event."""
KEY_SECONDS = 0.25
"""From one key of `keys` to the next."""


class CallHarness:
    """One call, and the time on its clock."""

    def __init__(self, app: dict[str, Any] | None = None, call: dict[str, Any] | None = None, caller: str = NUMBER) -> None:
        fixed = {"name": "test", "call_hook": "/call", "base_url": ORIGIN, "connection_id": "1", "ringback": ""}
        self.app = msgspec.convert({**fixed, **(app or {})}, App)
        self.now = 1000.0
        self.count = 0
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        self.first: Event
        if call is None:
            self.first = LegInitiated(**self.leg("a"), direction="inbound", from_=caller, to=OURS, caller_name="Ann")
        else:
            request = call_request.read({"from": OURS, "to": NUMBER, **call})
            self.first = CallRequested(id=self._id(), at=self.now, from_=request.from_, spec=request.spec, tag=request.tag)
        self.snapshot = begin("S", self.app, self.first)

    @property
    def session(self) -> Session:
        return session.load(self.snapshot)

    def _id(self) -> str:
        self.count += 1
        return f"event-{self.count}"

    def leg(self, leg: str) -> dict[str, Any]:
        """Returns what every event of a leg carries."""
        return {
            "id": self._id(),
            "at": self.now,
            "occurred_at": self.now,
            "leg": leg,
            "call_control_id": f"cc-{leg}",
            "call_leg_id": f"sid-{leg}",
            "call_session_id": "cs",
        }

    def take(self, event: Event) -> Outcome:
        """Takes an event as it is."""
        outcome = step(self.snapshot, event, "worker")
        self.snapshot = outcome.snapshot
        self.notes += outcome.notes
        self.problems += outcome.problems
        return outcome

    def events(self, words: Any) -> Iterator[Event]:
        """Yields events from their words: text, a mapping with more, a list of these; `keys a 12#` is one event for each key."""
        if isinstance(words, list):
            for one in words:
                yield from self.events(one)
        elif isinstance(words, str) and words.startswith("keys "):
            _, leg, keys = words.split(" ")
            for key in keys:
                yield self.event({"key_pressed": leg, "digit": key})
                self.now += KEY_SECONDS
        else:
            yield self.event(words)

    def event(self, words: Any) -> Event:
        """Returns an event from its words. `ago` is how many seconds ago it happened, by the carrier's clock."""
        if isinstance(words, str):
            name, *rest = words.split(" ")
            what = " ".join(word for word in rest if "=" not in word)
            fields: dict[str, Any] = dict(word.partition("=")[::2] for word in rest if "=" in word)
        else:
            ((name, what),) = list(words.items())[:1]
            fields = dict(list(words.items())[1:])
        if name in LEG_EVENTS:
            if "sip_status" in fields:
                fields["sip_status"] = int(fields["sip_status"])
            if "ago" in fields:
                fields["occurred_at"] = self.now - float(fields.pop("ago"))
            leg_event: Event = LEG_EVENTS[name](**{**self.leg(what), **fields})
            return leg_event
        if name in QUERY_ANSWERS:
            query, answer = QUERY_ANSWERS[name]
            return answer(id=self._id(), at=self.now, n=self._entry(f"{query} {what}").n, **fields)
        made: Event = getattr(self, f"_{name}")(what, fields)
        return made

    def _entry(self, what: str) -> OutboxEntry:
        """Returns the oldest open outbox entry that these words describe."""
        open_entries = self.session.open_entries()
        for entry in open_entries:
            if words_of(entry) == what:
                return entry
        raise AssertionError(f"no open entry is {what}: {[words_of(entry) for entry in open_entries]}")

    def _hook(self, what: str, fields: dict[str, Any]) -> Event:
        """The application replies: `verbs`, or a `body` as it is; nothing without both. Or it `fails`."""
        entry = self._entry(f"ask {what}")
        if "fails" in fields:
            return HookFailed(id=self._id(), at=self.now, n=entry.n, status=int(fields.get("status", 500)), reason=str(fields["fails"]))
        body = fields["body"] if "body" in fields else msgspec.json.encode(fields["verbs"]).decode() if "verbs" in fields else ""
        kind = fields.get("type", "application/json") if body else ""
        return HookReplied(id=self._id(), at=self.now, n=entry.n, status=int(fields.get("status", 200)), content_type=kind, body=body)

    def _accepted(self, what: str, fields: dict[str, Any]) -> Event:
        entry = self._entry(what)
        assert isinstance(entry.message, Command)
        if isinstance(entry.message, SendMessage):
            return MessageSent(id=self._id(), at=self.now, n=entry.n, message_id=fields["id"])
        if isinstance(entry.message, SendInfo):
            return InfoSent(id=self._id(), at=self.now, n=entry.n)
        new = entry.message.created_leg()
        ids = {key: value for key, value in self.leg(new).items() if key.startswith("call_")} if new else {}
        return CommandAccepted(id=self._id(), at=self.now, n=entry.n, **ids, **fields)

    def _refused(self, what: str, fields: dict[str, Any]) -> Event:
        answer = {"status": 422, "code": "10015", "title": "Bad", **fields}
        return CommandFailed(id=self._id(), at=self.now, n=self._entry(what).n, **answer)

    def _retrieved(self, what: str, fields: dict[str, Any]) -> Event:
        """The carrier says whether a leg is `alive` (yes, no)."""
        return CallRetrieved(id=self._id(), at=self.now, n=self._entry(f"retrieve_call {what}").n, alive=fields["alive"] in (True, "yes"))

    def _timer(self, what: str, fields: dict[str, Any]) -> Event:
        found = [timer for timer in self.session.timers.values() if name_of(timer) == what]
        assert found, f"there is no timer {what}: {self.timers()}"
        self.now = max(self.now, found[0].due)
        return TimerFired(id=self._id(), at=self.now, n=found[0].n)

    def _lease(self, what: str, fields: dict[str, Any]) -> Event:
        """The lease of an entry has expired; with `after`, not before so many seconds have passed since the entry was made."""
        entry = self._entry(what)
        self.now = max(self.now, entry.lease_until, entry.made_at + float(fields.get("after", 0)))
        return LeaseExpired(id=self._id(), at=self.now, n=entry.n)

    def _operator(self, what: str, fields: dict[str, Any]) -> Event:
        return HangUpRequested(id=self._id(), at=self.now)

    def timers(self) -> dict[str, float]:
        """Returns the timers of verbs by name and leg, and in how many seconds they are due."""
        return {name_of(timer): round(timer.due - self.now, 3) for timer in self.session.timers.values() if timer.owner}


def name_of(timer: Timer) -> str:
    """Returns a timer in words: its name, and the leg that it is about."""
    return " ".join(filter(None, [timer.name, timer.leg]))


def words_of(entry: OutboxEntry) -> str:
    """Returns a message in words: `speak a`, `dial b1`, `ask /menu`."""
    if isinstance(entry.message, HookRequest):
        return f"ask {urlsplit(entry.message.url).path}"
    assert isinstance(entry.message, Command)
    return f"{entry.message.__struct_config__.tag} {entry.message.leg}"


def is_query(entry: OutboxEntry) -> bool:
    """Returns whether a message only asks the carrier something."""
    return isinstance(entry.message, Query)


def fields_of(entry: OutboxEntry) -> dict[str, Any]:
    """Returns all fields of a message as plain values; a party's fields beside the others."""
    return {name: value for struct in _structs(entry) for name, value in _plain(struct).items()}


def fields_fit(wanted: Mapping[str, Any], entry: OutboxEntry) -> bool:
    """Returns whether a message has the fields that are wanted: of an object, the keys named; null for a field that was left out."""
    came = fields_of(entry)
    defaults = {
        field.encode_name: default_of(field) for struct in _structs(entry) for field in structs.fields(struct) if not field.required
    }
    return all(came[name] == defaults[name] if value is None else fits(value, came[name]) for name, value in wanted.items())


def default_of(field: FieldInfo) -> Any:
    """Returns the default of a field, as a plain value."""
    return msgspec.to_builtins(field.default_factory() if field.default is NODEFAULT else field.default)


def _structs(entry: OutboxEntry) -> list[Struct]:
    return [one for one in (entry.message, getattr(entry.message, "party", None)) if one is not None]


def _plain(struct: Struct) -> dict[str, Any]:
    return {field.encode_name: msgspec.to_builtins(getattr(struct, field.name)) for field in structs.fields(struct)}


MISSING = object()


def fits(wanted: Any, came: Any) -> bool:
    """Returns whether what came has everything that is wanted: of an object, the keys named; null for what must not be there."""
    if wanted is None:
        return came is MISSING or came is None
    if isinstance(wanted, Mapping):
        return isinstance(came, Mapping) and all(fits(value, came.get(key, MISSING)) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(came, list | tuple) and len(wanted) == len(came) and all(map(fits, wanted, came))
    return bool(wanted == came)
