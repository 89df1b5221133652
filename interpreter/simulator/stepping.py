"""Lets a frozen clock advance, one event after the other: the application has answered a webhook before the next event happens.

What the application does later than its answer is waited for a little: until nothing goes over the wire for SETTLE_SECONDS.
"""

import asyncio
from collections.abc import Callable

from callverbs.interpreter.simulator.clock import FrozenClock

SETTLE_SECONDS = 0.02
"""Of real time."""
SETTLE_MAX_SECONDS = 10.0
"""After so much real time the clock goes on, whatever is under way."""
POLL_SECONDS = 0.002
MAX_ADVANCE_SECONDS = 7 * 86_400.0


class Activity:
    """What is under way between the carrier and the application: requests, and attempts to deliver webhooks."""

    def __init__(self) -> None:
        self.open = 0
        self.count = 0
        """How many have begun."""

    def __enter__(self) -> None:
        self.open += 1
        self.count += 1

    def __exit__(self, *error: object) -> None:
        self.open -= 1


async def settle(activity: Activity, real_time: Callable[[], float]) -> None:
    """Returns when nothing is under way, and nothing has begun for SETTLE_SECONDS. `real_time` returns seconds."""
    latest = real_time() + SETTLE_MAX_SECONDS
    quiet_since, seen = real_time(), activity.count
    while (now := real_time()) < latest:
        if activity.open or activity.count != seen:
            quiet_since, seen = now, activity.count
        elif now - quiet_since >= SETTLE_SECONDS:
            return
        await asyncio.sleep(POLL_SECONDS)


async def advance(clock: FrozenClock, seconds: float, activity: Activity) -> None:
    """Lets so many seconds pass. What the application does because of one event happens before the next one."""
    real_time = asyncio.get_running_loop().time
    until = clock.now() + seconds
    await settle(activity, real_time)
    while (due := clock.next_due()) is not None and due <= until:
        seen = activity.count
        clock.step()
        await asyncio.sleep(0)  # what is due at once is handed to the sender …
        await asyncio.sleep(0)  # … which begins to post it
        if activity.count != seen or activity.open:
            await settle(activity, real_time)
    clock.advance_to(until)
