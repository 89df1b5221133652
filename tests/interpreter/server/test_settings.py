"""Every key of callverbs.toml and every variable has its effect; every error is reported, in one sentence each, with exit code 2."""

from operator import attrgetter
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from callverbs import schemas
from callverbs.interpreter.hooks import egress
from callverbs.interpreter.hooks.egress import Egress
from callverbs.interpreter.hooks.sids import sids
from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import (
    ALLOW_PRIVATE_VARIABLE,
    HOOK_SECRET_VARIABLE,
    SETTING_OF_VARIABLE,
    HookSettings,
    PrivacySettings,
    Settings,
    SettingsError,
)
from callverbs.interpreter.telnyx.signature import Signer
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import CallLimits
from callverbs.verbs.language.events import LegInitiated
from callverbs.verbs.language.spec import Credentials, HookSpec, Synthesizer
from tests.interpreter.server.settings_files import ACCOUNT, APP, URL, read, reasons

# --------------------------------------------------------------------------- every key


SERVER: dict[str, tuple[Any, Any]] = {
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": (0, 0),
    "store": ("memory:", ("memory:",)),
    "workers": (4, 4),
    "reuse_port": (True, True),
    "token": ("secret", "secret"),
    "keep_days": (0.5, 0.5),
    "keep_megabytes": (250, 250),
    "grace": (0, 0),
    "lint_replies": (True, True),
    "calls": (7, 7),
    "connections": (70, 70),
    "log": ("debug", "debug"),
    "log_format": ("json", "json"),
}
CARRIER: dict[str, tuple[Any, Any]] = {
    "kind": ("simulated", "simulated"),
    "api": (2, 2),
    "api_key": ("KEY0123", "KEY0123"),
    "public_key": (Signer(bytes(32)).public_key, Signer(bytes(32)).public_key),
    "base_url": ("http://127.0.0.1:9/v2", "http://127.0.0.1:9/v2"),
    "connection_id": ("17", "17"),
    "signature": ({"encoding": "hex"}, SignatureLayout(encoding="hex")),
}
APPLICATION: dict[str, tuple[Any, str, Any]] = {
    "app": ("http://other.example:8080/begin?x=1", "app.call_hook", "http://other.example:8080/begin?x=1"),
    "method": ("GET", "app.call_hook", HookSpec(url=URL, method="GET")),
    "numbers": (["+14155550199"], "numbers", ("+14155550199",)),
    "connections": (["17"], "connections", ("17",)),
    "status_hook": ("/status", "app.status_hook", "/status"),
    "base_url": ("https://hooks.example", "app.base_url", "https://app.example"),  # a URL has an origin of its own
    "username": ("joe", "account.auth", Credentials(username="joe", password="password")),
    "password": ("pass", "account.auth", Credentials(username="username", password="pass")),
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
    "fallback_hook": ("https://other.example/begin", "app.fallback_hook", "https://other.example/begin"),
    "public_ip": ("203.0.113.7", "app.public_ip", "203.0.113.7"),
    "sip_address": ("203.0.113.7:5080", "app.sip_address", "203.0.113.7:5080"),
    "limits": ({"hooks_per_minute": 9, "called_prefixes": ["+1"]}, "app.limits", CallLimits(hooks_per_minute=9, called_prefixes=("+1",))),
    "env": ({"SHOP": "4"}, "app.env_vars", {"SHOP": "4"}),
}


def keys(section: str) -> set[str]:
    properties = schemas.load("components/settings")["properties"][section]
    return set(properties.get("properties") or properties["additionalProperties"]["properties"])


def test_no_key_is_forgotten() -> None:
    assert [keys(one) for one in ("server", "carrier", "hooks", "applications")] == [
        set(SERVER),
        set(CARRIER),
        set(HOOKS),
        set(APPLICATION),
    ]


@pytest.mark.parametrize("key", SERVER)
def test_keys_of_the_server(file: Path, key: str) -> None:
    value, found = SERVER[key]
    assert getattr(read(file, {"server": {key: value}}), key) == found
    assert getattr(read(file, {}), key) == getattr(Settings(), key)


@pytest.mark.parametrize("key", CARRIER)
def test_keys_of_the_carrier(file: Path, key: str) -> None:
    value, found = CARRIER[key]
    assert getattr(read(file, {"carrier": {**ACCOUNT, key: value}}).carrier, key) == found


HOOKS: dict[str, tuple[Any, Any]] = {
    "connections": (7, HookSettings(connections=7)),
    "allow": (["10.0.0.0/8", "hooks.internal"], HookSettings(egress=egress.parse(["10.0.0.0/8", "hooks.internal"]))),
    "allow_private": (True, HookSettings(egress=Egress(private=True))),
}


@pytest.mark.parametrize("key", HOOKS)
def test_keys_of_hooks(file: Path, key: str) -> None:
    value, found = HOOKS[key]
    assert read(file, {"hooks": {key: value}}).hooks == found
    assert read(file, {}).hooks == HookSettings()


@pytest.mark.parametrize("key", sorted(keys("privacy")))
def test_keys_of_privacy(file: Path, key: str) -> None:
    assert getattr(read(file, {"privacy": {key: True}}).privacy, key) is True
    assert read(file, {}).privacy == PrivacySettings(show_keys=False, mask_records=False)


@pytest.mark.parametrize("key", APPLICATION)
def test_keys_of_an_application(file: Path, key: str) -> None:
    value, where, found = APPLICATION[key]
    together = {"username": "username", "password": "password"} if key in ("username", "password") else {}
    (application,) = read(file, {"applications": {"main": {**APP, **together, key: value}}}).applications
    assert attrgetter(where)(application) == found


def test_the_defaults_of_an_application(file: Path) -> None:
    (one,) = read(file, {"carrier": {**ACCOUNT, "connection_id": "17"}}).applications
    assert one.app == App(name="main", **sids("main")._asdict(), call_hook=URL, base_url="https://app.example", connection_id="17")
    assert (one.account.origin, one.account.auth, one.account.timeout) == ("https://app.example", None, 10.0)
    assert one.app.sid == read(file, {}).applications[0].app.sid  # the same at every start
    ids = {one.app.sid, one.app.account_sid, one.app.service_provider_sid}
    assert len({*ids, read(file, {"applications": {"other": APP}}).applications[0].app.sid}) == 4


def test_limits_of_all_applications_and_of_one(file: Path) -> None:
    written = {"limits": {"legs": 3, "calls": 9}, "applications": {"main": {**APP, "limits": {"calls": 4}}}}
    assert read(file, written).applications[0].app.limits == CallLimits(legs=3, calls=4)
    assert read(file, written, app="https://flag.example/call").applications[0].app.limits == CallLimits(legs=3, calls=9)


def test_the_default_of_every_limit_stands_in_the_schema() -> None:
    defaults = {name: one.get("default") for name, one in schemas.load("components/call_limits")["properties"].items()}
    own = msgspec.structs.asdict(CallLimits())
    assert {name: own[name] for name in defaults if "prefixes" not in name} == {
        name: one for name, one in defaults.items() if "prefixes" not in name
    }
    assert set(own) == set(defaults)


def test_a_user_and_a_password(file: Path) -> None:
    (one,) = read(file, {"applications": {"main": {**APP, "username": "joe", "password": "pass"}}}).applications
    assert one.account.auth == Credentials(username="joe", password="pass")


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


# --------------------------------------------------------------------------- which application answers


def test_which_application_answers(file: Path) -> None:
    written = {
        "sales": {**APP, "numbers": ["+14155550101", "+14155550102"]},
        "support": {**APP, "connections": ["17"], "connection_id": "18"},
        "rest": APP,
    }
    found = read(file, {"applications": written})

    def answering(to: str, connection_id: str = "1") -> tuple[str, str]:
        app = found.app_for(LegInitiated(to=to, connection_id=connection_id))
        return app.name, app.connection_id

    assert answering("+14155550102") == ("sales", "1")  # outgoing calls go out where the call came in
    assert answering("+14155550103", "17") == ("support", "18")
    assert answering("+14155550103") == ("rest", "1")
    assert [found.application(name) and found.application(name).name for name in ("", "rest", "nobody")] == ["sales", "rest", None]  # type: ignore[union-attr]
    assert set(found.accounts) == {"sales", "support", "rest"}
    del written["rest"]
    found = read(file, {"applications": written})
    assert found.app_for(LegInitiated(to="+14155550103", connection_id="1")) == App(connection_id="1")


# --------------------------------------------------------------------------- variables and flags


@pytest.mark.parametrize("variable", [one for one in SETTING_OF_VARIABLE if one != ALLOW_PRIVATE_VARIABLE])
def test_a_variable_wins_over_the_file(file: Path, variable: str) -> None:
    section, key = SETTING_OF_VARIABLE[variable]
    value = {"public_key": Signer(bytes(32)).public_key, "base_url": "https://else.example/v2", "store": "sqlite:///else"}.get(key, "else")
    written = {"server": {"token": "file"}, "carrier": {**ACCOUNT, "connection_id": "1", "base_url": "https://file.example/v2"}}
    for given in (value, f" {value}\n"):
        found = read(file, written, {variable: given})
        assert getattr(found.carrier if section == "carrier" else found, key) in (value, (value,))
    unset = read(file, written, {variable: ""})
    assert unset == read(file, written)


def test_a_store_may_have_shards(file: Path) -> None:
    shards = ("postgresql://u:p@a/calls", "postgresql://u:p@b/calls")
    assert read(file, {"server": {"store": list(shards)}}).store == shards
    assert read(file, {}, {"CALLVERBS_STORE": " ".join(shards)}).store == shards
    assert read(file, {}, {"CALLVERBS_STORE": "sqlite:///my calls.sqlite"}).store == ("sqlite:///my calls.sqlite",)
    assert read(file, {}, store=shards).store == shards
    assert read(file, {}, store="memory:").store == ("memory:",)


@pytest.mark.parametrize(("value", "private"), [("1", True), ("True", True), ("yes", True), ("0", False), ("no", False), ("", False)])
def test_private_hooks_are_allowed_by_a_variable(file: Path, value: str, private: bool) -> None:
    assert read(file, {}, {ALLOW_PRIVATE_VARIABLE: value}).hooks.egress.private is private
    (found,) = reasons(file, {}, {ALLOW_PRIVATE_VARIABLE: "perhaps"})
    assert "hooks.allow_private" in found


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "0.0.0.0", "198.51.100.7"])
def test_a_token_that_is_long_enough(file: Path, host: str) -> None:
    """Where others can try it, 16 characters are enough; none opens nothing. On this machine alone, every token is."""
    assert read(file, {"server": {"host": host, "token": "x" * 16}}).host == host
    assert read(file, {"server": {"host": host}}).token == ""
    if host not in ("0.0.0.0", "198.51.100.7"):
        assert read(file, {"server": {"host": host, "token": "x"}}).token == "x"


def test_a_user_and_a_password_in_a_url(file: Path) -> None:
    """Hooks of its origin get them, relative ones too; they stand nowhere else."""
    for written in ({"app": "https://us:p%40ss@app.example/call"}, {"app": "flow.json", "base_url": "https://us:p%40ss@app.example"}):
        (file.parent / "flow.json").write_text('[{"verb": "hangup"}]')
        (one,) = read(file, {"applications": {"main": written}}).applications
        assert one.account.auth == Credentials(username="us", password="p@ss")
        assert (one.app.base_url, one.account.origin) == ("https://app.example", "https://app.example")
        assert "p%40ss" not in str(one.app)


def test_what_the_settings_name_is_asked_wherever_it_is(file: Path) -> None:
    written = {**APP, "fallback_hook": "http://10.0.0.1/f", "status_hook": "http://10.0.0.2/s"}
    (one,) = read(file, {"applications": {"main": written}}).applications
    assert [one.account.names(httpx.URL(url)) for url in (URL, "http://10.0.0.1/x", "http://10.0.0.2", "http://10.0.0.3/")] == [
        True
    ] * 3 + [False]


def test_the_secret_of_hooks_may_stand_outside(file: Path) -> None:
    written = {"applications": {"one": {**APP, "secret": "file"}, "two": {**APP, "numbers": ["+14155550199"]}}}
    assert [one.account.secret for one in read(file, written).applications] == ["file", ""]
    assert [one.account.secret for one in read(file, written, {HOOK_SECRET_VARIABLE: "outside"}).applications] == ["outside"] * 2


def test_a_flag_wins_over_everything(file: Path) -> None:
    written = {"server": {"host": "::1", "port": 1, "store": "memory:"}, "applications": {"main": APP}}
    flags: dict[str, Any] = {
        "host": "127.0.0.2",
        "port": 0,
        "store": ("sqlite:///x",),
        "carrier": "simulated",
        "app": "https://flag.example/call",
    }
    found = read(file, written, **flags)
    assert (found.host, found.port, found.store, found.carrier.kind) == ("127.0.0.2", 0, ("sqlite:///x",), "simulated")
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


def test_a_fallback_may_be_a_document(file: Path) -> None:
    document = file.parent / "closed.yaml"
    document.write_text("- {verb: say, text: We are closed.}\n")
    (one,) = read(file, {"applications": {"main": {**APP, "fallback_hook": "closed.yaml", "method": "GET"}}}).applications
    assert one.app.fallback_hook == HookSpec(url=document.as_uri(), method="GET")
