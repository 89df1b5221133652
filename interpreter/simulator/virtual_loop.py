"""An asyncio event loop on the virtual clock: the live runtime waits, and no time passes.

All callbacks that are ready run before the clock goes to its next timer. The loop has tasks, futures and timers, but no sockets,
threads or signals: code that uses them raises NotImplementedError.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVarTuple

from callverbs.interpreter.simulator.clock import VirtualClock, VirtualTimer

Arguments = TypeVarTuple("Arguments")


class _TimerHandle(asyncio.TimerHandle):
    """A timer of the loop, with its timer of the clock."""

    timer: VirtualTimer

    def cancel(self) -> None:
        super().cancel()
        self.timer.cancel()

    def run(self) -> None:
        self._run()


class _Handle(asyncio.Handle):
    def run(self) -> None:
        self._run()


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs coroutines by the time of a virtual clock. `run` may be called while another loop is running."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._ready: deque[_Handle] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._error: BaseException | None = None

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Runs until `until` returns True, or nothing is scheduled any more. Raises what a coroutine of `spawn` raises."""
        outer = asyncio._get_running_loop()  # noqa: SLF001 - asyncio documents both for writers of event loops
        asyncio._set_running_loop(self)  # noqa: SLF001
        try:
            self._drain()
            while not until() and self._clock.step():
                self._drain()
        finally:
            asyncio._set_running_loop(outer)  # noqa: SLF001

    def close(self) -> None:
        """Cancels every task."""
        for task in list(self._tasks):
            task.cancel()
        self.run(until=lambda: True)

    def spawn(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Runs a coroutine in a task. What it raises, `run` raises."""
        self.create_task(self._keep_error(coroutine))

    async def _keep_error(self, coroutine: Coroutine[Any, Any, object]) -> None:
        try:
            await coroutine
        except Exception as error:
            self._error = self._error or error

    def _drain(self) -> None:
        while self._ready:
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle.run()
        if self._error:
            error, self._error = self._error, None
            raise error

    # ------------------------------------------------------------- the interface of asyncio

    def time(self) -> float:
        return self._clock.now()

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_soon(self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None) -> asyncio.Handle:
        handle = _Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = _TimerHandle(when, callback, args, self, context)
        handle.timer = self._clock.call_later(when - self.time(), handle.run)
        return handle

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Context | None = None) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self._error = self._error or context.get("exception") or RuntimeError(context["message"])

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Does nothing: a cancelled timer has cancelled its timer of the clock."""
