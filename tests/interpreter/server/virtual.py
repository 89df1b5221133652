"""A loop in which time jumps from one thing to the next: an hour of waiting takes a millisecond, and nobody sleeps.

Where nothing is left that could ever happen, it says so instead of waiting for ever.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from tests.interpreter.server.calls import BEGIN

Given = ParamSpec("Given")


class Jump(selectors.SelectSelector):
    """Looks for what has come over sockets, and never waits for it: it counts the seconds that it should have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        came = super().select(0)
        if not came:
            if timeout is None:
                raise RuntimeError("everybody waits, and nothing will ever happen")
            self.jumped += max(timeout, 0.0)
        return came


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock begins at 0 and only jumps. Nothing in it may wait for a thread."""

    def __init__(self) -> None:
        self._jump = Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.jumped


def now() -> float:
    """UTC seconds: the loop's time since the moment at which all calls begin."""
    return BEGIN + asyncio.get_running_loop().time()


def at_once(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """A test in a loop where time jumps."""

    @functools.wraps(test)
    def runs(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test(*args, **kwargs))

    return runs
