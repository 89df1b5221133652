"""Workers that wait, die, and search for what dead workers have left behind."""

import asyncio
from contextlib import AbstractAsyncContextManager

from tests.interpreter.server.calls import answered, initiated
from tests.interpreter.server.harness import Harness

SAY = {"verb": "say", "text": "One"}
ANSWER = {"verb": "answer"}


async def pause(one: Harness, leg: str = "a", seconds: int = 20) -> None:
    """Takes a call in that waits before it speaks."""
    one.port.documents["ask /call"] = [ANSWER, {"verb": "pause", "length": seconds}, SAY]
    already = one.port.words.count("answer a")
    await one.recorder.switchboard.receive(initiated(leg))
    await one.port.until("answer a", already + 1)
    await one.recorder.switchboard.receive(answered(leg))


async def kill(one: Harness) -> None:
    """Kills a worker: nothing of it goes on, and nothing of it is saved."""
    await asyncio.gather(one.dispatcher.finish(0.0), one.timers.stop())


class Searching(AbstractAsyncContextManager[None]):
    """Workers, while they search for abandoned calls."""

    def __init__(self, *harnesses: Harness) -> None:
        self._harnesses = harnesses

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.create_task(one.timers.search()) for one in self._harnesses]
        await asyncio.sleep(0)

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
