"""Ten targets at once, in random order: answers, hangups, screenings, refusals, timers, duplicates, and the caller in between."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter import session
from interpreter.step import step
from tests.verbs import laws
from tests.verbs.stage import Stage
from tests.verbs.walk import Walk, World
from verbs._commands import Ask, Bridge, HangUp
from verbs._events import Event, HookReplied, LegAnswered, LegHungUp

TARGETS = [{"type": "phone", "number": f"+141555501{n:02}"} for n in range(10)]
SCREENED = [{**target, "confirmHook": "/c"} if n % 2 else target for n, target in enumerate(TARGETS)]
DIAL = {"verb": "dial", "actionHook": "/d", "amd": {"actionHook": "/a"}}
WORLD = World(
    slow=True,
    machines=True,
    replies={"confirm": [[{"verb": "pause", "length": 1}], [{"verb": "hangup"}]]},
    causes=("normal_clearing", "user_busy", "no_answer"),
    refusals=("10015", "90018"),
)


@settings(max_examples=150)
@given(
    answer_on_bridge=st.booleans(),
    targets=st.sampled_from([TARGETS, SCREENED]),
    choices=st.lists(st.integers(0, 10_000), max_size=80),
    twice=st.integers(0, 80),
)
def test_ten_targets(answer_on_bridge: bool, targets: list[Any], choices: list[int], twice: int) -> None:
    document = [{**DIAL, "answerOnBridge": answer_on_bridge, "target": targets}, {"verb": "say", "text": "Sorry"}]
    call = Ten(document)
    for number, choice in enumerate(choices):
        events = [event for event, _ in call.walk.events(call.now) if choice % 7 == 0 or not _is_caller_s_hangup(event)]
        if call.now.ended:
            break
        if not events:
            continue
        event = events[choice % len(events)]
        call.take(event)
        if number == twice:
            assert not step(call.snapshot, event, "worker").changed
    call.end()
    bridged = {wish.other for wish in call.sent if isinstance(wish, Bridge)}
    asked = [wish for wish in call.sent if isinstance(wish, Ask) and wish.kind == "action"]
    assert len(bridged) <= 1
    assert len(asked) <= 1
    dialled = [leg for leg in call.now.legs.values() if leg.parent]
    assert len(dialled) in (0, 10)
    assert not dialled or len(asked) == 1
    if asked and asked[0].payload["dial_call_status"] == "completed":
        (winner,) = bridged or {leg.name for leg in dialled if leg.call_leg_id == asked[0].payload["dial_call_sid"]}
        let_go = {wish.leg for wish in call.sent if isinstance(wish, HangUp)}
        left = [leg.name for leg in dialled if leg.name != winner and leg.answered_at and leg.name not in let_go and not leg.ended_at]
        assert not left


def _is_caller_s_hangup(event: Event) -> bool:
    return isinstance(event, LegHungUp) and event.leg == "a"


class Ten:
    """One call, and all that it has asked for."""

    def __init__(self, document: list[Any]) -> None:
        self.walk = Walk(document, WORLD)
        stage = Stage()
        outcome = stage.take(stage.first)
        self.snapshot = outcome.snapshot
        self.sent = [entry.wish for entry in outcome.new]
        (hook,) = [event for event, _ in self.walk.events(self.now) if getattr(event, "body", "")]
        self.take(hook)
        if not document[0]["answerOnBridge"]:
            self.take(next(event for event, _ in self.walk.events(self.now) if isinstance(event, LegAnswered)))

    @property
    def now(self) -> session.Session:
        return session.load(self.snapshot)

    def take(self, event: Event) -> None:
        before = self.now
        outcome = step(self.snapshot, event, "worker")
        laws.sound(before, outcome, event)
        self.snapshot = outcome.snapshot
        self.sent += [entry.wish for entry in outcome.new]
        laws.hold(self.now, self.snapshot)

    def end(self) -> None:
        """Everybody hangs up, the caller first, and every question is answered."""
        for _ in range(200):
            if self.now.ended:
                return
            events = [event for event, _ in self.walk.events(self.now)]
            self.take(next(event for kind in (LegHungUp, HookReplied) for event in events if isinstance(event, kind)))
        raise AssertionError("the call does not end")
