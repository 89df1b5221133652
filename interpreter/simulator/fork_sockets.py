"""Forks over a network: RTP packets (RFC 3550) of PCMU every 20 ms, what the party says to `rx` and what it hears to `tx`."""

import asyncio
import struct

from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body
from callverbs.interpreter.simulator.stream_audio import PACKET_SECONDS, SILENCE, TONE, is_talking

RTP_HEADER = struct.Struct("!BBHII")
RTP_VERSION = 0x80
PCMU_PAYLOAD_TYPE = 0
SSRC = {"rx": 0x72780001, "tx": 0x74780001}
"""The synchronization source of each direction."""


def packet(direction: str, number: int, payload: bytes) -> bytes:
    """Returns one RTP packet; `number` counts them from 0."""
    header = RTP_HEADER.pack(RTP_VERSION, PCMU_PAYLOAD_TYPE, number & 0xFFFF, number * len(payload) & 0xFFFFFFFF, SSRC[direction])
    return header + payload


class ForkSockets:
    """The forks of all legs. It runs in the event loop that calls it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def fork(self, leg: SimulatedLeg, body: Body) -> "ForkSocket":
        """Begins to send the audio of a leg."""
        socket = ForkSocket(leg, {name: body[name] for name in ("rx", "tx") if name in body})
        task = asyncio.create_task(socket.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return socket

    async def stop(self) -> None:
        """Ends all forks."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class ForkSocket:
    """The fork of one leg."""

    def __init__(self, leg: SimulatedLeg, addresses: dict[str, str]) -> None:
        self._leg = leg
        self._addresses = addresses
        self._stopped = asyncio.Event()

    def close(self) -> None:
        """Ends the fork."""
        self._stopped.set()

    async def run(self) -> None:
        """Sends packets until the fork ends. An address that cannot be sent to gets none."""
        loop = asyncio.get_running_loop()
        transports = {name: await self._connect(loop, address) for name, address in self._addresses.items()}
        began, number = loop.time(), 0
        try:
            while not self._stopped.is_set():
                for name, transport in transports.items():
                    if transport:
                        transport.sendto(packet(name, number, TONE if self._is_heard(name, number * PACKET_SECONDS) else SILENCE))
                number += 1
                await self._wait(began + number * PACKET_SECONDS - loop.time())
        finally:
            for transport in filter(None, transports.values()):
                transport.close()

    async def _connect(self, loop: asyncio.AbstractEventLoop, address: str) -> asyncio.DatagramTransport | None:
        host, _, port = address.removeprefix("udp:").rpartition(":")
        try:
            transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host.strip("[]"), int(port)))
        except (OSError, UnicodeError):
            return None
        return transport

    async def _wait(self, seconds: float) -> None:
        """Waits for the next packet, or until the fork ends."""
        try:
            await asyncio.wait_for(self._stopped.wait(), max(seconds, 0.0))
        except TimeoutError:
            return

    def _is_heard(self, name: str, seconds: float) -> bool:
        if name == "rx":
            return is_talking(seconds) and not self._leg.party.person.silent
        return self._leg.peer is not None or any(sound.is_playing for sound in self._leg.sounds)
