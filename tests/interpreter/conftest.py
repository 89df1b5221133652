"""One PostgreSQL server for all tests of a process, and two databases in it; each test has a schema of its own."""

import asyncio
import itertools
import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.postgres_server import VARIABLE, PostgresServer

NUMBERS = itertools.count(1)


async def execute(url: str, *statements: str) -> None:
    """Executes statements one by one."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def databases() -> Iterator[tuple[str, str]]:
    """The URLs of two databases."""
    names = [f"callverbs_{letter}_{uuid.uuid4().hex[:8]}" for letter in "ab"]
    server = None if VARIABLE in os.environ else PostgresServer().create()
    admin = server.url() if server else os.environ[VARIABLE]
    asyncio.run(execute(admin, *(f"CREATE DATABASE {name}" for name in names)))
    first, second = (urlsplit(admin)._replace(path=f"/{name}").geturl() for name in names)
    yield first, second
    if server:
        server.remove()
    else:
        asyncio.run(execute(admin, *(f"DROP DATABASE {name} WITH (FORCE)" for name in names)))


@pytest.fixture
async def postgres_urls(databases: tuple[str, str]) -> tuple[str, str]:
    """The URLs of two empty stores."""
    schema = f"test_{next(NUMBERS)}"
    urls = []
    for url in databases:
        await execute(url, f"CREATE SCHEMA {schema}")
        urls.append(f"{url}{'&' if '?' in url else '?'}search_path={schema}")
    return urls[0], urls[1]
