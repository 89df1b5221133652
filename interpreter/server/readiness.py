"""Whether this process can do its work: the store takes a write, the carrier answers, the clock runs. Answers are kept for a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from callverbs.interpreter.runtime.ports import Now, Store

OK = "ok"
CHECK_SECONDS = 5.0
"""For one check; a store that is locked for longer is of no use."""
STORE_KEPT_SECONDS = 1.0
"""How long the answer of the store is kept: nobody can make us write more often."""
CARRIER_KEPT_SECONDS = 30.0


class Readiness:
    """Checks what a process needs. `probe` asks the carrier and returns why it is of no use, or nothing."""

    def __init__(self, store: Store, probe: Callable[[], Awaitable[str]], tasks: Sequence["asyncio.Task[None]"], now: Now) -> None:
        self._store, self._probe, self._tasks, self._now = store, probe, tasks, now
        self._kept: dict[str, tuple[float, str]] = {}

    async def store(self) -> str:
        """Returns `ok`, or why nothing can be saved: a row is really written."""
        return await self._check("store", STORE_KEPT_SECONDS, self._write)

    async def carrier(self) -> str:
        """Returns `ok`, or why commands reach nobody."""
        return await self._check("carrier", CARRIER_KEPT_SECONDS, self._probe)

    def clock(self) -> str:
        """Returns `ok`, or that timers of calls are not looked after any longer."""
        return "what fires timers has ended: restart this process" if any(task.done() for task in self._tasks) else OK

    async def _check(self, name: str, kept_seconds: float, check: Callable[[], Awaitable[str]]) -> str:
        at, answer = self._kept.get(name, (float("-inf"), OK))
        if self._now() - at < kept_seconds:
            return answer
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                answer = await check() or OK
        except TimeoutError:
            answer = f"no answer within {CHECK_SECONDS:g} s"
        except Exception as error:  # whatever a store raises is the answer
            answer = f"{type(error).__name__}: {error}"
        self._kept[name] = self._now(), answer
        return answer

    async def _write(self) -> str:
        await self._store.note_alive(self._now())
        return ""
