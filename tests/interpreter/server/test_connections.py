"""Connections have bounds: half-sent headers, headers without an end, and more clients than there is room for."""

import asyncio
import contextlib
import pickle
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.server.connections import MAX_HEADER_BYTES, protocol

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextlib.asynccontextmanager
async def serving(connections: int = 10, header_seconds: float = 10.0) -> AsyncIterator[int]:
    listening = asyncio.Event()
    bound = embedded_server.bind("127.0.0.1", 0)
    config = uvicorn.Config(hello, log_config=None, lifespan="off", ws="none", http=protocol(connections, header_seconds))
    server = EmbeddedServer(config, listening.set)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    await listening.wait()
    yield bound.getsockname()[1]
    server.should_exit = True
    await task


async def came(reader: asyncio.StreamReader) -> bytes:
    """Returns what the server sends until it closes."""
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionResetError:
        return b""


@contextlib.asynccontextmanager
async def client(port: int, *sent: bytes) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connects, and sends something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.writelines(sent)
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def answered(reader: asyncio.StreamReader) -> bool:
    return (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")


async def test_half_sent_headers_are_closed() -> None:
    async with serving(header_seconds=0.05) as port, client(port, REQUEST[:20]) as (reader, _):
        assert await came(reader) == b""


async def test_so_are_those_of_the_second_request() -> None:
    async with serving(header_seconds=0.05) as port, client(port, REQUEST) as (reader, writer):
        assert await answered(reader)
        writer.write(REQUEST[:20])
        assert await came(reader) == b""


async def test_headers_without_an_end_are_closed() -> None:
    async with serving() as port, client(port, REQUEST[:-2], b"x: ", b"y" * MAX_HEADER_BYTES) as (reader, _):
        assert await came(reader) == b""


async def test_just_as_many_clients_as_there_is_room_for() -> None:
    """One more is closed; when another one has gone, the next is served."""
    async with serving(connections=2) as port, client(port, REQUEST) as (first, writer), client(port, REQUEST) as (second, _):
        assert await answered(first)
        assert await answered(second)
        async with client(port) as (third, _):
            assert await came(third) == b""
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert b"204" in await came(first)
        async with client(port, REQUEST) as (fourth, _):
            assert await answered(fourth)


def test_the_protocol_can_go_to_a_worker() -> None:
    """uvicorn starts worker processes with what it has pickled."""
    found = pickle.loads(pickle.dumps(protocol(7)))
    assert found.keywords["max_connections"] == 7
