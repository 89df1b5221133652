"""The order in which wishes are sent: of one lane one after the other, of different lanes side by side, and nobody waits for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.lanes import Lanes
from interpreter.session import Entry
from tests.interpreter.server.calls import BEGIN
from verbs._commands import Ask, Bridge, Dial, Enquire, HangUp, Party, StopMedia, Transfer, Wish

S = "session"


def leg(n: int, name: str = "a") -> Entry:
    return Entry(n, StopMedia(leg=name), 0, BEGIN)


def bridge(n: int, one: str = "a", other: str = "b1") -> Entry:
    return Entry(n, Bridge(leg=one, other=other), 0, BEGIN)


def numbers(entries: list[Entry]) -> list[int]:
    return [entry.n for entry in entries]


def test_one_leg_is_told_one_thing_after_the_other() -> None:
    lanes = Lanes()
    first, second, third = leg(1), leg(2), leg(3)
    assert [lanes.add(S, one) for one in (first, second, third)] == [True, False, False]
    assert lanes.done(S, first) == [second]
    assert lanes.done(S, second) == [third]
    assert lanes.done(S, third) == []


def test_legs_are_told_side_by_side() -> None:
    """A simring rings everywhere at once."""
    lanes = Lanes()
    dials = [Entry(n, Dial(leg=f"b{n}", link_to="a", party=Party(to="+14155550177")), 0, BEGIN) for n in range(1, 6)]
    assert [lanes.add(S, one) for one in (leg(0), *dials)] == [True] * 6


def test_calls_have_nothing_to_do_with_each_other() -> None:
    lanes = Lanes()
    assert lanes.add("one", leg(1))
    assert lanes.add("other", leg(1))
    assert lanes.done("one", leg(1)) == []
    assert not lanes.add("other", leg(2))


@pytest.mark.parametrize("two", [bridge(3), Entry(3, Transfer(leg="a", other="b1", party=Party(to="+14155550177")), 0, BEGIN)])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_what_is_about_two_legs_waits_for_both(order: str, two: Entry) -> None:
    lanes = Lanes()
    before = {"a": leg(1, "a"), "b": leg(2, "b1")}
    assert [lanes.add(S, one) for one in (*before.values(), two)] == [True, True, False]
    assert lanes.done(S, before[order[0]]) == []
    assert lanes.done(S, before[order[1]]) == [two]


def test_both_legs_wait_for_what_is_about_two() -> None:
    lanes = Lanes()
    two, here, there, elsewhere = bridge(1), leg(2, "a"), leg(3, "b1"), leg(4, "b2")
    assert [lanes.add(S, one) for one in (two, here, there, elsewhere)] == [True, False, False, True]
    assert lanes.done(S, two) == [here, there]


def test_what_is_about_no_leg_waits_for_nobody() -> None:
    lanes = Lanes()
    lanes.add(S, leg(1))
    for n, wish in enumerate((Enquire(leg="a"), Ask(kind="action", url="/menu"))):
        entry = Entry(2 + n, wish, 0, BEGIN)
        assert lanes.add(S, entry)
        assert lanes.done(S, entry) == []


def test_hooks_that_tell_the_call_status_go_in_order() -> None:
    lanes = Lanes()
    first, second = (Entry(n, Ask(kind="status", url="/status", lane="status"), 0, BEGIN) for n in (1, 2))
    assert [lanes.add(S, first), lanes.add(S, second), lanes.add(S, leg(3, "status of a leg"))] == [True, False, True]
    assert lanes.done(S, first) == [second]


def test_what_was_taken_over_comes_late_and_goes_first() -> None:
    """Somebody else had it: what was wished for after it and has not begun waits for it."""
    lanes = Lanes()
    running, waiting, late = leg(3), leg(4), leg(1)
    assert [lanes.add(S, running), lanes.add(S, waiting)] == [True, False]
    assert lanes.add(S, late)
    assert lanes.done(S, running) == []
    assert lanes.done(S, late) == [waiting]


def test_what_was_taken_over_and_waits_itself() -> None:
    lanes = Lanes()
    first, last, late = leg(1), leg(5), leg(2)
    assert [lanes.add(S, one) for one in (first, last, late)] == [True, False, False]
    assert lanes.done(S, first) == [late]
    assert lanes.done(S, late) == [last]


def test_what_was_taken_over_between_two_legs() -> None:
    """The hangup of b1 had nobody before it when it began to wait for the bridge; now it has the late one too."""
    lanes = Lanes()
    two, end, late = bridge(2), Entry(5, HangUp(leg="b1"), 0, BEGIN), leg(3, "b1")
    assert [lanes.add(S, one) for one in (two, end, late)] == [True, False, False]
    assert lanes.done(S, two) == [late]
    assert lanes.done(S, late) == [end]


def test_nothing_is_kept_of_what_is_over() -> None:
    lanes = Lanes()
    for n in range(3):
        lanes.add(S, bridge(n))
    for n in range(3):
        lanes.done(S, bridge(n))
    assert (lanes._queues, lanes._waiting) == ({}, {})


# --------------------------------------------------------------------------- whatever comes


LEGS = ("a", "b1", "b2", "b3")


@st.composite
def wishes(draw: st.DrawFn) -> list[Entry]:
    """Wishes of one call in the order in which they come in, which is not that of their numbers where some are taken over."""
    made: list[Wish] = []
    for _ in range(draw(st.integers(1, 12))):
        one = draw(st.sampled_from(LEGS))
        other = draw(st.sampled_from([name for name in LEGS if name != one]))
        words: list[Wish] = [StopMedia(leg=one), Bridge(leg=one, other=other), Enquire(leg=one)]
        made.append(draw(st.sampled_from(words)))
    return draw(st.permutations([Entry(n, wish, 0, BEGIN) for n, wish in enumerate(made, 1)]))


@given(wishes(), st.data())
def test_each_is_sent_once_and_never_before_an_earlier_one_of_its_lane(coming: list[Entry], data: st.DataObject) -> None:
    """Whatever comes when, and whatever takes how long: at any time either one more comes, or one that is being sent is done."""
    lanes = Lanes()
    sending: list[Entry] = []
    sent: list[int] = []
    known: list[Entry] = []

    def begins(entry: Entry) -> None:
        assert entry.n not in sent
        earlier = [one.n for one in known if one.n < entry.n and set(one.lanes) & set(entry.lanes)]
        done = set(sent) - {one.n for one in sending}
        assert done.issuperset(earlier), f"{entry.n} is sent before {set(earlier) - done} is done"
        sent.append(entry.n)
        sending.append(entry)

    while coming or sending:
        if coming and (not sending or data.draw(st.booleans())):
            entry = coming.pop(0)
            known.append(entry)
            if lanes.add(S, entry):
                begins(entry)
        else:
            over = sending.pop(data.draw(st.integers(0, len(sending) - 1)))
            for entry in lanes.done(S, over):
                begins(entry)
    assert sorted(sent) == sorted(numbers(known))
    assert (lanes._queues, lanes._waiting) == ({}, {})
