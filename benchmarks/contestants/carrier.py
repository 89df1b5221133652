"""The carrier of the benchmark: the simulated one, with quick people, and a hook that replies with a fixed document.

It places calls on request (`POST /bench {"calls": n, "at_once": m}`), and answers when all of them are over.
"""

import asyncio
import sys
from typing import Any

import msgspec
import uvicorn

from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.people import People

SECONDS_TO_ANSWER = {"+14155550101": 0.3, "+14155550102": 0.05, "+14155550103": 0.3}
DOCUMENT = msgspec.json.encode(
    [
        {"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": number} for number in SECONDS_TO_ANSWER]},
        {"verb": "say", "text": "Goodbye."},
    ]
)


async def main(port: int, webhook: str) -> None:
    """Serves until it is stopped."""
    people = People({number: {"answers": wait, "talks": 0.05} for number, wait in SECONDS_TO_ANSWER.items()})
    async with CarrierServer(webhook, people=people, latency=0.0) as carrier:

        async def place(calls: int, at_once: int) -> float:
            loop = asyncio.get_running_loop()
            free = asyncio.Semaphore(at_once)
            began = loop.time()

            async def one(n: int) -> None:
                async with free:
                    leg = carrier.carrier.place(f"+1415777{n % 10000:04d}", "+14155550199")
                    while carrier.carrier.leg(leg).state != "ended":
                        await asyncio.sleep(0.01)

            await asyncio.gather(*(one(n) for n in range(calls)))
            return loop.time() - began

        async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                return
            body = b""
            more = True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            reply = b"[]"
            if scope["path"] == "/call":
                reply = DOCUMENT
            elif scope["path"] == "/bench":
                wanted = msgspec.json.decode(body)
                reply = msgspec.json.encode({"seconds": await place(wanted["calls"], wanted["at_once"])})
            elif scope["path"] == "/account":
                reply = msgspec.json.encode({"base_url": carrier.base_url, "public_key": carrier.public_key})
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
            await send({"type": "http.response.body", "body": reply})

        await uvicorn.Server(
            uvicorn.Config(answer, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off")
        ).serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
