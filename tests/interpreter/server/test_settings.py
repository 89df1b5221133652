"""Every key of callverbs.toml and every variable has its effect; everything that is wrong is said, in one sentence each, with code 2."""

import json
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

import schemas
from interpreter.server import settings
from interpreter.server.settings import ENVIRONMENT, SECRET_OF_HOOKS, Settings, SettingsError
from interpreter.telnyx.signature import Signer
from interpreter.telnyx.v1_signature import Layout
from tests.interpreter.cli.terminal import Terminal
from verbs._app import App
from verbs._events import LegInitiated
from verbs._spec import Credentials, HookSpec, Synthesizer

KEY = Signer(bytes(range(32))).public_key
URL = "https://app.example/call"
ACCOUNT = {"api_key": "KEY", "public_key": KEY}
APP = {"app": URL}


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "callverbs.toml"


def read(file: Path, written: Mapping[str, Any], environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """The settings of a file, in which the account is right unless it says otherwise."""
    sections = {"carrier": ACCOUNT, "applications": {"main": APP}, **written}
    file.write_text("".join(f"{section} = {toml(value)}\n" for section, value in sections.items()))
    return settings.read(flags, environment or {}, file)


def reasons(file: Path, written: Mapping[str, Any], environment: Mapping[str, str] | None = None, **flags: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(file, written, environment, **flags)
    assert str(caught.value) == "\n".join(caught.value.reasons)
    return caught.value.reasons


# --------------------------------------------------------------------------- every key


SERVER: dict[str, tuple[Any, Any]] = {
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": (0, 0),
    "store": ("memory:", "memory:"),
    "token": ("secret", "secret"),
    "keep_days": (0.5, 0.5),
    "lint_replies": (True, True),
    "log": ("debug", "debug"),
}
CARRIER: dict[str, tuple[Any, Any]] = {
    "kind": ("simulated", "simulated"),
    "api": (2, 2),
    "api_key": ("KEY0123", "KEY0123"),
    "public_key": (Signer(bytes(32)).public_key, Signer(bytes(32)).public_key),
    "base_url": ("http://127.0.0.1:9/v2", "http://127.0.0.1:9/v2"),
    "connection_id": ("17", "17"),
    "signature": ({"encoding": "hex"}, Layout(encoding="hex")),
}
APPLICATION: dict[str, tuple[Any, str, Any]] = {
    "app": ("http://other.example:8080/begin?x=1", "app.call_hook", "http://other.example:8080/begin?x=1"),
    "method": ("GET", "app.call_hook", HookSpec(URL, "GET")),
    "numbers": (["+14155550199"], "numbers", ("+14155550199",)),
    "connections": (["17"], "connections", ("17",)),
    "status_hook": ("/status", "app.status_hook", "/status"),
    "base_url": ("https://hooks.example", "app.base_url", "https://app.example"),  # a URL has an origin of its own
    "username": ("joe", "account.auth", Credentials("joe", "password")),
    "password": ("pass", "account.auth", Credentials("username", "pass")),
    "secret": ("s3cret", "account.secret", "s3cret"),
    "hook_timeout": (2.5, "account.timeout", 2.5),
    "dialect": ("cognigy", "app.dialect", "cognigy"),
    "connection_id": ("18", "app.connection_id", "18"),
    "trunks": ({"sip": "19"}, "app.trunks", {"sip": "19"}),
    "voice": (
        {"vendor": "aws", "language": "de-DE", "voice": "Vicki"},
        "app.synthesizer",
        Synthesizer(vendor="aws", language="de-DE", voice="Vicki", engine="neural"),
    ),
    "ringback": ("", "app.ringback", ""),
    "apology": ("We are sorry.", "app.apology", "We are sorry."),
    "env": ({"SHOP": "4"}, "app.env_vars", {"SHOP": "4"}),
}


def keys(section: str) -> set[str]:
    properties = schemas.load("components/settings")["properties"][section]
    return set(properties.get("properties") or properties["additionalProperties"]["properties"])


def test_no_key_is_forgotten() -> None:
    assert (keys("server"), keys("carrier"), keys("applications")) == (set(SERVER), set(CARRIER), set(APPLICATION))


@pytest.mark.parametrize("key", SERVER)
def test_keys_of_the_server(file: Path, key: str) -> None:
    value, found = SERVER[key]
    assert getattr(read(file, {"server": {key: value}}), key) == found
    assert getattr(read(file, {}), key) == getattr(Settings(), key)


@pytest.mark.parametrize("key", CARRIER)
def test_keys_of_the_carrier(file: Path, key: str) -> None:
    value, found = CARRIER[key]
    assert getattr(read(file, {"carrier": {**ACCOUNT, key: value}}).carrier, key) == found


@pytest.mark.parametrize("key", APPLICATION)
def test_keys_of_an_application(file: Path, key: str) -> None:
    value, where, found = APPLICATION[key]
    together = {"username": "username", "password": "password"} if key in ("username", "password") else {}
    (application,) = read(file, {"applications": {"main": {**APP, **together, key: value}}}).applications
    assert attrgetter(where)(application) == found


def test_what_an_application_is_by_itself(file: Path) -> None:
    (one,) = read(file, {"carrier": {**ACCOUNT, "connection_id": "17"}}).applications
    assert one.app == App(
        name="main", sid=one.app.sid, account_sid=one.app.account_sid, call_hook=URL, base_url="https://app.example", connection_id="17"
    )
    assert (one.account.origin, one.account.auth, one.account.timeout) == ("https://app.example", None, 10.0)
    assert one.app.sid == read(file, {}).applications[0].app.sid  # the same at every start
    assert len({one.app.sid, one.app.account_sid, read(file, {"applications": {"other": APP}}).applications[0].app.sid}) == 3


def test_a_user_and_a_password(file: Path) -> None:
    (one,) = read(file, {"applications": {"main": {**APP, "username": "joe", "password": "pass"}}}).applications
    assert one.account.auth == Credentials("joe", "pass")


def test_an_application_that_is_a_document(file: Path) -> None:
    """Its path is relative to the settings, its hooks to `base_url`."""
    folder = file.parent / "flows"
    folder.mkdir()
    (folder / "flow.yaml").write_text("- gather: {actionHook: /menu, say: {text: Hello.}}\n")
    (one,) = read(file, {"applications": {"main": {"app": "flows/flow.yaml", "base_url": "https://hooks.example"}}}).applications
    assert one.app.call_hook == (folder / "flow.yaml").as_uri()
    assert (one.app.base_url, one.account.origin) == ("https://hooks.example", "https://hooks.example")
    (found,) = reasons(file, {"applications": {"main": {"app": "flows/flow.yaml"}}})
    assert found.startswith(f"{folder / 'flow.yaml'}:1:")
    assert "CV605" in found


# --------------------------------------------------------------------------- who answers


def test_which_application_answers(file: Path) -> None:
    written = {
        "sales": {**APP, "numbers": ["+14155550101", "+14155550102"]},
        "support": {**APP, "connections": ["17"], "connection_id": "18"},
        "rest": APP,
    }
    found = read(file, {"applications": written})

    def answering(to: str, connection_id: str = "1") -> tuple[str, str]:
        app = found.answering(LegInitiated(to=to, connection_id=connection_id))
        return app.name, app.connection_id

    assert answering("+14155550102") == ("sales", "1")  # outgoing calls go out where the call came in
    assert answering("+14155550103", "17") == ("support", "18")
    assert answering("+14155550103") == ("rest", "1")
    assert [found.application(name) and found.application(name).name for name in ("", "rest", "nobody")] == ["sales", "rest", None]  # type: ignore[union-attr]
    assert set(found.accounts) == {"sales", "support", "rest"}
    del written["rest"]
    found = read(file, {"applications": written})
    assert found.answering(LegInitiated(to="+14155550103", connection_id="1")) == App(connection_id="1")


# --------------------------------------------------------------------------- variables and flags


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_a_variable_wins_over_the_file(file: Path, variable: str) -> None:
    section, key = ENVIRONMENT[variable]
    value = {"public_key": Signer(bytes(32)).public_key, "base_url": "https://else.example/v2"}.get(key, "else")
    written = {"server": {"token": "file"}, "carrier": {**ACCOUNT, "connection_id": "1", "base_url": "https://file.example/v2"}}
    for given in (value, f" {value}\n"):
        found = read(file, written, {variable: given})
        assert getattr(found.carrier if section == "carrier" else found, key) == value
    unset = read(file, written, {variable: ""})
    assert unset == read(file, written)


def test_the_secret_of_hooks_may_stand_outside(file: Path) -> None:
    written = {"applications": {"one": {**APP, "secret": "file"}, "two": {**APP, "numbers": ["+14155550199"]}}}
    assert [one.account.secret for one in read(file, written).applications] == ["file", ""]
    assert [one.account.secret for one in read(file, written, {SECRET_OF_HOOKS: "outside"}).applications] == ["outside"] * 2


def test_a_flag_wins_over_everything(file: Path) -> None:
    written = {"server": {"host": "::1", "port": 1, "store": "memory:"}, "applications": {"main": APP}}
    flags: dict[str, Any] = {
        "host": "127.0.0.2",
        "port": 0,
        "store": "sqlite:///x",
        "carrier": "simulated",
        "app": "https://flag.example/call",
    }
    found = read(file, written, **flags)
    assert (found.host, found.port, found.store, found.carrier.kind) == ("127.0.0.2", 0, "sqlite:///x", "simulated")
    assert [(one.name, one.app.call_hook) for one in found.applications] == [("app", "https://flag.example/call")]
    assert read(file, written, **dict.fromkeys(flags)) == read(file, written)


def test_an_application_of_a_flag_may_have_settings(file: Path) -> None:
    written = {"applications": {"app": {**APP, "apology": "Sorry."}, "other": {**APP, "numbers": ["+14155550199"]}}}
    (one,) = read(file, written, app="https://flag.example/call").applications
    assert (one.app.call_hook, one.app.apology) == ("https://flag.example/call", "Sorry.")


def test_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.json").write_text('[{"verb": "hangup"}]')
    found = settings.read({"app": "flow.json", "carrier": "simulated"}, {})
    assert found.applications[0].app.call_hook == (tmp_path / "flow.json").as_uri()
    (tmp_path / "callverbs.toml").write_text("[server]\nport = 1\n")
    assert settings.read({"app": "flow.json", "carrier": "simulated"}, {}).port == 1
    with pytest.raises(SettingsError, match=r"other\.toml cannot be read: No such file"):
        settings.read({}, {}, Path("other.toml"))


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
    ({"server": {"store": "postgres://x"}}, "callverbs.toml: server.store "),
    ({"server": {"store": "sqlite:///"}}, "callverbs.toml: server.store "),
    ({"server": {"token": 1}}, "callverbs.toml: server.token "),
    ({"server": {"keep_days": 0}}, "callverbs.toml: server.keep_days "),
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
def test_what_is_wrong_is_said_once(file: Path, written: dict[str, Any], sentence: str) -> None:
    (found,) = reasons(file, written)
    assert sentence in found
    assert "\n" not in found


@pytest.mark.parametrize("hook", ["/status", "status", "ftp://x/status"])
def test_a_status_hook_that_nobody_could_be_asked_at(file: Path, hook: str) -> None:
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
def test_a_variable_is_looked_at_like_the_file(file: Path, variable: str, value: str, sentence: str) -> None:
    (found,) = reasons(file, {}, {variable: value})
    assert sentence in found


def test_everything_is_said_at_once(file: Path) -> None:
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
    for name in (*ENVIRONMENT, SECRET_OF_HOOKS):
        monkeypatch.delenv(name, raising=False)
    return Terminal(monkeypatch, capsys)


def test_the_shell_is_told(callverbs: Terminal, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Each reason on a line of its own, and code 2: never a traceback, never a request to report it."""
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
