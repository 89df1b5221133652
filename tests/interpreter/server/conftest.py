"""Fixtures of the server's tests: a running server, an operator, and a place for settings."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.interpreter.server.served import RunningServer, serve, without_sockets


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with serve(tmp_path) as found:
        yield found


@pytest.fixture
async def operator() -> AsyncIterator[httpx.AsyncClient]:
    async with without_sockets() as (client, _):
        yield client


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "callverbs.toml"
