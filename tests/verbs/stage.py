"""Lets a call happen event by event, in words: the stage on which transcripts and walks are played.

Events and wishes are written as short text: `answered a`, `speak_ended a`, `hook /menu`, `timer ring`; `speak a`, `ask /menu`.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from interpreter import session
from interpreter.outcome import Outcome
from interpreter.session import Entry, Problem, Session
from interpreter.step import begin, step
from verbs import _request
from verbs._app import App
from verbs._commands import Ask, Command, Enquire
from verbs._events import (
    CallReported,
    CallRequested,
    CommandAccepted,
    CommandFailed,
    Event,
    HangUpRequested,
    HookFailed,
    HookReplied,
    LeaseEnded,
    LegEvent,
    LegInitiated,
    TimerFired,
)
from verbs._names import snake
from verbs._registry import _leaves

ORIGIN = "https://app.example"
NUMBER = "+14155550100"
OURS = "+14155550199"
LEG_WORDS: dict[str, Any] = {snake(word.__name__).removeprefix("leg_"): word for word in _leaves(LegEvent)}
TYPING = 0.25
"""Seconds from one key of `keys` to the next."""


class Stage:
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
            wanted = _request.read({"from": OURS, "to": NUMBER, **call})
            self.first = CallRequested(id=self._id(), at=self.now, from_=wanted.from_, spec=wanted.spec, tag=wanted.tag)
        self.snapshot = begin("S", self.app, self.first)

    @property
    def session(self) -> Session:
        return session.load(self.snapshot)

    def _id(self) -> str:
        self.count += 1
        return f"event-{self.count}"

    def leg(self, leg: str) -> dict[str, Any]:
        """What every event of a leg carries."""
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
        """Take an event as it is."""
        outcome = step(self.snapshot, event, "worker")
        self.snapshot = outcome.snapshot
        self.notes += outcome.notes
        self.problems += outcome.problems
        return outcome

    def events(self, words: Any) -> Iterator[Event]:
        """Events from their words: text, a mapping with more, a list of these; `keys a 12#` is one event for each key."""
        if isinstance(words, list):
            for one in words:
                yield from self.events(one)
        elif isinstance(words, str) and words.startswith("keys "):
            _, leg, keys = words.split(" ")
            for key in keys:
                yield self.event({"key_pressed": leg, "digit": key})
                self.now += TYPING
        else:
            yield self.event(words)

    def event(self, words: Any) -> Event:
        """An event from its words. `ago` is how many seconds ago it happened, by the carrier's clock."""
        if isinstance(words, str):
            name, *rest = words.split(" ")
            what = " ".join(word for word in rest if "=" not in word)
            fields: dict[str, Any] = dict(word.partition("=")[::2] for word in rest if "=" in word)
        else:
            ((name, what),) = list(words.items())[:1]
            fields = dict(list(words.items())[1:])
        if name in LEG_WORDS:
            if "sip_status" in fields:
                fields["sip_status"] = int(fields["sip_status"])
            if "ago" in fields:
                fields["occurred_at"] = self.now - float(fields.pop("ago"))
            leg_event: Event = LEG_WORDS[name](**{**self.leg(what), **fields})
            return leg_event
        made: Event = getattr(self, f"_{name}")(what, fields)
        return made

    def _entry(self, what: str) -> Entry:
        """The oldest open outbox entry that these words describe."""
        for entry in self.session.outbox:
            if not entry.sent and words_of(entry) == what:
                return entry
        raise AssertionError(f"nobody waits for {what}: {[words_of(entry) for entry in self.session.outbox if not entry.sent]}")

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
        assert isinstance(entry.wish, Command)
        new = entry.wish.places()
        ids = {key: value for key, value in self.leg(new).items() if key.startswith("call_")} if new else {}
        return CommandAccepted(id=self._id(), at=self.now, n=entry.n, **ids)

    def _refused(self, what: str, fields: dict[str, Any]) -> Event:
        told = {"status": 422, "code": "10015", "title": "Bad", **fields}
        return CommandFailed(id=self._id(), at=self.now, n=self._entry(what).n, **told)

    def _reported(self, what: str, fields: dict[str, Any]) -> Event:
        """The carrier says whether a leg is `alive` (yes, no)."""
        return CallReported(id=self._id(), at=self.now, n=self._entry(f"enquire {what}").n, alive=fields["alive"] in (True, "yes"))

    def _timer(self, what: str, fields: dict[str, Any]) -> Event:
        found = [timer for timer in self.session.timers.values() if " ".join(filter(None, [timer.name, timer.leg])) == what]
        assert found, f"there is no timer {what}: {self.timers()}"
        self.now = max(self.now, found[0].due)
        return TimerFired(id=self._id(), at=self.now, n=found[0].n)

    def _lease(self, what: str, fields: dict[str, Any]) -> Event:
        """Nobody has reported on a wish in time; or, with `after`, so many seconds after it was asked for."""
        entry = self._entry(what)
        self.now = max(self.now, entry.until, entry.asked + float(fields.get("after", 0)))
        return LeaseEnded(id=self._id(), at=self.now, n=entry.n)

    def _operator(self, what: str, fields: dict[str, Any]) -> Event:
        return HangUpRequested(id=self._id(), at=self.now)

    def timers(self) -> dict[str, float]:
        """The timers of verbs by name, and when they are due from now on, in seconds."""
        return {timer.name: round(timer.due - self.now, 3) for timer in self.session.timers.values() if timer.owner}


def words_of(entry: Entry) -> str:
    """A wish in words: `speak a`, `dial b1`, `ask /menu`."""
    if isinstance(entry.wish, Ask):
        return f"ask {urlsplit(entry.wish.url).path}"
    assert isinstance(entry.wish, Command)
    return f"{entry.wish.__struct_config__.tag} {entry.wish.leg}"


def is_enquiry(entry: Entry) -> bool:
    """Whether it only asks how a leg stands."""
    return isinstance(entry.wish, Enquire)


def fields_of(entry: Entry) -> dict[str, Any]:
    """What a wish says, as plain values; a party's fields beside the others."""
    told: dict[str, Any] = msgspec.to_builtins(entry.wish)
    return {**told, **told.pop("party", {}), **({"payload": told["payload"]} if "payload" in told else {})}


MISSING = object()


def fits(wanted: Any, came: Any) -> bool:
    """Whether what came has everything that is wanted: of an object, the keys named; null for what must not be there."""
    if wanted is None:
        return came is MISSING or came is None
    if isinstance(wanted, Mapping):
        return isinstance(came, Mapping) and all(fits(value, came.get(key, MISSING)) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(came, list) and len(wanted) == len(came) and all(map(fits, wanted, came))
    return bool(wanted == came)
