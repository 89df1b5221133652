"""Connections to hooks that are a test's own."""

import contextlib
from collections.abc import AsyncIterator

import httpx

from callverbs.interpreter.hooks.client import HookAccount


class one_client:  # noqa: N801 - it reads as a function
    """Lends the same client for every URL."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @contextlib.asynccontextmanager
    async def lend(self, account: HookAccount, url: httpx.URL) -> AsyncIterator[httpx.AsyncClient]:
        yield self._client
