"""Requests per second of one pooled httpx client, with httpx's own transport and with the one that we use, at 16 in flight."""

import asyncio
import time

import httpx
from programs import HERE, free_port, program, wait_for

from callverbs.interpreter.runtime.http_pool import open_pool

REQUESTS, IN_FLIGHT, ROUNDS = 3000, 16, 3
BODY = b'{"call_sid":"x","digits":"1"}' * 10


async def rate(client: httpx.AsyncClient, url: str) -> tuple[float, float]:
    """Returns requests per second, and milliseconds of processor per request."""
    left = REQUESTS

    async def ask() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            (await client.post(url, content=BODY, headers={"content-type": "application/json"})).raise_for_status()

    async with client:
        await asyncio.gather(*(ask() for _ in range(IN_FLIGHT)))
        left, began, used = REQUESTS, time.perf_counter(), time.process_time()
        await asyncio.gather(*(ask() for _ in range(IN_FLIGHT)))
        return REQUESTS / (time.perf_counter() - began), (time.process_time() - used) / REQUESTS * 1e3


def main() -> None:
    """Runs the two in turn, and prints the best of each."""
    port = free_port()
    with program([str(HERE / "contestants/yes.py"), str(port)], 0):
        wait_for(port)
        found: dict[str, list[tuple[float, float]]] = {"httpx": [], "ours": []}
        for _ in range(ROUNDS):
            for name, make in (("httpx", httpx.AsyncClient), ("ours", open_pool)):
                found[name].append(asyncio.run(rate(make(), f"http://127.0.0.1:{port}/v2/calls/x/actions/hangup")))
    for name, results in found.items():
        best, used = max(results)
        print(f"{name:<8} {best:8.0f} requests/s   {used:6.2f} ms of processor per request")
    print(f"ratio    {max(found['ours'])[0] / max(found['httpx'])[0]:8.2f}")


if __name__ == "__main__":
    main()
