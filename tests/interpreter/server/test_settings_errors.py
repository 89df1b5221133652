"""Everything that is wrong with settings is reported, in one sentence each, with exit code 2."""

from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import HOOK_SECRET_VARIABLE, SETTING_OF_VARIABLE, SettingsError
from tests.interpreter.cli.terminal import Terminal
from tests.interpreter.server.settings_files import ACCOUNT, APP, KEY, URL, read, reasons

# --------------------------------------------------------------------------- what is wrong


def main(**keys: Any) -> dict[str, Any]:
    return {"applications": {"main": {**APP, **keys}}}


def account(**keys: Any) -> dict[str, Any]:
    return {"carrier": {**ACCOUNT, **keys}}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"sever": {}}, "sever"),
    ({"server": {"prot": 1}}, "prot"),
    ({"server": {"port": 65536}}, "callverbs.toml: server.port "),
    ({"server": {"port": "80"}}, "callverbs.toml: server.port "),
    ({"server": {"host": 1}}, "callverbs.toml: server.host "),
    ({"server": {"store": 1}}, "callverbs.toml: server.store "),
    ({"server": {"store": "mysql://u:secret@x"}}, "server.store names no store with 'mysql://u:***@x': write sqlite:///PATH, "),
    ({"server": {"store": "sqlite:///"}}, "server.store names no store with 'sqlite:///': write "),
    ({"server": {"store": ["postgresql://u:1@x/db", "postgresql://v:2@x/db"]}}, "server.store names the same shard twice"),
    ({"server": {"token": 1}}, "callverbs.toml: server.token "),
    ({"server": {"workers": 0}}, "callverbs.toml: server.workers "),
    ({"server": {"workers": 2, "store": "memory:"}}, "several workers cannot share a store in memory: leave workers out"),
    ({"server": {"workers": 2}, "carrier": {"kind": "simulated"}}, "several workers cannot share a simulated carrier: leave workers out"),
    ({"server": {"keep_days": 0}}, "callverbs.toml: server.keep_days "),
    ({"server": {"keep_megabytes": 0.5}}, "callverbs.toml: server.keep_megabytes "),
    ({"server": {"grace": 60.5}}, "callverbs.toml: server.grace "),
    ({"server": {"log": "loud"}}, "callverbs.toml: server.log "),
    (account(kind="twilio"), "callverbs.toml: carrier.kind "),
    (account(api=3), "callverbs.toml: carrier.api "),
    (account(api_key=""), "the carrier's API key is missing: set TELNYX_API_KEY, or try --carrier simulated"),
    (account(api_key="KÉY"), "the carrier's API key has letters that no HTTP header can carry: TELNYX_API_KEY"),
    (account(public_key=""), "the public key of the carrier's webhooks is missing: set TELNYX_PUBLIC_KEY"),
    (account(public_key="nonsense"), "the carrier's public key must be the base64 of 32 bytes, as its portal shows it: TELNYX_PUBLIC_KEY"),
    (account(public_key=KEY[:-4]), "the carrier's public key must be the base64 of 32 bytes"),
    (account(base_url="api.example/v2"), "callverbs.toml: carrier.base_url "),
    (account(base_url="https:///v2"), "commands cannot go to https:///v2: it names no host"),
    (account(base_url="http://[::1"), "commands cannot go to http://[::1: it names no host"),
    (account(base_url="http://x:y/v2"), "commands cannot go to http://x:y/v2: it names no host"),
    (account(base_url="https://api example/v2"), "commands cannot go to https://api example/v2: it names no host"),
    (
        account(base_url="https://api.example"),
        "https://api.example is no address of version 2 of the carrier's API: its path ends with /v2",
    ),
    (account(base_url="https://us:pw@api.example/v2"), "carrier.base_url has more than scheme, host and path"),
    (account(base_url="http://api.example/v2"), "commands to http://api.example/v2 would carry the API key over plain http"),
    (account(api_key="Bearer KEY0123"), "the carrier's API key begins with Bearer: leave that out, in TELNYX_API_KEY"),
    ({"server": {"host": "0.0.0.0", "token": ""}}, "the token has 0 characters, and 0.0.0.0 can be reached by others: at least 16"),
    ({"server": {"host": "calls.example", "token": "x" * 15}}, "the token has 15 characters, and calls.example can be reached by others"),
    (main(app="https://app example/call"), "the application main cannot be asked: https://app example/call names no host"),
    (account(connection_id=17), "callverbs.toml: carrier.connection_id "),
    ({"applications": {}}, "no application is set: give --app URL or --app FILE"),
    ({"applications": {"main": {}}}, "callverbs.toml: applications.main needs app"),
    (main(app=""), "callverbs.toml: applications.main.app "),
    (main(app="https:///call"), "the application main cannot be asked: https:///call names no host"),
    (main(app="http://[::1/call"), "the application main cannot be asked: http://[::1/call names no host"),
    (main(app="ftp://x/call"), "the application main cannot be read: "),
    (main(app="nowhere.json"), "the application main cannot be read: "),
    (main(method="PUT"), "callverbs.toml: applications.main.method "),
    (main(numbers="+14155550199"), "callverbs.toml: applications.main.numbers "),
    (main(base_url="hooks.example"), "callverbs.toml: applications.main.base_url "),
    (main(base_url="http://"), "the base_url of the application main cannot be asked: http:// names no host"),
    (main(hook_timeout=121), "callverbs.toml: applications.main.hook_timeout "),
    (main(hook_timeout=0), "callverbs.toml: applications.main.hook_timeout "),
    (main(dialect="klingon"), "callverbs.toml: applications.main.dialect "),
    (main(trunks={"sip": 1}), "callverbs.toml: applications.main.trunks.sip "),
    (main(voice={"language": "de-DE"}), "applications.main.voice needs vendor"),
    (main(ringback="brass.mp3"), "callverbs.toml: applications.main.ringback "),
    (main(apology=1), "callverbs.toml: applications.main.apology "),
    (main(env={"SHOP": 4}), "callverbs.toml: applications.main.env.SHOP "),
    (main(colour="red"), "colour"),
    (
        main(app="wss://app.example/call"),
        "the app of the application main cannot be asked: hooks are asked over http or https: the WebSocket API",
    ),
    (main(status_hook="wss://app.example/call"), "the status_hook of the application main cannot be asked: hooks are asked over http"),
    (main(fallback_hook="ws://app.example/call"), "the fallback_hook of the application main cannot be asked: hooks are asked over http"),
    (main(fallback_hook="https:///call"), "the application main cannot be asked: https:///call names no host"),
    (main(fallback_hook="nowhere.yaml"), "the application main cannot be read: "),
    (
        {"applications": {"one": APP, "two": APP}},
        "the applications one and two both take every call: give all but one of them numbers or connections",
    ),
    (
        {"applications": {"one": {**APP, "numbers": ["+11", "+12"]}, "two": {**APP, "numbers": ["+13", "+12", "+12"]}}},
        "+12 is among the numbers of one and two",
    ),
    (
        {"applications": {"one": {**APP, "connections": ["17"]}, "two": {**APP, "connections": ["17"]}}},
        "17 is among the connections of one and two",
    ),
]


@pytest.mark.parametrize(("written", "sentence"), WRONG, ids=[sentence[:40] for _, sentence in WRONG])
def test_what_is_wrong_is_reported_once(file: Path, written: dict[str, Any], sentence: str) -> None:
    (found,) = reasons(file, written)
    assert sentence in found
    assert "\n" not in found


@pytest.mark.parametrize("hook", ["/status", "status", "ftp://x/status"])
def test_a_status_hook_that_cannot_be_asked(file: Path, hook: str) -> None:
    (file.parent / "flow.json").write_text('[{"verb": "hangup"}]')
    (found,) = reasons(file, main(app="flow.json", status_hook=hook))
    assert found == f"the status_hook of the application main cannot be asked: {hook} names no host"
    assert read(file, main(app="flow.json", status_hook="https://app.example/status")).applications
    written = main(app="flow.json", status_hook=hook, base_url="https://app.example")
    assert (reasons if "://" in hook else read)(file, written)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TELNYX_PUBLIC_KEY", "nonsense", "the base64 of 32 bytes"),
        ("TELNYX_API_KEY", "KÉY", "letters that no HTTP header can carry"),
        ("TELNYX_BASE_URL", "api.example", "carrier.base_url cannot be"),
    ],
)
def test_a_variable_is_checked_like_the_file(file: Path, variable: str, value: str, sentence: str) -> None:
    (found,) = reasons(file, {}, {variable: value})
    assert sentence in found


def test_all_reasons_are_reported_at_once(file: Path) -> None:
    written = {"carrier": {}, "applications": {"one": {"app": "nowhere.json"}, "two": {"app": "https:///"}}}
    assert [reason.partition(":")[0] for reason in reasons(file, written)] == [
        "the carrier's API key is missing",
        "the public key of the carrier's webhooks is missing",
        "the application one cannot be read",
        "the application two cannot be asked",
        "the applications one and two both take every call",
    ]


def test_a_file_that_is_no_text(file: Path) -> None:
    for content, words in ((b"\xff", "is not TOML"), (b"[server", "is not TOML"), (b"", "no application is set")):
        file.write_bytes(content)
        with pytest.raises(SettingsError, match=words):
            settings.read({"carrier": "simulated"}, {}, file)


@pytest.fixture
def callverbs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    monkeypatch.chdir(tmp_path)
    for name in (*SETTING_OF_VARIABLE, HOOK_SECRET_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return Terminal(monkeypatch, capsys)


def test_the_command_line_prints_every_reason(callverbs: Terminal, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Each reason stands on a line of its own, and the exit code is 2: no traceback, and no request to report a bug."""
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", "nonsense")
    file.write_text('[applications.main]\napp = "https:///call"\n')
    result = callverbs("serve")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "callverbs serve: the carrier's API key is missing: set TELNYX_API_KEY, or try --carrier simulated",
        "callverbs serve: the carrier's public key must be the base64 of 32 bytes, as its portal shows it: TELNYX_PUBLIC_KEY",
        "callverbs serve: the application main cannot be asked: https:///call names no host",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--store", "nonsense"),
        ("--store", "sqlite:///nowhere/x.sqlite"),
        ("--port", "65536"),
        ("--host", "nowhere.invalid"),
        ("--config", "x"),
    ],
)
def test_a_flag_that_is_wrong(callverbs: Terminal, arguments: tuple[str, str]) -> None:
    result = callverbs("serve", "--app", URL, "--carrier", "simulated", "--port", "0", "--store", "memory:", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err
