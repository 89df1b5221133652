"""Things happen in their order, on the virtual clock and on the real one."""

import asyncio

from callverbs.interpreter.simulator.clock import LiveClock, VirtualClock


def test_things_happen_in_their_order_and_at_their_time() -> None:
    clock, seen = VirtualClock(100.0), []
    for seconds, name in ((2.0, "b"), (1.0, "a"), (2.0, "c")):
        clock.call_later(seconds, lambda name=name: seen.append((clock.now(), name)))  # type: ignore[misc]
    assert clock.next_due() == 101.0
    clock.run()
    assert seen == [(101.0, "a"), (102.0, "b"), (102.0, "c")]
    assert not clock.step()
    assert clock.next_due() is None


def test_what_is_cancelled_never_happens() -> None:
    clock, seen = VirtualClock(), []
    handle = clock.call_later(1.0, lambda: seen.append("never"))
    clock.call_later(2.0, lambda: seen.append("later"))
    handle.cancel()
    assert clock.next_due() == 2.0
    assert clock.step()
    assert (clock.now(), seen) == (2.0, ["later"])


def test_a_thing_can_ask_for_the_next() -> None:
    clock, seen = VirtualClock(), []

    def again() -> None:
        seen.append(clock.now())
        if len(seen) < 3:
            clock.call_later(0.5, again)

    clock.call_later(0.5, again)
    clock.run(1.2)
    assert seen == [0.5, 1.0]
    assert clock.now() == 1.2
    clock.run()
    assert seen == [0.5, 1.0, 1.5]


async def test_the_live_clock_waits() -> None:
    clock, came = LiveClock(), asyncio.Event()
    before = clock.now()
    clock.call_later(0.0, lambda: None).cancel()
    clock.call_later(0.01, came.set)
    await came.wait()
    assert clock.now() > before > 1_600_000_000
