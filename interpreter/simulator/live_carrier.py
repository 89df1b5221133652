"""The simulated carrier in an event loop: its clock, its network, the faults that are wanted, and the record of its traffic."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import httpx
from httpx_aiohttp import AiohttpTransport

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator import clock as clocks
from callverbs.interpreter.simulator import stepping
from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import FrozenClock, LiveClock
from callverbs.interpreter.simulator.exchange import MediaDurations, RecordingOutcomes
from callverbs.interpreter.simulator.faults import FaultRule, Faults
from callverbs.interpreter.simulator.faulty_delivery import FaultyDelivery
from callverbs.interpreter.simulator.fork_sockets import ForkSockets
from callverbs.interpreter.simulator.ids import Ids, RandomIds
from callverbs.interpreter.simulator.people import PersonDirectory
from callverbs.interpreter.simulator.relay_sockets import RelaySockets
from callverbs.interpreter.simulator.routing import Webhook
from callverbs.interpreter.simulator.stream_sockets import StreamSockets
from callverbs.interpreter.simulator.stream_stubs import StreamStubs
from callverbs.interpreter.simulator.traffic import Traffic
from callverbs.interpreter.simulator.webhook_sender import PAUSES_SECONDS, WebhookSender
from callverbs.interpreter.telnyx.signature import Signer

LATENCY_SECONDS = 0.02
"""From an event to its webhook, while time passes."""
MAX_SPEED = 1_000.0


class ClockError(ValueError):
    """The clock cannot be advanced."""


@dataclass(kw_only=True)
class CarrierOptions:
    """How a simulated carrier behaves in an event loop. Times are in seconds of its clock."""

    account: Account
    api_key: str = ""
    """What requests have to carry as Bearer token; without one, any token will do."""
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    """32 bytes from which the key of the webhooks' signatures is made."""
    people: PersonDirectory | None = None
    ids: Ids = field(default_factory=RandomIds)
    latency: float | None = None
    """From an event to its webhook; None for LATENCY_SECONDS, or 0 while time stands still."""
    speed: float = 1.0
    """How fast time passes; 0 lets it stand still until it is advanced."""
    media: MediaDurations | None = None
    agents: AgentDirectory | None = None
    recordings: RecordingOutcomes | None = None
    streams: StreamStubs | None = None
    """WebSockets that nobody connects to; all others are connected with."""
    pauses: Sequence[float] = PAUSES_SECONDS
    in_order: bool = False
    """Webhooks of a leg come one after the other."""
    is_strict: bool = False
    """Unknown parameters are refused."""
    faults: Sequence[FaultRule] = ()
    fault_seed: str = ""
    on_line: Callable[[Line], None] = lambda line: None
    """Is told of every line of the traffic."""

    @property
    def public_key(self) -> str:
        """The public key of the webhooks' signatures, as the carrier's portal shows it."""
        return Signer(self.seed).public_key


def seed_of(text: str) -> bytes:
    """Returns the seed of a text: the same text gives the same key."""
    return hashlib.sha256(text.encode()).digest()


class LiveCarrier:
    """A simulated carrier that runs in the event loop that makes it. `recordings_url` is where its recordings can be fetched."""

    def __init__(self, options: CarrierOptions, recordings_url: str) -> None:
        self.options = options
        loop = asyncio.get_running_loop()
        self.clock = LiveClock(loop, options.speed) if options.speed else FrozenClock(loop)
        self.activity = stepping.Activity()
        self.faults = Faults(options.faults, options.fault_seed)
        self.traffic = Traffic(self.clock.now, options.on_line)
        self._sockets, self._relays, self._forks = StreamSockets(), RelaySockets(), ForkSockets()
        self._client = httpx.AsyncClient(transport=AiohttpTransport())
        self._sender = WebhookSender(
            self._client,
            Signer(options.seed),
            time.time,  # whoever verifies a signature compares it with the time of day
            options.pauses,
            partial(clocks.sleep, self.clock),
            in_order=options.in_order,
            on_attempt=self.traffic.add_attempt,
            activity=self.activity,
        )
        self._delivery = FaultyDelivery(self._sender.send, self.faults, self.clock, self.traffic.add_note)
        latency = LATENCY_SECONDS if options.latency is None and options.speed else options.latency or 0.0
        self.carrier = SimulatedCarrier(
            self.clock,
            self._deliver,
            options.people,
            options.ids,
            account=options.account,
            latency=latency,
            media=options.media,
            streams=options.streams,
            sockets=self._sockets,
            relays=self._relays,
            forks=self._forks,
            agents=options.agents,
            recordings=options.recordings,
            recordings_url=recordings_url,
            warn=None if options.is_strict else self.traffic.warn,
        )

    def _deliver(self, webhook: Webhook) -> None:
        self.traffic.add_webhook(webhook)
        if webhook.route.url:
            self._delivery.deliver(webhook)

    async def advance(self, seconds: float) -> None:
        """Lets a frozen clock advance. Raises ClockError for one that is not frozen, or a time that is not possible."""
        if not isinstance(self.clock, FrozenClock):
            raise ClockError("time passes by itself: start the carrier with --frozen to advance it")
        if not 0 <= seconds <= stepping.MAX_ADVANCE_SECONDS:
            raise ClockError(f"seconds is a number from 0 to {stepping.MAX_ADVANCE_SECONDS:g}, not {seconds:g}")
        await stepping.advance(self.clock, seconds, self.activity)

    async def reset(self) -> None:
        """Ends everything without a webhook, and forgets what happened. The clock, the people and the account stay."""
        await self._sockets.stop()
        await self._relays.stop()
        await self._forks.stop()
        self.carrier.reset()
        self._delivery.close()
        await self._sender.stop()
        self.faults.reset()
        self.traffic.clear()

    async def stop(self) -> None:
        """Cancels everything that is scheduled, and drops webhooks that are not delivered yet."""
        self.carrier.close()
        self._delivery.close()
        await self._sockets.stop()
        await self._relays.stop()
        await self._forks.stop()
        await self._sender.stop()
        await self._client.aclose()
