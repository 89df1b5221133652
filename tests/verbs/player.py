"""Plays a transcript, and asserts what it says of every step."""

from typing import Any

import msgspec

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.verbs.language.events import Event, KeyPressed, LegEvent
from tests.verbs.harness import NUMBER, CallHarness, fields_fit, fields_of, is_query, words_of

WAYS = ["straight", "json", "twice", "again", "late"]
"""json: the snapshot goes through plain values. twice: every event comes again under its id. again: every event of a leg comes again
under a new id, at once; late: the same, after the next step. A key is not repeated: two events are two keys."""
STEP = {"when", "then", "after", "notes", "problems", "timers"}


class Player:
    """Plays one transcript in one of the ways."""

    def __init__(self, written: dict[str, Any], how: str) -> None:
        self.harness = CallHarness(written.get("app"), written.get("call"), written.get("caller", NUMBER))
        self.how = how
        self.before: list[LegEvent] = []
        came = self.take(self.harness.first)
        if "first" in written:
            self.expect("first", written["first"], came)
        self.check_texts("first", written.get("notes", []), self.harness.notes)

    def step(self, where: str, step: dict[str, Any]) -> None:
        assert set(step) <= STEP, f"{where}: a step has no {set(step) - STEP}"
        harness = self.harness
        harness.now += float(step.get("after", 1))
        harness.notes.clear()
        harness.problems.clear()
        before, self.before = self.before, []
        came: list[OutboxEntry] = []
        if "when" in step:
            for event in harness.events(step["when"]):
                came += self.take(event)
        self.expect(where, step.get("then", []), came)
        for wanted, kept in ((step.get("notes", []), harness.notes), (step.get("problems", []), [one.text for one in harness.problems])):
            self.check_texts(where, wanted, kept)
        if "timers" in step:
            assert harness.timers() == step["timers"], f"{where}: {harness.timers()}"
        if self.how == "late":
            for late in before:
                self.repeat(late)

    def check_texts(self, where: str, wanted: list[str], kept: list[str]) -> None:
        for text in wanted:
            assert any(text in one for one in kept), f"{where}: {text!r} is not in {kept}"

    def take(self, event: Event) -> list[OutboxEntry]:
        harness, before = self.harness, self.harness.snapshot
        outcome = harness.take(event)
        assert not [problem for problem in outcome.problems if problem.whose == "callverbs"], outcome.problems
        assert before != harness.snapshot or not outcome.changed
        if self.how == "json":
            harness.snapshot = msgspec.json.encode(msgspec.json.decode(harness.snapshot))
        elif self.how == "twice":
            assert not harness.take(event).changed
        elif isinstance(event, LegEvent) and not isinstance(event, KeyPressed):
            if self.how == "again":
                self.repeat(event)
            self.before.append(event)
        return list(outcome.new)

    def repeat(self, event: LegEvent) -> None:
        repeated = self.harness.take(msgspec.structs.replace(event, id=f"{event.id}-again", at=self.harness.now))
        assert not repeated.new, f"the second {event} has led to {[words_of(entry) for entry in repeated.new]}"

    def expect(self, where: str, wanted: list[Any], came: list[OutboxEntry]) -> None:
        assert len(wanted) == len(came), f"{where}: expected {wanted}, came {[words_of(entry) for entry in came]}"
        for one, entry in zip(wanted, came, strict=True):
            if isinstance(one, str):
                words, fields = one, {}
            else:
                ((name, what), *rest) = one.items()
                words, fields = f"{name} {what}", dict(rest)
            assert words == words_of(entry), f"{where}: expected {words}, came {words_of(entry)}"
            assert set(fields) <= set(fields_of(entry)), f"{where}: {words} has no {set(fields) - set(fields_of(entry))}"
            assert fields_fit(fields, entry), f"{where}: expected {fields}, came {fields_of(entry)}"

    def finish(self) -> None:
        """Lets the hooks that are still open reply, so that the call can end."""
        for entry in self.harness.session.open_entries():
            words = words_of(entry)
            if words.startswith("ask "):
                self.harness.take(self.harness.event({"hook": words.removeprefix("ask ")}))
        assert self.harness.session.ended, f"the call goes on: {self.harness.snapshot.decode()}"
        left = [words_of(entry) for entry in self.harness.session.open_entries() if not is_query(entry)]
        assert not left, f"{left} is still in the outbox of a call that is over"


def steps_of(written: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the steps of a transcript; the first begins with the reply to the first hook."""
    first, *others = written["steps"]
    if "document" in written:
        first = {"when": {"hook": "/call", "verbs": written["document"]}, **first}
    return [first, *others]


def play(written: dict[str, Any], how: str = "straight") -> None:
    """Plays a transcript as its file has it, in one of WAYS."""
    player = Player(written, how)
    for number, step in enumerate(steps_of(written), 1):
        player.step(f"step {number}, {step.get('when')}", step)
    if written.get("over", True):
        player.finish()
