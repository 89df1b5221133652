"""Lets a call happen event by event, in words: the stage on which transcripts and walks are played.

Events and wishes are written as short text: `answered a`, `speak_ended a`, `hook /menu`, `timer ring`; `speak a`, `ask /menu`.
"""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from interpreter import session
from interpreter.outcome import Outcome
from interpreter.session import Entry, Session
from interpreter.step import begin, step
from verbs import _request
from verbs._app import App
from verbs._commands import Ask, Command
from verbs._events import (
    CallRequested,
    CommandAccepted,
    CommandFailed,
    Event,
    HangUpRequested,
    HookFailed,
    HookReplied,
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


class Stage:
    """One call, and the time on its clock."""

    def __init__(self, app: dict[str, Any] | None = None, call: dict[str, Any] | None = None) -> None:
        fixed = {"name": "test", "call_hook": "/call", "base_url": ORIGIN, "connection_id": "1", "ringback": ""}
        self.app = msgspec.convert({**fixed, **(app or {})}, App)
        self.now = 1000.0
        self.count = 0
        self.notes: list[str] = []
        self.first: Event
        if call is None:
            self.first = LegInitiated(**self._leg("a"), direction="inbound", from_=NUMBER, to=OURS, caller_name="Ann")
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

    def _leg(self, leg: str) -> dict[str, Any]:
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
        return outcome

    def event(self, words: Any) -> Event:
        """An event from its words: text, or a mapping with more."""
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
            leg_event: Event = LEG_WORDS[name](**{**self._leg(what), **fields})
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
        entry = self._entry(f"ask {what}")
        if "fails" in fields:
            return HookFailed(id=self._id(), at=self.now, n=entry.n, status=int(fields.get("status", 500)), reason=str(fields["fails"]))
        body = fields["body"] if "body" in fields else msgspec.json.encode(fields["verbs"]).decode() if "verbs" in fields else ""
        kind = "application/json" if body else ""
        return HookReplied(id=self._id(), at=self.now, n=entry.n, status=200, content_type=kind, body=body)

    def _accepted(self, what: str, fields: dict[str, Any]) -> Event:
        entry = self._entry(what)
        assert isinstance(entry.wish, Command)
        ids = (
            {key: value for key, value in self._leg(entry.wish.places()).items() if key.startswith("call_")} if entry.wish.places() else {}
        )
        return CommandAccepted(id=self._id(), at=self.now, n=entry.n, **ids)

    def _refused(self, what: str, fields: dict[str, Any]) -> Event:
        return CommandFailed(id=self._id(), at=self.now, n=self._entry(what).n, status=422, **{"code": "10015", "title": "Bad", **fields})

    def _timer(self, what: str, fields: dict[str, Any]) -> Event:
        found = [timer for timer in self.session.timers.values() if " ".join(filter(None, [timer.name, timer.leg])) == what]
        assert found, f"there is no timer {what}: {[(timer.name, timer.leg) for timer in self.session.timers.values()]}"
        self.now = max(self.now, found[0].due)
        return TimerFired(id=self._id(), at=self.now, n=found[0].n)

    def _operator(self, what: str, fields: dict[str, Any]) -> Event:
        return HangUpRequested(id=self._id(), at=self.now)


def words_of(entry: Entry) -> str:
    """A wish in words: `speak a`, `dial b1`, `ask /menu`."""
    if isinstance(entry.wish, Ask):
        return f"ask {urlsplit(entry.wish.url).path}"
    assert isinstance(entry.wish, Command)
    return f"{entry.wish.__struct_config__.tag} {entry.wish.leg}"


def fields_of(entry: Entry) -> dict[str, Any]:
    """What a wish says, as plain values; a party's fields beside the others."""
    told: dict[str, Any] = msgspec.to_builtins(entry.wish)
    return {**told, **told.pop("party", {}), **({"payload": told["payload"]} if "payload" in told else {})}
