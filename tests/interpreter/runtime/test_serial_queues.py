"""The order in which messages are sent: under one key one after the other, under different keys side by side, and none waits for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.runtime.serial_queues import SerialQueues
from callverbs.verbs.language.commands import Bridge, Dial, HangUp, Party, RetrieveCall, StopMedia, Transfer
from callverbs.verbs.language.messages import HookRequest, OutboxMessage
from tests.interpreter.server.calls import BEGIN

S = "session"


def leg(n: int, name: str = "a") -> OutboxEntry:
    return OutboxEntry(n, StopMedia(leg=name), 0, BEGIN)


def bridge(n: int, one: str = "a", other: str = "b1") -> OutboxEntry:
    return OutboxEntry(n, Bridge(leg=one, other=other), 0, BEGIN)


def numbers(entries: list[OutboxEntry]) -> list[int]:
    return [entry.n for entry in entries]


def test_messages_of_one_leg_go_one_after_the_other() -> None:
    queues = SerialQueues()
    first, second, third = leg(1), leg(2), leg(3)
    assert [queues.add(S, one) for one in (first, second, third)] == [True, False, False]
    assert queues.remove(S, first) == [second]
    assert queues.remove(S, second) == [third]
    assert queues.remove(S, third) == []


def test_messages_of_different_legs_go_side_by_side() -> None:
    """A simring rings everywhere at once."""
    queues = SerialQueues()
    dials = [OutboxEntry(n, Dial(leg=f"b{n}", link_to="a", party=Party(to="+14155550177")), 0, BEGIN) for n in range(1, 6)]
    assert [queues.add(S, one) for one in (leg(0), *dials)] == [True] * 6


def test_calls_do_not_wait_for_each_other() -> None:
    queues = SerialQueues()
    assert queues.add("one", leg(1))
    assert queues.add("other", leg(1))
    assert queues.remove("one", leg(1)) == []
    assert not queues.add("other", leg(2))


@pytest.mark.parametrize("two", [bridge(3), OutboxEntry(3, Transfer(leg="a", other="b1", party=Party(to="+14155550177")), 0, BEGIN)])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_what_is_about_two_legs_waits_for_both(order: str, two: OutboxEntry) -> None:
    queues = SerialQueues()
    before = {"a": leg(1, "a"), "b": leg(2, "b1")}
    assert [queues.add(S, one) for one in (*before.values(), two)] == [True, True, False]
    assert queues.remove(S, before[order[0]]) == []
    assert queues.remove(S, before[order[1]]) == [two]


def test_both_legs_wait_for_what_is_about_two() -> None:
    queues = SerialQueues()
    two, here, there, elsewhere = bridge(1), leg(2, "a"), leg(3, "b1"), leg(4, "b2")
    assert [queues.add(S, one) for one in (two, here, there, elsewhere)] == [True, False, False, True]
    assert queues.remove(S, two) == [here, there]


def test_what_has_no_key_waits_for_nothing() -> None:
    queues = SerialQueues()
    queues.add(S, leg(1))
    for n, message in enumerate((RetrieveCall(leg="a"), HookRequest(kind="action", url="/menu"))):
        entry = OutboxEntry(2 + n, message, 0, BEGIN)
        assert queues.add(S, entry)
        assert queues.remove(S, entry) == []


def test_hooks_with_the_call_status_go_in_order() -> None:
    queues = SerialQueues()
    first, second = (OutboxEntry(n, HookRequest(kind="status", url="/status", ordering_key="status"), 0, BEGIN) for n in (1, 2))
    assert [queues.add(S, first), queues.add(S, second), queues.add(S, leg(3, "status of a leg"))] == [True, False, True]
    assert queues.remove(S, first) == [second]


def test_what_was_taken_over_comes_late_and_goes_first() -> None:
    """Another worker had it: what was made after it and is not being sent waits for it."""
    queues = SerialQueues()
    running, waiting, late = leg(3), leg(4), leg(1)
    assert [queues.add(S, running), queues.add(S, waiting)] == [True, False]
    assert queues.add(S, late)
    assert queues.remove(S, running) == []
    assert queues.remove(S, late) == [waiting]


def test_what_was_taken_over_and_waits_itself() -> None:
    queues = SerialQueues()
    first, last, late = leg(1), leg(5), leg(2)
    assert [queues.add(S, one) for one in (first, last, late)] == [True, False, False]
    assert queues.remove(S, first) == [late]
    assert queues.remove(S, late) == [last]


def test_what_was_taken_over_between_two_legs() -> None:
    """The hangup of b1 waited for the bridge only; now it waits for the late one too."""
    queues = SerialQueues()
    two, end, late = bridge(2), OutboxEntry(5, HangUp(leg="b1"), 0, BEGIN), leg(3, "b1")
    assert [queues.add(S, one) for one in (two, end, late)] == [True, False, False]
    assert queues.remove(S, two) == [late]
    assert queues.remove(S, late) == [end]


def test_nothing_is_kept_of_what_is_done() -> None:
    queues = SerialQueues()
    for n in range(3):
        queues.add(S, bridge(n))
    for n in range(3):
        queues.remove(S, bridge(n))
    assert (queues._queues, queues._waiting) == ({}, {})


# --------------------------------------------------------------------------- whatever comes


LEGS = ("a", "b1", "b2", "b3")


@st.composite
def entries(draw: st.DrawFn) -> list[OutboxEntry]:
    """Draws entries of one call in the order in which they come, which is not that of their numbers where some are taken over."""
    made: list[OutboxMessage] = []
    for _ in range(draw(st.integers(1, 12))):
        one = draw(st.sampled_from(LEGS))
        other = draw(st.sampled_from([name for name in LEGS if name != one]))
        messages: list[OutboxMessage] = [StopMedia(leg=one), Bridge(leg=one, other=other), RetrieveCall(leg=one)]
        made.append(draw(st.sampled_from(messages)))
    return draw(st.permutations([OutboxEntry(n, message, 0, BEGIN) for n, message in enumerate(made, 1)]))


@given(entries(), st.data())
def test_each_is_sent_once_and_never_before_an_earlier_one_of_its_key(coming: list[OutboxEntry], data: st.DataObject) -> None:
    """At any time either one more comes, or one that is being sent is done."""
    queues = SerialQueues()
    sending: list[OutboxEntry] = []
    sent: list[int] = []
    known: list[OutboxEntry] = []

    def begin(entry: OutboxEntry) -> None:
        assert entry.n not in sent
        earlier = [one.n for one in known if one.n < entry.n and set(one.ordering_keys) & set(entry.ordering_keys)]
        done = set(sent) - {one.n for one in sending}
        assert done.issuperset(earlier), f"{entry.n} is sent before {set(earlier) - done} is done"
        sent.append(entry.n)
        sending.append(entry)

    while coming or sending:
        if coming and (not sending or data.draw(st.booleans())):
            entry = coming.pop(0)
            known.append(entry)
            if queues.add(S, entry):
                begin(entry)
        else:
            over = sending.pop(data.draw(st.integers(0, len(sending) - 1)))
            for entry in queues.remove(S, over):
                begin(entry)
    assert sorted(sent) == sorted(numbers(known))
    assert (queues._queues, queues._waiting) == ({}, {})
