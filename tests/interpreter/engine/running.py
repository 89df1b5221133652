"""A call that runs a document: events go in, the words of what is sent come out."""

from typing import Any

from callverbs.interpreter.engine import session
from callverbs.interpreter.engine.session import Session
from callverbs.verbs.language.events import (
    Event,
)
from tests.verbs import invariants
from tests.verbs.harness import CallHarness, words_of

PHONES = [{"type": "phone", "number": "+14155550101"}, {"type": "phone", "number": "+14155550102"}]
SAY = {"verb": "say", "text": "Hello"}
BROKEN = {"verb": "play", "url": []}
"""A verb whose own code raises. No document can say so."""
REDIRECT = {"verb": "redirect", "actionHook": "/next"}


class Call:
    """A call that runs a document: events go in, the words of what is sent come out."""

    def __init__(self, document: list[Any], app: dict[str, Any] | None = None, call: dict[str, Any] | None = None) -> None:
        self.harness = CallHarness(app, call)
        self.harness.take(self.harness.first)
        if call is not None:
            self.on("answered a")
        self.first = self.on({"hook": "/call", "verbs": document})

    def on(self, *events: Any) -> list[str]:
        """Takes events, and returns what is sent because of them."""
        came: list[str] = []
        for words in events:
            for event in self.harness.events(words):
                came += self.take(event)
            self.harness.now += 1
        return came

    def take(self, event: Event) -> list[str]:
        before = self.harness.session
        outcome = self.harness.take(event)
        invariants.check_session(self.harness.session, outcome.snapshot)
        assert not [entry for entry in outcome.new if entry.n <= before.last], "something is sent again"
        return [words_of(entry) for entry in outcome.new]

    def break_(self, change: Any) -> None:
        """Changes the session behind the engine's back."""
        now = self.harness.session
        change(now)
        self.harness.snapshot = session.dump(now)

    @property
    def faults(self) -> list[str]:
        return [problem.text for problem in self.harness.problems if problem.whose == "callverbs"]


def running(*document: Any, **more: Any) -> Call:
    return Call(list(document), **more)


def orphan(now: Session) -> None:
    """Makes the caller the child of a leg that does not exist: no hook can be asked about it."""
    now.legs["a"].parent = "nobody"
