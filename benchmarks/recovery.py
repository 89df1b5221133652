"""Seconds from `kill -9` of a server with 1,000 live calls to the next command that the carrier gets: the server starts again at once.

Most of it is the start of Python. A webhook comes as soon as somebody listens, as the carrier would deliver it again.
"""

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path

from contestants.yes import Yes
from programs import free_port, program
from serve import SIGNER, load, webhook

CALLS = 1000
START_SECONDS = 60.0


class Carrier(Yes):
    """Takes every command, and notes when the last one came."""

    last = 0.0

    def data_received(self, data: bytes) -> None:
        Carrier.last = time.monotonic()
        super().data_received(data)


async def deliver(port: int, request: bytes) -> None:
    """Delivers a webhook, as soon as somebody listens."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                await load(port, [request], 1)
                return
            await asyncio.sleep(0.01)


async def main() -> None:
    """Prints how long it took."""
    port, carrier = free_port(), free_port()
    await asyncio.get_running_loop().create_server(Carrier, "127.0.0.1", carrier)
    environment = {"TELNYX_API_KEY": "bench", "TELNYX_PUBLIC_KEY": SIGNER.public_key, "TELNYX_BASE_URL": f"http://127.0.0.1:{carrier}/v2"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "flow.json").write_text('[{"verb": "answer"}, {"verb": "say", "text": "Hello.", "loop": "forever"}]')
        store = f"sqlite:///{folder}/c.sqlite"
        command = ["-m", "callverbs", "serve", "--app", f"{folder}/flow.json", "--port", str(port), "--store", store]
        legs = range(1, CALLS + 1)
        with program(command, 1, **environment) as server:
            await deliver(port, webhook("call.initiated", CALLS, direction="incoming", state="parked"))
            await load(port, [webhook("call.initiated", leg, direction="incoming", state="parked") for leg in legs[:-1]], 50)
            await load(port, [webhook("call.answered", leg) for leg in legs], 50)
            await load(port, [webhook("call.speak.started", leg) for leg in legs], 50)
            server.kill()
            killed = time.monotonic()
        with program(command, 1, **environment):
            await deliver(port, webhook("call.speak.ended", 7, status="completed"))
            while Carrier.last < killed:
                await asyncio.sleep(0.001)
            print(f"{Carrier.last - killed:.2f} s from kill -9 to the next command, with {CALLS} live calls")


if __name__ == "__main__":
    asyncio.run(main())
