"""A simulated carrier for tests: it runs in a thread of its own, and its methods block until the application has answered.

Time stands still unless it is told otherwise: a test decides when a second has passed, so no test waits, and none is flaky.
"""

import asyncio
import secrets
import threading
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
import uvicorn

from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.simulator import stepping
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.clock import FrozenClock
from callverbs.interpreter.simulator.control_routes import COLUMNS
from callverbs.interpreter.simulator.faults import FaultRule
from callverbs.interpreter.simulator.legs import LegView
from callverbs.interpreter.simulator.people import Keys, PersonDirectory, read_person

T = TypeVar("T")
START_SECONDS = 30.0
CALLER, CALLED = "+14155550100", "+14155550199"
"""555-01xx is reserved for examples."""


class UnknownLegError(LookupError):
    """No leg has that name."""


class LocalCarrier:
    """A simulated carrier in a thread: `with LocalCarrier(webhook_url) as carrier`. `options` are those of CarrierServer.

    `people` are who is called, by number, as a scenario has them. With a `speed`, time passes by itself.
    """

    def __init__(self, webhook_url: str = "", *, people: Mapping[str, Any] | None = None, speed: float = 0.0, **options: Any) -> None:
        directory = PersonDirectory({address: read_person(person) for address, person in (people or {}).items()})
        self.api_key = str(options.setdefault("api_key", f"KEY{secrets.token_hex(8)}"))
        self._server = CarrierServer(webhook_url, people=directory, speed=speed, **options)
        self._applications: list[ApplicationServer] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated carrier", daemon=True)

    # ------------------------------------------------------------- where it is

    @property
    def address(self) -> str:
        """The URL of the server; `/_sim` is below it."""
        return self._server.address

    @property
    def base_url(self) -> str:
        """The URL that replaces https://api.telnyx.com/v2."""
        return self._server.base_url

    @property
    def public_key(self) -> str:
        """The public key of the webhooks' signatures."""
        return self._server.public_key

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which the carrier's SDKs know where it is."""
        return {"TELNYX_BASE_URL": self.base_url, "TELNYX_API_KEY": self.api_key, "TELNYX_PUBLIC_KEY": self.public_key}

    @property
    def webhook_url(self) -> str:
        """Where webhooks go. Empty, they are kept and not sent."""
        return self._server.options.account.first.webhook_event_url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self._server.options.account.set_webhook_url(url)

    def serve(self, application: Any, path: str = "/") -> str:
        """Serves an ASGI application on a free port until the end, and posts webhooks to its `path`. Returns its URL."""
        server = ApplicationServer(application)
        self._applications.append(server)
        self.webhook_url = server.start() + path
        return self.webhook_url

    # ------------------------------------------------------------- what happens

    def call(self, from_: str = CALLER, to: str = CALLED, **person: Any) -> "LocalLeg":
        """Lets a person call, and returns the caller's leg. `person` has the properties of a person, such as `talks`."""

        async def place() -> str:
            return self._server.carrier.place(from_, to, read_person(person) if person else None)

        return LocalLeg(self, self._act(place()))

    def leg(self, name: str = "a") -> "LocalLeg":
        """Returns the last leg of a name: `a` is who began a call, `b1`, `b2` … those who were called. Raises UnknownLegError."""
        named = [leg for leg in self.legs() if leg.label == name]
        if not named:
            raise UnknownLegError(f"there is no leg {name}; there are {', '.join(leg.label for leg in self.legs()) or 'none'}")
        return LocalLeg(self, named[-1].id)

    def legs(self) -> list[LegView]:
        """Returns all legs, oldest first."""

        async def look() -> list[LegView]:
            return self._server.carrier.legs()

        return self._run(look())

    def heard(self, leg: str = "a") -> list[str]:
        """Returns what a party has heard: texts, addresses of files, keys."""
        return self.leg(leg).heard

    def advance(self, seconds: float) -> None:
        """Lets time pass: what is due happens, and after each event the application reacts."""
        self._run(self._server.live.advance(seconds))

    def settle(self) -> None:
        """Waits until nothing goes over the wire. The methods that let something happen do so themselves."""
        self._run(self._settle())

    def fault(self, **rule: Any) -> None:
        """Lets something go wrong from now on: `fault(webhook="call.*", fault="duplicate")`, as `POST /_sim/faults` takes it."""
        faults = self._server.live.faults
        faults.replace([*faults.rules, msgspec.convert(rule, FaultRule)])

    def reset(self) -> None:
        """Ends everything, and forgets what happened."""
        self._run(self._server.live.reset())

    # ------------------------------------------------------------- what happened

    def webhooks(self, event_type: str = "") -> list[dict[str, Any]]:
        """Returns the payloads of the webhooks of a type, oldest first; of all types without one."""
        records = list(self._server.live.traffic.webhooks)
        return [record.body["data"]["payload"] for record in records if event_type in ("", record.event_type)]

    def requests(self, command: str = "") -> list[dict[str, Any]]:
        """Returns the bodies of a command's requests, oldest first; those of all requests without one."""
        return [record.body for record in list(self._server.live.traffic.requests) if command in ("", record.command)]

    def ladder(self) -> str:
        """Returns what went over the wire, line by line."""
        return "\n".join(draw(list(self._server.live.traffic.lines()), columns=COLUMNS))

    # ------------------------------------------------------------- running it

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._server.start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._run(self._server.stop())
            for application in self._applications:
                application.stop()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _act(self, work: Coroutine[Any, Any, T]) -> T:
        """Lets something happen, and the application react."""
        result = self._run(work)
        self.settle()
        return result

    async def _settle(self) -> None:
        live = self._server.live
        if isinstance(live.clock, FrozenClock):
            await live.advance(0.0)
        await stepping.settle(live.activity, self._loop.time)


class ApplicationServer:
    """Serves an ASGI application in a thread."""

    def __init__(self, application: Any) -> None:
        config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        self._listening = threading.Event()
        self._server = EmbeddedServer(config, self._listening.set)
        self._socket = embedded_server.bind("127.0.0.1", 0)
        self._thread = threading.Thread(target=lambda: self._server.run([self._socket]), name="application", daemon=True)

    def start(self) -> str:
        """Starts, and returns its URL. Raises RuntimeError where the application does not start in START_SECONDS."""
        self._thread.start()
        if not self._listening.wait(START_SECONDS):
            raise RuntimeError(f"the application has not started in {START_SECONDS:g} s")
        return embedded_server.address(self._socket)

    def stop(self) -> None:
        """Stops, after the requests that are being answered."""
        self._server.should_exit = True
        self._thread.join()


class LocalLeg:
    """A party on the line. Its methods let the person act, and raise PersonError where that is not possible."""

    def __init__(self, carrier: LocalCarrier, call_control_id: str) -> None:
        self._carrier = carrier
        self.id = call_control_id

    def press(self, keys: Keys) -> None:
        """Presses keys: the first now, the others 0.3 s apart."""
        self._act("press", keys)

    def say(self, text: str) -> None:
        """Says something."""
        self._act("say", text)

    def answer(self) -> None:
        """Answers a call."""
        self._act("answer")

    def machine(self, **machine: Any) -> None:
        """Lets an answering machine answer."""
        self._act("machine", machine or True)

    def busy(self) -> None:
        """Is busy."""
        self._act("busy")

    def reject(self, status: int = 603) -> None:
        """Declines a call, with a SIP status."""
        self._act("rejects", status)

    def hang_up(self) -> None:
        """Hangs up; before the answer, gives up or declines."""
        self._act("hangup")

    @property
    def view(self) -> LegView:
        """The leg as it is now."""
        return next(leg for leg in self._carrier.legs() if leg.id == self.id)

    @property
    def state(self) -> str:
        """ringing, answered, bridged or ended."""
        return self.view.state

    @property
    def heard(self) -> list[str]:
        """What the party has heard: texts, addresses of files, keys."""
        return [one.what for one in self.view.heard]

    def _act(self, action: str, *values: Any) -> None:
        async def act() -> None:
            getattr(self._carrier._server.carrier, action)(self.id, *values)  # noqa: SLF001 - it is a part of it

        self._carrier._act(act())  # noqa: SLF001
