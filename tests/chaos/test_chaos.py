"""A short slice of `make chaos`, and the measure itself: what it calls a difference."""

from collections import Counter

import pytest

from callverbs.interpreter.engine.session import Session
from callverbs.interpreter.stores.memory import MemoryStore
from tests.chaos import run
from tests.chaos.call import Witnessed
from tests.chaos.plan import Plan, draw

SEEDS = range(100_000, 100_120)


@pytest.mark.parametrize("first", SEEDS[::20])
def test_a_call_comes_to_the_same_whatever_dies(first: int) -> None:
    verdicts = [run.try_seed(seed, MemoryStore) for seed in range(first, first + 20)]
    assert [str(one) for one in verdicts if one.differences or one.heard_twice or one.lost] == []


def test_a_call_on_sqlite() -> None:
    assert run.try_seed(817, run.sqlite_store).differences == []


def test_a_seed_does_the_same_again() -> None:
    plan = draw(7, run.failpoints())
    assert draw(7, run.failpoints()) == plan
    assert run.play(plan, MemoryStore()) == run.play(plan, MemoryStore())


def test_every_sample_has_failpoints_of_every_kind() -> None:
    """Each wait of a worker has one before and one after it."""
    passed = {name for points in run.failpoints().values() for name in points}
    kinds = ("load", "find", "save", "due", "note_alive", "command", "hook")
    assert passed == {*(f"{when} {kind}" for kind in kinds for when in ("before", "after")), "before an acknowledgement"}
    assert len(run.failpoints()) > 20


def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A webhook that comes twice counts twice."""
    plan = Plan("barge-in", duplicated=1.0)
    assert run.play(plan, MemoryStore()).differences(run.usual("barge-in")) == []
    monkeypatch.setattr(Session, "mark_seen", lambda session, event_id: True)
    assert run.play(plan, MemoryStore()).differences(run.usual("barge-in"))


def test_the_measure() -> None:
    usual = Witnessed(heard={"a": ["Hi.", "Wait.", "Wait."]}, hooks=Counter({"/x": 1, "/wait": 2}))
    longer = Witnessed(heard={"a": ["Hi.", "Wait.", "Wait.", "Wait."]}, hooks=Counter({"/x": 1, "/wait": 3}))
    twice = Witnessed(heard={"a": ["Hi.", "Hi.", "Wait.", "Wait."]}, hooks=Counter({"/x": 2, "/wait": 2}))
    assert [one.partition(":")[0] for one in twice.differences(usual)] == ["heard", "hooks"]
    assert twice.heard_twice(usual) == ["a hears 'Hi.' 2 times"]
    assert longer.without_repetitions(usual) == usual.without_repetitions(usual)
    assert twice.without_repetitions(usual) != usual.without_repetitions(usual)


def test_a_plan_is_drawn_from_everything() -> None:
    plans = [draw(seed, run.failpoints()) for seed in range(500)]
    assert {one.sample for one in plans} == set(run.stages())
    assert {one.workers for one in plans} == {1, 2}
    assert any(not one.dies_at for one in plans)
    assert all(isinstance(one, Plan) for one in plans)
