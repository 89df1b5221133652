"""`callverbs serve` reports every error in the settings at once, prints its address, and stops at a signal."""

import json
import re
import shlex
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from callverbs.interpreter.cli.serve import command
from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import SettingsError
from tests.interpreter.cli.terminal import ServerProcess, Terminal

VARIABLES = (
    "TELNYX_API_KEY",
    "TELNYX_PUBLIC_KEY",
    "TELNYX_BASE_URL",
    "CALLVERBS_CONNECTION_ID",
    "CALLVERBS_TOKEN",
    "CALLVERBS_HOOK_SECRET",
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_everything_that_is_missing_is_reported_at_once(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("serve")
    assert (result.code, result.out) == (2, "")
    assert [row.startswith("callverbs serve: ") for row in result.err.splitlines()] == [True, True, True]
    assert "set TELNYX_API_KEY, or try --carrier simulated" in result.err
    assert "set TELNYX_PUBLIC_KEY" in result.err
    assert "give --app URL or --app FILE" in result.err


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ("[servr]\n", "callverbs.toml"),
        ("[server]\nport = 'x'\n", "server.port"),
        ("[applications.a]\n", "app"),
        ("[applications.a\n", "callverbs.toml is not TOML"),
        ("[applications.a]\napp = 'nowhere.yaml'\n", "the application a cannot be read"),
        ("[applications.a]\napp = 'bad.yaml'\n", "bad.yaml:1:3: CV101 there is no verb sey"),
        ("[applications.a]\napp = 'flow.yaml'\n", "write the whole URL, or set base_url (--base-url URL)"),
        ("[applications.a]\napp = 'ftp://x/call'\n", "ftp://x/call is neither an http or https URL nor the path of a document"),
        (
            "[applications.a]\napp = 'https://a.example/'\nnumbers = ['abc']\n",
            'callverbs.toml: applications.a.numbers[0] cannot be "abc"',
        ),
        ("[applications.a]\napp = 'https://a.example/'\nnumbers = ['14155550199']\n", "A number in E.164 as the carrier tells it"),
        ("[applications.a]\napp = 'https://a.example/'\nusername = 'joe'\n", "username and password belong together: write both"),
        ("[applications.a]\napp = 'https://a.example/'\npassword = 'joe'\n", "username and password belong together: write both"),
        ("[applications.a]\napp = 'https://a.example/'\n[applications.b]\napp = 'https://b.example/'\n", "a and b both take every call"),
    ],
)
def test_settings_that_cannot_be_served(callverbs: Terminal, folder: Path, settings: str, error: str) -> None:
    (folder / "bad.yaml").write_text("- sey: {text: Hello.}\n")
    (folder / "callverbs.toml").write_text(settings)
    result = callverbs("serve", "--carrier", "simulated", "--store", "memory:")
    assert (result.code, result.out) == (2, "")
    assert error in result.err


def _serve_commands(text: str) -> list[list[str]]:
    """Returns the commands of a text that serve a local document with relative hooks."""
    found = [line.strip().removeprefix("$ ").partition(" #")[0] for line in text.splitlines() if "callverbs serve --app flow.yaml" in line]
    return [shlex.split(line)[2:] for line in found]


def test_the_examples_of_pages_and_of_the_help_can_be_served(callverbs: Terminal, folder: Path) -> None:
    """As they are written, in a fresh folder with the README's own flow."""
    root = Path(__file__).parents[3]
    readme, page = ((root / name).read_text(encoding="utf-8") for name in ("README.md", "docs/settings.md"))
    (flow,) = re.findall("^```yaml\n# flow.yaml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    (folder / "flow.yaml").write_text(flow)
    for text in (readme, page, callverbs("--help").out, callverbs("serve", "--help").out):
        commands = _serve_commands(text)
        assert commands
        for arguments in commands:
            flags = dict(command.make_context("serve", arguments).params)
            (application,) = settings.read(flags, {}).applications
            assert application.app.call_hook == (folder / "flow.yaml").as_uri()
            assert application.app.base_url == "http://127.0.0.1:3000"


def test_the_origin_of_relative_hooks_may_be_a_flag(folder: Path) -> None:
    (folder / "callverbs.toml").write_text("[applications.a]\napp = 'flow.yaml'\nbase_url = 'https://file.example'\n")
    (application,) = settings.read({"carrier": "simulated", "base_url": "https://flag.example"}, {}).applications
    assert (application.app.base_url, application.account.origin) == ("https://flag.example", "https://flag.example")
    with pytest.raises(SettingsError, match=r"the base_url of the application a cannot be asked: flag\.example names no host"):
        settings.read({"carrier": "simulated", "base_url": "flag.example"}, {})


def test_a_sip_uri_is_a_number_too(folder: Path) -> None:
    numbers = ("+14155550199", "sip:reception@sip.example.com")
    (folder / "callverbs.toml").write_text(f"[applications.a]\napp = 'https://a.example/'\nnumbers = {list(numbers)}\n")
    assert settings.read({"carrier": "simulated"}, {}).applications[0].numbers == numbers


def test_an_address_in_use(callverbs: Terminal, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = callverbs("serve", "--app", "https://a.example/", "--carrier", "simulated", "--store", "memory:", "--port", port)
    assert (result.code, result.out) == (2, "")
    assert f"127.0.0.1:{port} cannot be listened on" in result.err


def test_it_serves_and_stops_at_a_signal(served: ServerProcess) -> None:
    address, carrier, process = served
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as response:
        assert json.load(response)["status"] == "ok"
    placed = urllib.request.Request(f"{carrier}/_sim/calls", json.dumps({"from": "+14155550100", "to": "+14155550199"}).encode())
    with urllib.request.urlopen(placed, timeout=5) as response:
        assert response.status == 201
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
