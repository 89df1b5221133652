"""Runs a test in asyncio's own event loop, on a clock that jumps from one thing to the next: an hour of waiting takes a millisecond.

Where nothing is left that could ever happen, the test fails instead of waiting for ever. The simulator's loop is simpler: what is due at
one moment happens there one after the other. Here it happens side by side, as in a server, so that workers race.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from tests.interpreter.server.calls import BEGIN

Given = ParamSpec("Given")


class JumpingSelector(selectors.SelectSelector):
    """Looks for what has come over sockets, and never waits for it: it counts the seconds that it should have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        came = super().select(0)
        if not came:
            if timeout is None:
                raise RuntimeError("every task waits, and nothing will ever happen")
            self.jumped += max(timeout, 0.0)
        return came


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its clock begins at 0 and only jumps. Nothing in it may wait for a thread."""

    def __init__(self) -> None:
        self._selector_of_time = JumpingSelector()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        return self._selector_of_time.jumped


def now() -> float:
    """Returns UTC seconds: the loop's time since the moment at which all calls begin."""
    return BEGIN + asyncio.get_running_loop().time()


def at_once(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Runs a test in a loop where time jumps."""

    @functools.wraps(test)
    def runs(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(test(*args, **kwargs))

    return runs
