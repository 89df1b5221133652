"""The event loop on the virtual clock: asyncio's own tools work in it, no time passes, and nothing that fails goes unnoticed."""

import asyncio

import pytest

from callverbs.interpreter.simulator.clock import VirtualClock
from callverbs.interpreter.simulator.virtual_loop import VirtualLoop


@pytest.fixture
def loop() -> VirtualLoop:
    return VirtualLoop(VirtualClock())  # type: ignore[abstract] # it has what the runtime needs of a loop


def test_waiting_takes_no_time(loop: VirtualLoop) -> None:
    async def sleep() -> float:
        await asyncio.sleep(3600.0)
        return asyncio.get_running_loop().time()

    task = loop.create_task(sleep())
    loop.run()
    assert task.result() == loop.time() == 3600.0


def test_what_is_due_at_one_moment_happens_in_the_order_of_the_requests(loop: VirtualLoop) -> None:
    seen: list[tuple[float, str]] = []

    async def step(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        for _ in range(3):
            seen.append((loop.time(), name))
            await asyncio.sleep(0)

    for name, seconds in (("late", 2.0), ("one", 1.0), ("other", 1.0)):
        loop.spawn(step(name, seconds))
    loop.run()
    assert [name for _, name in seen] == ["one"] * 3 + ["other"] * 3 + ["late"] * 3
    assert [at for at, _ in seen] == [1.0] * 6 + [2.0] * 3


def test_asyncio_s_own_tools(loop: VirtualLoop) -> None:
    async def wait() -> list[str]:
        found, changed = [], asyncio.Condition()
        try:
            async with asyncio.timeout(5.0), changed:
                await changed.wait()
        except TimeoutError:
            found.append(f"timeout at {loop.time():g}")
        done, rest = await asyncio.wait({asyncio.create_task(asyncio.sleep(after)) for after in (1.0, 9.0)}, timeout=2.0)
        found.append(f"{len(done)} done, {len(rest)} not, at {loop.time():g}")
        results = await asyncio.gather(*rest, asyncio.sleep(0.5, "slept"))
        return [*found, f"{results[-1]} until {loop.time():g}"]

    task = loop.create_task(wait())
    loop.run()
    assert task.result() == ["timeout at 5", "1 done, 1 not, at 7", "slept until 14"]


def test_a_timer_that_is_cancelled_does_not_move_the_clock(loop: VirtualLoop) -> None:
    loop.call_later(100.0, lambda: None).cancel()
    loop.call_later(1.0, lambda: None)
    loop.run()
    assert loop.time() == 1.0


def test_it_runs_until_it_is_enough(loop: VirtualLoop) -> None:
    seen: list[float] = []
    for seconds in (1.0, 2.0, 3.0):
        loop.call_later(seconds, lambda: seen.append(loop.time()))
    loop.run(until=lambda: len(seen) == 2)
    assert seen == [1.0, 2.0]
    loop.run()
    assert seen == [1.0, 2.0, 3.0]


def test_what_a_task_raises_the_run_does(loop: VirtualLoop) -> None:
    async def fail() -> None:
        await asyncio.sleep(1.0)
        raise ValueError("of a task")

    def broken() -> None:
        raise ValueError("of a callback")

    loop.spawn(fail())
    with pytest.raises(ValueError, match="of a task"):
        loop.run()
    loop.call_later(1.0, broken)
    with pytest.raises(ValueError, match="of a callback"):
        loop.run()


def test_a_close_cancels_what_waits(loop: VirtualLoop) -> None:
    cancelled = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    task = loop.create_task(wait())
    loop.run()
    assert not task.done()
    loop.close()
    assert task.cancelled()
    assert cancelled == [True]


async def test_it_may_run_inside_another_loop(loop: VirtualLoop) -> None:
    outer = asyncio.get_running_loop()
    task = loop.create_task(asyncio.sleep(60.0, "done"))
    loop.run()
    assert task.result() == "done"
    assert asyncio.get_running_loop() is outer


def test_there_are_no_sockets(loop: VirtualLoop) -> None:
    task = loop.create_task(asyncio.open_connection("127.0.0.1", 9))
    loop.run()
    assert isinstance(task.exception(), NotImplementedError)
