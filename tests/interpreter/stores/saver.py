"""A process that saves one call again and again, and prints a line for each save that was acknowledged. It is killed from outside."""

import asyncio
import sys
from collections.abc import Sequence

from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.stores.opening import open_store


async def save(urls: Sequence[str]) -> None:
    """Saves for ever."""
    store = await open_store(urls)
    version = 0
    while await store.save(Change("call", version, str(version + 1).encode(), 0.0, 0.0, (f"id {version}",), (str(version).encode(),))):
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()
        version += 1


def main(urls: Sequence[str]) -> None:
    """Runs until it is killed."""
    asyncio.run(save(urls))
