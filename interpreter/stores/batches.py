"""Groups what is asked for at once: while one batch is under way, the next one collects. So one round trip serves many."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

from callverbs.interpreter.stores.errors import RefusedError, StoreError

Item = TypeVar("Item")
Result = TypeVar("Result")


class Waiting(NamedTuple, Generic[Item, Result]):
    """An item that waits, and the future of its result."""

    item: Item
    future: "asyncio.Future[Result]"


class Batches(Generic[Item, Result]):
    """Passes items to `run` in batches of at most `limit`. A batch has no two items with the same key, which keep their order.

    Where `run` raises RefusedError for several items, they are run one by one, so that only the bad one fails.
    """

    def __init__(
        self, run: Callable[[list[Item]], Awaitable[list[Result]]], limit: int, key: Callable[[Item], Hashable] = lambda item: object()
    ) -> None:
        self._run = run
        self._limit = limit
        self._key = key
        self._waiting: list[Waiting[Item, Result]] = []
        self._runner: asyncio.Task[None] | None = None
        self._closed = False

    async def submit(self, item: Item) -> Result:
        """Returns the result of an item. Cancelling one caller cancels no other, and its item may be run all the same."""
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(item, future))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run_all())
        return await future

    async def close(self) -> None:
        """Runs what waits, and takes no more."""
        self._closed = True
        if self._runner:
            await self._runner

    async def _run_all(self) -> None:
        while self._waiting:
            await self._run_batch(self._take())

    def _take(self) -> list[Waiting[Item, Result]]:
        """Takes the next batch from what waits."""
        batch: dict[Hashable, Waiting[Item, Result]] = {}
        rest: list[Waiting[Item, Result]] = []
        for one in self._waiting:
            if len(batch) < self._limit and (key := self._key(one.item)) not in batch:
                batch[key] = one
            else:
                rest.append(one)
        self._waiting = rest
        return list(batch.values())

    async def _run_batch(self, batch: list[Waiting[Item, Result]]) -> None:
        try:
            results = await self._run([one.item for one in batch])
        except RefusedError as error:
            if len(batch) == 1:
                _fail(batch, error)
            else:
                for one in batch:
                    await self._run_batch([one])
        except Exception as error:
            _fail(batch, error)
        else:
            for one, result in zip(batch, results, strict=True):
                if not one.future.done():
                    one.future.set_result(result)


def _fail(batch: list[Waiting[Item, Result]], error: Exception) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(error)
