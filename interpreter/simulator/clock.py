"""Clocks that call back later: a virtual one that jumps from one callback to the next, a live one that waits, and a frozen one.

On the virtual clock a call of an hour takes a millisecond and is the same every time: callbacks that are due at the same time run in
the order in which they were scheduled.
"""

import asyncio
import heapq
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol

Callback = Callable[[], None]


class TimerHandle(Protocol):
    """A scheduled callback, which can be cancelled."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Returns the time in UTC seconds, and schedules callbacks."""

    def now(self) -> float: ...
    def call_later(self, seconds: float, callback: Callback, /) -> TimerHandle: ...


class VirtualTimer:
    """An entry in the virtual clock's queue. It has no callback once it has run or is cancelled."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callback) -> None:
        self.callback: Callback | None = callback

    def cancel(self) -> None:
        """Drops the callback."""
        self.callback = None


class VirtualClock:
    """A clock whose time passes only when it is stepped: each step goes to the next callback and runs it."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = count()
        self._queue: list[tuple[float, int, VirtualTimer]] = []

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callback, /) -> VirtualTimer:
        timer = VirtualTimer(callback)
        heapq.heappush(self._queue, (self._now + max(seconds, 0.0), next(self._order), timer))
        return timer

    def next_due(self) -> float | None:
        """Returns when the next callback is due, in UTC seconds; None where none is scheduled."""
        queue = self._queue
        while queue and queue[0][2].callback is None:
            heapq.heappop(queue)
        return queue[0][0] if queue else None

    def step(self) -> bool:
        """Goes to the next callback and runs it. Returns False where none is scheduled."""
        while self._queue:
            due, _, timer = heapq.heappop(self._queue)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                self._now = due
                callback()
                return True
        return False

    def run(self, seconds: float | None = None) -> None:
        """Lets so many seconds pass, and runs the callbacks that are due in them; without a number, runs all of them."""
        until = None if seconds is None else self._now + seconds
        while (due := self.next_due()) is not None and (until is None or due <= until):
            self.step()
        if until is not None:
            self._now = until


class LiveClock:
    """The time of day, and the timers of an asyncio loop. With a `speed` of 10, ten seconds of it pass in a second."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None, speed: float = 1.0) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._speed = speed
        self._started_at, self._loop_started_at = time.time(), self._loop.time()

    def now(self) -> float:
        if self._speed == 1.0:
            return time.time()
        return self._started_at + (self._loop.time() - self._loop_started_at) * self._speed

    def call_later(self, seconds: float, callback: Callback, /) -> TimerHandle:
        return self._loop.call_later(max(seconds, 0.0) / self._speed, callback)


class FrozenClock(VirtualClock):
    """A clock in an asyncio loop that stands still until it is advanced. What is due at once runs as soon as the loop is free."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None, start: float | None = None) -> None:
        super().__init__(time.time() if start is None else start)
        self._loop = loop or asyncio.get_running_loop()

    def call_later(self, seconds: float, callback: Callback, /) -> VirtualTimer:
        timer = super().call_later(seconds, callback)
        if seconds <= 0:
            self._loop.call_soon(self._run_due)
        return timer

    def advance_to(self, at: float) -> None:
        """Lets the time pass to a point in UTC seconds, without running what is due on the way."""
        self._now = max(self._now, at)

    def _run_due(self) -> None:
        while (due := self.next_due()) is not None and due <= self._now:
            self.step()


async def sleep(clock: Clock, seconds: float) -> None:
    """Returns after so many seconds of a clock."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end() -> None:
        if not over.done():
            over.set_result(None)

    handle = clock.call_later(seconds, end)
    try:
        await over
    finally:
        handle.cancel()
