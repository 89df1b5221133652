"""When things happen: a clock that jumps from one thing to the next, and one that waits for them. They know nothing of calls.

On the virtual clock a call of an hour takes a millisecond and is the same every time: things due at one moment happen in the
order in which they were asked for.
"""

import asyncio
import heapq
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol

Action = Callable[[], None]


class Handle(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Tells the time in UTC seconds, and does things later."""

    def now(self) -> float: ...
    def later(self, seconds: float, action: Action, /) -> Handle: ...


class Due:
    """A place in the virtual clock's queue; without an action once it is cancelled or over."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        """It will not happen."""
        self.action = None


class VirtualClock:
    """Time that passes only when it is stepped: each step goes to the next thing that is due, and does it."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = count()
        self._queue: list[tuple[float, int, Due]] = []

    def now(self) -> float:
        return self._now

    def later(self, seconds: float, action: Action, /) -> Due:
        due = Due(action)
        heapq.heappush(self._queue, (self._now + max(seconds, 0.0), next(self._order), due))
        return due

    def next_at(self) -> float | None:
        """When the next step would be, in UTC seconds; None where nothing is due any more."""
        queue = self._queue
        while queue and queue[0][2].action is None:
            heapq.heappop(queue)
        return queue[0][0] if queue else None

    def step(self) -> bool:
        """Go to the next thing and do it; False where there is none."""
        while self._queue:
            at, _, due = heapq.heappop(self._queue)
            action, due.action = due.action, None
            if action is not None:
                self._now = at
                action()
                return True
        return False

    def run(self, seconds: float | None = None) -> None:
        """Let so much time pass, with everything that happens in it; without a number, until nothing is due any more."""
        until = None if seconds is None else self._now + seconds
        while (at := self.next_at()) is not None and (until is None or at <= until):
            self.step()
        if until is not None:
            self._now = until


class LiveClock:
    """The time of day, and the timers of an asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()

    def now(self) -> float:
        return time.time()

    def later(self, seconds: float, action: Action, /) -> Handle:
        return self._loop.call_later(max(seconds, 0.0), action)
