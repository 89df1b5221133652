"""The fixture `carrier`, in tests of its own: they pass, they fail with a ladder, and their options count."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.simulator.api import CarrierServer

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "samples" / "test-a-program"
PLUGIN = "callverbs.interpreter.simulator.pytest_plugin"
TESTS = """
import http.server, json, os, threading, urllib.request
import pytest


class Application(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
        self.send_response(200)
        self.end_headers()
        commands = {
            "call.initiated": ("answer", {}),
            "call.answered": ("gather_using_speak", {"payload": "Press 1 for sales.", "voice": "female", "maximum_digits": 1}),
            "call.gather.ended": ("speak", {"payload": "You pressed " + event["payload"].get("digits", ""), "voice": "female"}),
        }
        if event["event_type"] in commands and event["payload"].get("direction") != "outgoing":
            name, body = commands[event["event_type"]]
            url = os.environ["TELNYX_BASE_URL"] + "/calls/" + event["payload"]["call_control_id"] + "/actions/" + name
            headers = {"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]}
            urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)).close()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def application():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_menu(carrier, application):
    carrier.webhook_url = application
    caller = carrier.call("+14155550100", "+14155550199")
    caller.press("1")
    assert carrier.heard() == caller.heard == ["Press 1 for sales.", "You pressed 1"]
    carrier.advance(60)
    assert [one["status"] for one in carrier.webhooks("call.speak.ended")] == ["completed"]
    assert carrier.requests("speak")[0]["payload"] == "You pressed 1"
    caller.hang_up()
    assert caller.state == "ended"


def test_a_failure(carrier, application):
    carrier.webhook_url = application
    carrier.call(talks=None).press("2")
    assert carrier.heard() == []


@pytest.mark.carrier(people={"+14155550101": "busy"}, seed=bytes(32))
def test_options(carrier):
    assert carrier.public_key == "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="
    assert os.environ["TELNYX_PUBLIC_KEY"] == carrier.public_key
    assert carrier.webhook_url == "http://127.0.0.1:9/from-the-settings"
    with pytest.raises(LookupError, match="there is no leg b1; there are none"):
        carrier.leg("b1")
    carrier.fault(command="dial", fault="error", status=503, times=1)
    carrier.reset()
    assert carrier.ladder().split() == ["time", "leg", "carrier", "application"]


@pytest.mark.carrier(speed=100)
def test_a_clock_that_runs(carrier):
    carrier.call("sip:ann@example.com")
    assert carrier.leg().view.from_ == "sip:ann@example.com"
    with pytest.raises(ValueError, match="time passes by itself"):
        carrier.advance(1)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Returns what pytest prints about those tests, in a process of its own."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "test_calls.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\ncarrier_webhook = http://127.0.0.1:9/from-the-settings\nfilterwarnings = error\n")
    plugins = ["-p", PLUGIN, "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:xdist"]
    arguments = ["--strict-markers", "-rA", "-q", "--durations=8", str(folder), str(SAMPLE)]
    command = [sys.executable, "-m", "pytest", *plugins, "-c", str(folder / "pytest.ini"), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, timeout=100, check=False)
    return done.stdout + done.stderr


def test_the_fixture(report: str) -> None:
    for passed in ("menu", "options", "a_clock_that_runs"):
        assert f"PASSED test_calls.py::test_{passed}" in report, report
    assert "FAILED test_calls.py::test_a_failure" in report, report


def test_the_sample_in_python(report: str) -> None:
    for passed in ("sales", "a_webhook_that_comes_twice"):
        assert f"test_program.py::test_{passed}" in report.partition("short test summary")[2], report
    assert "5 passed" in report, report


async def test_the_sample_in_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        return  # as with the other programs in JavaScript, a machine without Node.js compares nothing
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with CarrierServer(f"http://127.0.0.1:{port}/", speed=0) as server:
        environment = {**os.environ, "TELNYX_BASE_URL": server.base_url, "TELNYX_API_KEY": "KEY", "PROGRAM_PORT": str(port)}
        process = await asyncio.create_subprocess_exec(
            node, "--test", str(SAMPLE / "program.test.mjs"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
        )
        output, _ = await process.communicate()
        drawn = "\n".join(draw(server.live.traffic.lines()))
        assert process.returncode == 0, output.decode() + drawn


def test_a_failure_shows_the_call(report: str) -> None:
    ladder = report.partition(" what went over the wire ")[2]
    for row in ("call.initiated from=+14155550100", "gather_using_speak", "call.dtmf.received digit=2", 'speak "You pressed 2"'):
        assert row in ladder, report


def test_pytest_finds_the_plugin() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}
