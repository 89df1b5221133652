"""An application written with jambonz's SDK runs unchanged: asked by the simulator, and by the server over sockets.

The SDK builds its verbs and checks the signature of every request.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from callverbs.interpreter.cli._application import LiveApplication
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import read
from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.people import PersonDirectory, read_person
from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.trial import try_flow
from tests.jambonz.packages import Script, needed
from tests.oracles.callbacks import judge

pytestmark = needed
SECRET = "wh_secret_Zoë"
CALLER, OURS = "+14155550100", "+14155550199"
PEOPLE: dict[str, Any] = {"+14155550101": "busy", "sip:desk@pbx.example": {"answers": 0.8, "talks": 0.1}}
PATHS = ["/call", "/menu", "/dialed"]


@pytest.fixture
def application() -> Iterator[tuple[Script, str]]:
    """Runs the application, and yields its script and its address."""
    with Script("application.mjs", SECRET) as script:
        yield script, f"http://127.0.0.1:{script.read()['port']}"


def stopped(script: Script) -> list[dict[str, Any]]:
    """Stops the application, and returns the requests that have not been read yet."""
    script.process.terminate()
    assert script.process.stdout
    return [json.loads(line) for line in script.process.stdout]


def check(requests: list[dict[str, Any]]) -> None:
    """Asserts that all requests were signed, that each had an id of its own, and that the call went through."""
    assert [one["error"] for one in requests] == [None] * len(requests)
    assert len({one["id"] for one in requests}) == len(requests)
    actions = [one for one in requests if one["path"] != "/status"]
    assert [one["path"] for one in actions] == PATHS
    call, menu, dialed = (one["body"] for one in actions)
    assert (call["from"], call["to"], call["direction"], call["call_status"]) == (CALLER, OURS, "inbound", "trying")
    assert (menu["digits"], menu["reason"], menu["customerData"]) == ("1", "dtmfDetected", {"desk": "reception", "price": 10})
    assert (dialed["dial_call_status"], dialed["dial_sip_status"]) == ("completed", 200)
    assert call["call_sid"] == menu["call_sid"] == dialed["call_sid"] != dialed["dial_call_sid"]
    for one in requests:
        judge(one["body"], "status" if one["path"] == "/status" else "")
    legs: dict[str, list[str]] = {}
    for one in requests:
        if one["path"] == "/status":
            legs.setdefault(one["body"]["call_sid"], []).append(one["body"]["call_status"])
    assert legs.pop(call["call_sid"]) == ["trying", "in-progress", "completed"]
    assert legs.pop(dialed["dial_call_sid"]) == ["trying", "in-progress", "completed"]
    assert list(legs.values()) == [["trying", "busy"]]


def test_asked_by_the_simulator(application: tuple[Script, str]) -> None:
    script, url = application
    wanted = Scenario(app=f"{url}/call", status_hook=True, people=PEOPLE)
    trial = try_flow(None, wanted, "reception", LiveApplication(f"{url}/call", SECRET), ("1",))
    assert trial.passed, trial.failures
    assert [line.name for line in trial.lines if line.kind == "command" and line.leg == "a"] == [
        "answer", "gather_using_speak", "playback_start", "playback_stop", "bridge", "speak", "hangup",
    ]  # fmt: skip
    check(stopped(script))


def test_asked_from_the_command_line(application: tuple[Script, str]) -> None:
    script, url = application
    command = [sys.executable, "-m", "callverbs", "simulate", "--app", f"{url}/call", "--press", "1", "--secret", SECRET]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "over: completed" in done.stdout
    requests = stopped(script)
    assert [one["path"] for one in requests] == PATHS
    assert [one["error"] for one in requests] == [None] * 3


def test_another_secret_is_refused(application: tuple[Script, str]) -> None:
    script, url = application
    trial = try_flow(None, Scenario(app=f"{url}/call"), "reception", LiveApplication(f"{url}/call", "another"), ("1",))
    (problem,) = [line for line in trial.lines if line.name == "problem"]
    assert "the hook has answered 403" in problem.text
    assert [line.name for line in trial.lines if line.kind == "command"] == ["reject"]
    assert [one["error"] for one in stopped(script)] == ["Webhook signature verification failed"]


@asynccontextmanager
async def served(settings: Path) -> AsyncIterator[CarrierServer]:
    """Runs our server with these settings, and a simulated carrier beside it."""
    bound = socket.create_server(("127.0.0.1", 0))
    people = PersonDirectory({number: read_person(written) for number, written in PEOPLE.items()})
    webhook = f"http://127.0.0.1:{bound.getsockname()[1]}{WEBHOOK_PATH}"
    async with CarrierServer(webhook, api_key="key", people=people, latency=0.005) as carrier:
        environment = {
            "TELNYX_API_KEY": "key",
            "TELNYX_PUBLIC_KEY": carrier.public_key,
            "TELNYX_BASE_URL": carrier.base_url,
            "CALLVERBS_CONNECTION_ID": "1",
            "CALLVERBS_HOOK_SECRET": SECRET,
        }
        app = create_app(Runtime(read({"store": "memory:"}, environment, settings)))
        listening = asyncio.Event()
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=1)
        server = EmbeddedServer(config, listening.set)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        await listening.wait()
        yield carrier
        server.should_exit = True
        await serving


async def test_asked_by_the_server(application: tuple[Script, str], tmp_path: Path) -> None:
    script, url = application
    settings = tmp_path / "callverbs.toml"
    settings.write_text(f'[applications.reception]\napp = "{url}/call"\nstatus_hook = "/status"\n', encoding="utf-8")
    requests: list[dict[str, Any]] = []
    async with served(settings) as carrier:
        carrier.carrier.place(CALLER, OURS, read_person({"hears": [{"pattern": "press 1", "press": "1", "after": 0.05}]}))
        while not requests or (requests[-1]["body"]["call_status"], requests[-1]["body"]["direction"]) != ("completed", "inbound"):
            requests.append(await asyncio.wait_for(asyncio.to_thread(script.read), 20))
    check(requests + stopped(script))
