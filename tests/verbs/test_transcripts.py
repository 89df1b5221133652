"""Every transcript, played straight, with a JSON round trip after every event, and with every event twice.

A transcript says what one call is expected to do, in `tests/transcripts/<verb>/<what>.yaml`:

    about:     what is promised, and who promises it (T1 to T24 are the worked traces of jambonz's runtime)
    app:       settings of the application
    caller:    the caller's number; or `call:`, the request of an operator
    first:     what is sent at once; notes: parts of sentences that are recorded with it
    document:  the reply to the first hook
    steps:     - when:     what happens, see stage.py; seconds pass before it: 1, or `after`
                 then:     everything that is sent because of it, in order; of a wish the fields named, null for one that is absent
                 notes, problems:  parts of sentences that are recorded
                 timers:   the verbs' timers that run after it, with the seconds until they fire
    over:      false where the call goes on
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from interpreter.session import Entry
from interpreter.text.source import Source
from tests.verbs.stage import NUMBER, Stage, fields_of, fits, is_enquiry, words_of
from verbs._events import Event, KeyPressed, LegEvent

FOLDER = Path(__file__).parent.parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.rglob("*.yaml"))
WAYS = ["straight", "json", "twice", "again", "late"]
"""json: the snapshot goes through plain values. twice: every event comes under its id again. again: news of a leg come under a new
id again, at once; late: when the next thing has happened. Keys are pressed as often as they are told of."""
STEP = {"when", "then", "after", "notes", "problems", "timers"}


class Player:
    """Plays one transcript, one way."""

    def __init__(self, written: dict[str, Any], how: str) -> None:
        self.stage = Stage(written.get("app"), written.get("call"), written.get("caller", NUMBER))
        self.how = how
        self.before: list[LegEvent] = []
        came = self.take(self.stage.first)
        if "first" in written:
            self.expect("first", written["first"], came)
        self.heard("first", written.get("notes", []), self.stage.notes)

    def step(self, where: str, step: dict[str, Any]) -> None:
        assert set(step) <= STEP, f"{where}: nobody reads {set(step) - STEP}"
        stage = self.stage
        stage.now += float(step.get("after", 1))
        stage.notes.clear()
        stage.problems.clear()
        before, self.before = self.before, []
        came: list[Entry] = []
        if "when" in step:
            for event in stage.events(step["when"]):
                came += self.take(event)
        self.expect(where, step.get("then", []), came)
        for wanted, kept in ((step.get("notes", []), stage.notes), (step.get("problems", []), [one.text for one in stage.problems])):
            self.heard(where, wanted, kept)
        if "timers" in step:
            assert stage.timers() == step["timers"], f"{where}: {stage.timers()}"
        if self.how == "late":
            for late in before:
                self.repeat(late)

    def heard(self, where: str, wanted: list[str], kept: list[str]) -> None:
        for text in wanted:
            assert any(text in one for one in kept), f"{where}: {text!r} is not in {kept}"

    def take(self, event: Event) -> list[Entry]:
        stage, before = self.stage, self.stage.snapshot
        outcome = stage.take(event)
        assert not [problem for problem in outcome.problems if problem.whose == "callverbs"], outcome.problems
        assert before != stage.snapshot or not outcome.changed
        if self.how == "json":
            stage.snapshot = msgspec.json.encode(msgspec.json.decode(stage.snapshot))
        elif self.how == "twice":
            assert not stage.take(event).changed
        elif isinstance(event, LegEvent) and not isinstance(event, KeyPressed):
            if self.how == "again":
                self.repeat(event)
            self.before.append(event)
        return list(outcome.new)

    def repeat(self, event: LegEvent) -> None:
        repeated = self.stage.take(msgspec.structs.replace(event, id=f"{event.id}-again", at=self.stage.now))
        assert not repeated.new, f"the second {event} has led to {[words_of(entry) for entry in repeated.new]}"

    def expect(self, where: str, wanted: list[Any], came: list[Entry]) -> None:
        assert len(wanted) == len(came), f"{where}: expected {wanted}, came {[words_of(entry) for entry in came]}"
        for one, entry in zip(wanted, came, strict=True):
            if isinstance(one, str):
                words, fields = one, {}
            else:
                ((name, what), *rest) = one.items()
                words, fields = f"{name} {what}", dict(rest)
            assert words == words_of(entry), f"{where}: expected {words}, came {words_of(entry)}"
            assert fits(fields, fields_of(entry)), f"{where}: expected {fields}, came {fields_of(entry)}"

    def finish(self) -> None:
        """Let the hooks that are still open reply, so that the call can end."""
        for entry in self.stage.session.outbox:
            words = words_of(entry)
            if words.startswith("ask ") and not entry.sent:
                self.stage.take(self.stage.event({"hook": words.removeprefix("ask ")}))
        assert self.stage.session.ended, f"the call goes on: {self.stage.snapshot.decode()}"
        left = [words_of(entry) for entry in self.stage.session.outbox if not entry.sent and not is_enquiry(entry)]
        assert not left, f"nobody sends {left} any longer"


def play(path: Path, how: str) -> None:
    """Play a transcript: `straight`, `json`, `twice` (the same id again), `again` (under a new id) or `late` (out of order too)."""
    written: Any = Source.read(path).value
    player = Player(written, how)
    steps = list(written["steps"])
    if "document" in written:
        steps[0] = {"when": {"hook": "/call", "verbs": written["document"]}, **steps[0]}
    for number, step in enumerate(steps, 1):
        player.step(f"{path.name} step {number}, {step.get('when')}", step)
    if written.get("over", True):
        player.finish()


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=[str(path.relative_to(FOLDER)) for path in TRANSCRIPTS])
def test_transcript(path: Path, how: str) -> None:
    play(path, how)


def test_every_transcript_says_what_it_is_about() -> None:
    for path in TRANSCRIPTS:
        assert str(Source.read(path).value["about"]).endswith("."), path
