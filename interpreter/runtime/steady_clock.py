"""The time of a process, in UTC seconds, which never goes back: timers and leases of calls depend on it.

A machine's clock is set back by an administrator, or by its time service after a suspend. Calls would stand still for as long. So time
passes as on the monotonic clock, and follows the machine's clock: forward at once, back slowly.
"""

from collections.abc import Callable

SLEW = 0.1
"""How much slower than the monotonic clock time passes while the machine's clock is behind: a minute is made up in ten."""


class SteadyClock:
    """Returns the time in UTC seconds when it is called. `wall` is the machine's clock, `monotonic` one that is never set; in seconds."""

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._last = monotonic()
        self._offset = wall() - self._last

    def __call__(self) -> float:
        now = self._monotonic()
        passed, self._last = now - self._last, now
        self._offset = max(self._wall() - now, self._offset - passed * SLEW)
        return now + self._offset
