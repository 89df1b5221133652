"""A server in this process with the network around it, for tests of what operators may ask."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from callverbs.interpreter.hooks.client import HookAccount
from callverbs.interpreter.server import settings
from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.application_settings import Application
from callverbs.interpreter.server.carrier_settings import CarrierSettings
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.telnyx.signature import Signer
from callverbs.verbs.language.app import App
from tests.interpreter.server.fake_network import OURS, FakeNetwork
from tests.interpreter.telnyx.v1_carrier import address, bound, serving

CALL = "+141555501"
THEIRS, OTHER = f"{CALL}00", f"{CALL}01"
TOKEN = {"Authorization": "Bearer operator"}
CALL_BODY = {"to": OTHER, "from": OURS}
SIGNER = Signer(bytes(range(32)))


def documents(path: str, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The application answers and waits. A party that we call hears a text first."""
    if path == "/status":
        return []
    return [{"verb": "say", "text": "Hi."} if payload["direction"] == "outbound" else {"verb": "answer"}, {"verb": "pause", "length": 60}]


class RunningServer(NamedTuple):
    """A server, the network around it, and an operator."""

    network: FakeNetwork
    runtime: Runtime
    operator: httpx.AsyncClient

    address: str = ""

    async def place(self, **body: Any) -> dict[str, Any]:
        """Lets the operator place a call."""
        answer = await self.operator.post("/calls", json={**CALL_BODY, **body})
        assert answer.status_code == 201, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    def dial(self) -> dict[str, Any]:
        """Returns the dial as the carrier has got it, without its ids."""
        (one,) = self.network.requests_of(CALL, "command", "dial")
        return {key: value for key, value in one.body.items() if key not in ("command_id", "client_state")}


class LocalServer:
    """A server in this process."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def close(self) -> None:
        """It ends with the test."""


@contextlib.asynccontextmanager
async def serve(folder: Path, person: Person | None = None, **flags: str) -> AsyncIterator[RunningServer]:
    """Runs a server with two applications. `flags` replace what the settings file says."""
    async with FakeNetwork({OTHER: person or Person(no_answer=True)}, documents).open() as network:
        with bound() as listening:
            written = {"token": "operator", "connection": "1", "carrier": f"{network.url}/v2", **flags}
            file = folder / "callverbs.toml"
            file.write_text(
                f"""
                [server]
                store = "memory:"
                token = "{written["token"]}"
                [carrier]
                api_key = "KEY"
                public_key = "{network.server.public_key}"
                base_url = "{written["carrier"]}"
                connection_id = "{written["connection"]}"
                [applications.main]
                app = "{network.url}/call"
                [applications.second]
                app = "{network.url}/second"
                numbers = ["+14155550198"]
                connection_id = "1"
                """
            )
            runtime = Runtime(settings.read({}, {}, file))
            network.workers = [LocalServer(address(listening))]
            async with (
                serving(create_app(runtime), listening, "on"),
                httpx.AsyncClient(base_url=address(listening), headers=TOKEN) as operator,
            ):
                yield RunningServer(network, runtime, operator)


@contextlib.asynccontextmanager
async def without_sockets(**given: Any) -> AsyncIterator[tuple[httpx.AsyncClient, Runtime]]:
    """Runs a server without sockets, for requests that need neither the carrier nor an application."""
    main = Application("main", App(name="main", call_hook="https://app.example/call", connection_id="1"), HookAccount())
    account = CarrierSettings(public_key=SIGNER.public_key, base_url="http://127.0.0.1:9")
    store = given.pop("given_store", None)
    runtime = Runtime(Settings(**{"store": ("memory:",), "token": "operator", "carrier": account, "applications": (main,), **given}), store)
    app: Any = create_app(runtime)
    await runtime.open()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://callverbs", headers=TOKEN) as client:
        yield client, runtime
    await runtime.close()
