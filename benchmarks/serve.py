"""Webhooks per second that are acknowledged when they are on the disk and cause no command, beside a bare Quart handler.

Both run on uvicorn with uvloop and httptools on one processor; the load comes from the other one, over connections that stay
open. Our server verifies the signature, finds the call, takes the step, and commits with full synchronous SQLite.
"""

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from pathlib import Path

from programs import HERE, free_port, processor_seconds, program, wait_for

from callverbs.interpreter.telnyx.signature import Signer

CALLS, WEBHOOKS, CONNECTIONS, ROUNDS = 200, 12_000, 50, 3
SIGNER = Signer(bytes(32))


class Connection(asyncio.Protocol):
    """Sends requests one after the other on one connection."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._buffer = b""
        self.statuses: dict[bytes, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        if self._requests:
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


async def load(port: int, requests: list[bytes]) -> float:
    """Sends them all, and returns how many seconds it took."""
    loop = asyncio.get_running_loop()
    shares = [requests[start::CONNECTIONS] for start in range(CONNECTIONS)]
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
    return seconds


def run(contestant: str) -> tuple[float, float]:
    """Returns webhooks per second, and microseconds of processor per webhook."""
    port, carrier = free_port(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "flow.json").write_text('[{"verb": "answer"}, {"verb": "pause", "length": 3600}]')
        commands = {
            "callverbs": [
                "-m",
                "callverbs",
                "serve",
                "--app",
                str(folder / "flow.json"),
                "--port",
                str(port),
                "--store",
                f"sqlite:///{folder}/c.sqlite",
            ],
            "bare quart": [str(HERE / "contestants/bare.py"), str(port)],
        }
        environment = {
            "TELNYX_API_KEY": "bench",
            "TELNYX_PUBLIC_KEY": SIGNER.public_key,
            "TELNYX_BASE_URL": f"http://127.0.0.1:{carrier}/v2",
        }
        with program([str(HERE / "contestants/yes.py"), str(carrier)], 0), program(commands[contestant], 1, **environment) as server:
            wait_for(carrier)
            wait_for(port)
            begin = [webhook("call.initiated", leg, direction="incoming", state="parked") for leg in range(1, CALLS + 1)]
            asyncio.run(load(port, begin))
            asyncio.run(load(port, [webhook("call.answered", leg) for leg in range(1, CALLS + 1)]))
            requests = [webhook("call.dtmf.received", 1 + n % CALLS, digit="5") for n in range(WEBHOOKS)]
            before = processor_seconds(server)
            seconds = asyncio.run(load(port, requests))
            return WEBHOOKS / seconds, (processor_seconds(server) - before) / WEBHOOKS * 1e6


def main() -> None:
    """Runs the two in turn."""
    found: dict[str, list[tuple[float, float]]] = {"callverbs": [], "bare quart": []}
    for _ in range(ROUNDS):
        for contestant, results in found.items():
            results.append(run(contestant))
    middle = {name: tuple(map(statistics.median, zip(*results, strict=True))) for name, results in found.items()}
    for name, (rate, cpu) in middle.items():
        print(f"{name:<12} {rate:8.0f} webhooks/s   {cpu:6.0f} us of processor per webhook")
    print(f"ratio        {middle['callverbs'][0] / middle['bare quart'][0]:8.2f}")


if __name__ == "__main__":
    main()
