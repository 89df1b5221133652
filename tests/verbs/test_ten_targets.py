"""Ten targets at once, in random order: answers, hangups, screenings, refusals, timers, duplicates, and the caller in between."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.engine import session
from callverbs.interpreter.engine.step import step
from callverbs.verbs.language.commands import Bridge, HangUp
from callverbs.verbs.language.events import Event, HookReplied, LegAnswered, LegHungUp
from callverbs.verbs.language.messages import HookRequest
from tests.verbs import invariants
from tests.verbs.harness import CallHarness
from tests.verbs.walk import Walk, World

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
    call = TenTargets(document)
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
    bridged = {message.other for message in call.sent if isinstance(message, Bridge)}
    asked = [message for message in call.sent if isinstance(message, HookRequest) and message.kind == "action"]
    assert len(bridged) <= 1
    assert len(asked) <= 1
    dialled = [leg for leg in call.now.legs.values() if leg.parent]
    assert len(dialled) in (0, 10)
    assert not dialled or len(asked) == 1
    if asked and asked[0].payload["dial_call_status"] == "completed":
        (winner,) = bridged or {leg.name for leg in dialled if leg.call_leg_id == asked[0].payload["dial_call_sid"]}
        let_go = {message.leg for message in call.sent if isinstance(message, HangUp)}
        left = [leg.name for leg in dialled if leg.name != winner and leg.answered_at and leg.name not in let_go and not leg.ended_at]
        assert not left


def _is_caller_s_hangup(event: Event) -> bool:
    return isinstance(event, LegHungUp) and event.leg == "a"


class TenTargets:
    """One call, and every message that it has sent."""

    def __init__(self, document: list[Any]) -> None:
        self.walk = Walk(document, WORLD)
        call = CallHarness()
        outcome = call.take(call.first)
        self.snapshot = outcome.snapshot
        self.sent = [entry.message for entry in outcome.new]
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
        invariants.check_outcome(before, outcome, event)
        self.snapshot = outcome.snapshot
        self.sent += [entry.message for entry in outcome.new]
        invariants.check_session(self.now, self.snapshot)

    def end(self) -> None:
        """Lets every party hang up, the caller first, and every hook reply."""
        for _ in range(200):
            if self.now.ended:
                return
            events = [event for event, _ in self.walk.events(self.now)]
            self.take(next(event for kind in (LegHungUp, HookReplied) for event in events if isinstance(event, kind)))
        raise AssertionError("the call does not end")
