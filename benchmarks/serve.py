"""Webhooks per second that are acknowledged when they are on the disk and cause no command, beside a bare Quart handler.

Each runs on uvicorn with uvloop and httptools on one processor; the load and the database are on the other one. Connections stay open.
Our server verifies the signature, finds the call, takes the step, and has it on the disk before it answers. Two workers have both
processors, which they share with the load and the database.
"""

import asyncio
import json
import os
import tempfile
import time
import uuid
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from programs import HERE, free_port, processor_seconds, program, wait_for

from callverbs.interpreter.telnyx.signature import Signer
from tests.postgres_server import PostgresServer

CALLS = 500
WEBHOOKS = {1: 500, 50: 4000, 500: 4000}
"""How many webhooks are sent, by the number of connections."""
SIGNER = Signer(bytes(32))


class Connection(asyncio.Protocol):
    """Sends requests one after the other on one connection."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._buffer = b""
        self.statuses: dict[bytes, int] = {}
        self.times: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        if self._requests:
            self._sent = time.perf_counter()
            self._transport.write(self._requests.pop())
        elif not self._done.done():
            self._done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        if len(rest) < length:
            return
        status = head.split(b" ")[1]
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self._buffer = rest[length:]
        self.times.append(time.perf_counter() - self._sent)
        self._next()


def webhook(event: str, leg: int, **payload: object) -> bytes:
    """Returns a signed webhook as it comes over the wire."""
    ids = {"call_control_id": f"v3:{leg:050d}", "call_leg_id": str(uuid.UUID(int=leg)), "call_session_id": str(uuid.UUID(int=10**6 + leg))}
    data = {
        "record_type": "event",
        "event_type": event,
        "id": str(uuid.uuid4()),
        "occurred_at": "2026-11-21T12:00:00.000000Z",
        "payload": {**ids, "connection_id": "1", "client_state": None, "from": "+14155550100", "to": "+14155550199", **payload},
    }
    body = json.dumps({"data": data, "meta": {"attempt": 1, "delivered_to": "http://127.0.0.1/webhooks/telnyx"}}).encode()
    headers = "".join(f"{name}: {value}\r\n" for name, value in SIGNER.headers(body, time.time()).items())
    return (
        f"POST /webhooks/telnyx HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}content-length: {len(body)}\r\n\r\n".encode()
        + body
    )


async def load(port: int, requests: list[bytes], connections: int) -> tuple[float, list[float]]:
    """Sends them all, and returns how many seconds it took, and how long each waited for its answer."""
    loop = asyncio.get_running_loop()
    shares = [requests[start::connections] for start in range(connections)]
    waits = [loop.create_future() for _ in shares]
    began = loop.time()
    made = await asyncio.gather(
        *(
            loop.create_connection(lambda share=share, done=done: Connection(share, done), "127.0.0.1", port)
            for share, done in zip(shares, waits, strict=True)
        )
    )
    await asyncio.gather(*waits)
    seconds = loop.time() - began
    bad = [status for _, one in made for status in one.statuses if status != b"200"]
    assert not bad, bad
    return seconds, [one for _, connection in made for one in connection.times]


class Contestant(NamedTuple):
    """What is measured: a name, how many workers, and how many databases or 0 for a file; without workers, the bare handler."""

    name: str
    workers: int = 1
    databases: int = 0


CONTESTANTS = (
    Contestant("bare quart", 0),
    Contestant("sqlite"),
    Contestant("postgresql", databases=1),
    Contestant("2 shards", databases=2),
    Contestant("2 workers", workers=2, databases=1),
)


class Result(NamedTuple):
    """Webhooks per second, microseconds of processor of the server per webhook, and milliseconds to the acknowledgement."""

    rate: float
    cpu: float
    p50: float
    p99: float


def command_of(one: Contestant, port: int, folder: Path, databases: list[str]) -> list[str]:
    if not one.workers:
        return [str(HERE / "contestants/bare.py"), str(port)]
    stores = databases[: one.databases] or [f"sqlite:///{folder}/c.sqlite"]
    flags = {"--app": str(folder / "flow.json"), "--port": str(port), "--workers": str(one.workers)}
    return ["-m", "callverbs", "serve", *chain(*flags.items()), *chain(*(("--store", store) for store in stores))]


def run(one: Contestant, databases: list[str]) -> dict[int, Result]:
    """Returns the results by the number of connections."""
    port, carrier = free_port(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "flow.json").write_text('[{"verb": "answer"}, {"verb": "pause", "length": 3600}]')
        environment = {
            "TELNYX_API_KEY": "bench",
            "TELNYX_PUBLIC_KEY": SIGNER.public_key,
            "TELNYX_BASE_URL": f"http://127.0.0.1:{carrier}/v2",
        }
        command = command_of(one, port, folder, databases)
        processor = 1 if one.workers < 2 else None
        with program([str(HERE / "contestants/yes.py"), str(carrier)], 0), program(command, processor, **environment) as server:
            wait_for(carrier)
            wait_for(port)
            begin = [webhook("call.initiated", leg, direction="incoming", state="parked") for leg in range(1, CALLS + 1)]
            asyncio.run(load(port, begin, 50))
            asyncio.run(load(port, [webhook("call.answered", leg) for leg in range(1, CALLS + 1)], 50))
            results = {}
            for connections, count in WEBHOOKS.items():
                requests = [webhook("call.dtmf.received", 1 + n % CALLS, digit="5") for n in range(count)]
                before = processor_seconds(server)
                seconds, times = asyncio.run(load(port, requests, connections))
                cpu = (processor_seconds(server) - before) / count * 1e6
                times.sort()
                results[connections] = Result(count / seconds, cpu, times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3)
            return results


def main() -> None:
    """Runs all in turn, and prints each beside the bare handler with as many connections."""
    os.sched_setaffinity(0, {0})  # the load, and the database that inherits it, leave the other processor to the server
    server = PostgresServer("-c listen_addresses= -c shared_buffers=64MB").create()
    try:
        names = [f"bench_{n}" for n in range(4)]
        for name in names:
            server.run("createdb", "-h", server.folder, "-U", "postgres", name)
        urls = [server.url(name) for name in names]
        bare: dict[int, Result] = {}
        for one in CONTESTANTS:
            found = run(one, [urls.pop() for _ in range(one.databases)])
            bare = bare or found
            for connections, result in found.items():
                print(
                    f"{one.name:<12} {connections:>4} at once {result.rate:8.0f} webhooks/s  ratio {result.rate / bare[connections].rate:5.2f}"
                    f"  p50 {result.p50:7.2f} ms  p99 {result.p99:7.2f} ms  {result.cpu:6.0f} us of processor",
                    flush=True,
                )
    finally:
        server.remove()


if __name__ == "__main__":
    main()
