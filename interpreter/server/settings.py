"""Reads and checks the settings of a server: callverbs.toml, environment variables and command-line flags.

A flag overrides a variable, and a variable the file. All errors are reported together, one sentence each.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from callverbs import schemas
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS, HookAccount
from callverbs.interpreter.hooks.sids import sids
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.runtime.outage import GRACE_SECONDS
from callverbs.interpreter.simulator import account
from callverbs.interpreter.stores import urls
from callverbs.interpreter.telnyx.signature import Verifier
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout
from callverbs.interpreter.text.source import Source
from callverbs.schemas import versions
from callverbs.verbs.language import hook_urls
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import LegInitiated
from callverbs.verbs.language.hook_urls import WEBSOCKET_REASON
from callverbs.verbs.language.spec import Credentials, HookSpec, Synthesizer

SETTINGS_FILE = "callverbs.toml"
BASE_URLS = {1: "https://api.telnyx.com", 2: "https://api.telnyx.com/v2"}
SETTING_OF_VARIABLE: dict[str, tuple[str, str]] = {
    "TELNYX_API_KEY": ("carrier", "api_key"),
    "TELNYX_PUBLIC_KEY": ("carrier", "public_key"),
    "TELNYX_BASE_URL": ("carrier", "base_url"),
    "CALLVERBS_CONNECTION_ID": ("carrier", "connection_id"),
    "CALLVERBS_TOKEN": ("server", "token"),
    "CALLVERBS_STORE": ("server", "store"),
}
"""Section and key of the setting that an environment variable sets."""
HOOK_SECRET_VARIABLE = "CALLVERBS_HOOK_SECRET"  # noqa: S105 - the name of a variable


class SettingsError(Exception):
    """The settings cannot be used. `reasons` has one sentence for each error."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(reasons))


@dataclass(frozen=True)
class Application:
    """An application: which incoming calls it answers, what the engine knows of it, and the account of its hooks.

    An application without numbers and connections answers the calls that no other application does.
    """

    name: str
    app: App
    account: HookAccount
    numbers: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()

    def matches(self, event: LegInitiated) -> bool:
        """Returns whether the settings name the called number or the connection of a call."""
        return event.to in self.numbers or event.connection_id in self.connections

    @property
    def is_default(self) -> bool:
        return not self.numbers and not self.connections


@dataclass(frozen=True)
class CarrierSettings:
    """The account at the carrier. `kind` is telnyx or simulated."""

    kind: str = "telnyx"
    api: int = 2
    api_key: str = ""
    public_key: str = ""
    base_url: str = BASE_URLS[2]
    connection_id: str = ""
    signature: SignatureLayout = SignatureLayout()
    """Layout of the signature of webhooks of version 1."""


@dataclass(frozen=True)
class Settings:
    """The settings of a server."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    reuse_port: bool = False
    store: tuple[str, ...] = ("sqlite:///callverbs.sqlite",)
    """The URLs of the store: of more than one, each is a shard."""
    token: str = ""
    keep_days: float = 30.0
    keep_megabytes: float = 10_000.0
    grace: float = GRACE_SECONDS
    log: str = "info"
    lint_replies: bool = False
    carrier: CarrierSettings = field(default_factory=CarrierSettings)
    applications: tuple[Application, ...] = ()

    def app_for(self, event: LegInitiated) -> App:
        """Returns the application of an incoming call: one that matches it, else the default one, else one without hooks."""
        found = [one for one in self.applications if one.matches(event)] or [one for one in self.applications if one.is_default]
        app = found[0].app if found else App()
        return app if app.connection_id else msgspec.structs.replace(app, connection_id=event.connection_id)

    def application(self, name: str) -> Application | None:
        """Returns an application by its name, the first one for the empty name; None where there is none."""
        return next((one for one in self.applications if name in ("", one.name)), None)

    @property
    def accounts(self) -> dict[str, HookAccount]:
        """The accounts of hooks, by the name of the application."""
        return {one.name: one.account for one in self.applications}


def read(flags: Mapping[str, Any], environment: Mapping[str, str], path: Path | None = None) -> Settings:
    """Returns the settings of a server. Without a path, reads `callverbs.toml` in the working folder if it exists. Raises SettingsError."""
    file = path or Path(SETTINGS_FILE)
    written = _read_file(file) if path or file.is_file() else {}
    reasons = [f"{file}: {reason}" for reason in _shape_errors(written)]
    if reasons:
        raise SettingsError(reasons)
    server, carrier = dict(written.get("server", {})), dict(written.get("carrier", {}))
    sections = {"server": server, "carrier": carrier}
    for name, (section, key) in SETTING_OF_VARIABLE.items():
        if value := environment.get(name, "").strip():  # a secret that was read from a file may end with a newline
            sections[section][key] = value
    server |= {key: flags[key] for key in ("host", "port", "workers") if flags.get(key) is not None}
    if flags.get("store"):
        server["store"] = flags["store"]
    if "store" in server:
        server["store"] = urls.split(server["store"])
    if flags.get("carrier"):
        carrier["kind"] = flags["carrier"]
    applications = dict(written.get("applications", {}))
    if flags.get("app"):
        applications = {"app": {**applications.get("app", {}), "app": flags["app"]}}
    if flags.get("base_url"):
        applications = {name: {**one, "base_url": flags["base_url"]} for name, one in applications.items()}
    settings, reasons = _build(server, carrier, applications, environment, file.parent if not flags.get("app") else Path())
    if reasons:
        raise SettingsError(reasons)
    return settings


def read_store(flags: Mapping[str, Any], environment: Mapping[str, str], path: Path | None = None) -> tuple[str, ...]:
    """Returns the URLs of the store, whatever else the settings lack. Raises SettingsError."""
    file = path or Path(SETTINGS_FILE)
    written = _read_file(file) if path or file.is_file() else {}
    if reasons := [f"{file}: {reason}" for reason in _shape_errors(written)]:
        raise SettingsError(reasons)
    named = flags.get("store") or environment.get("CALLVERBS_STORE", "").strip() or written.get("server", {}).get("store")
    found = urls.split(named) if named else Settings().store
    if reasons := urls.diagnose(found):
        raise SettingsError(reasons)
    return found


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path} is not TOML: {error}"]) from None


def _shape_errors(written: dict[str, Any]) -> list[str]:
    """Returns what the schema of settings says is wrong, with the path of each setting unless the message begins with it."""
    reasons = []
    for diagnostic in schemas.diagnose("components/settings", written):
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in diagnostic.path).lstrip(".")
        reasons.append(diagnostic.message if diagnostic.message.startswith(where) else f"{where}: {diagnostic.message}")
    return reasons


def _build(
    server: dict[str, Any], written_carrier: dict[str, Any], written: dict[str, Any], environment: Mapping[str, str], folder: Path
) -> tuple[Settings, list[str]]:
    """Returns the settings, and what is wrong with them. `written` are the applications, `folder` is that of their documents."""
    reasons = _shape_errors({"server": {**server, "store": list(server.get("store", ()))}, "carrier": written_carrier})
    reasons += urls.diagnose(server.get("store", ()))
    carrier = _carrier_settings(written_carrier)
    if carrier.kind == "telnyx":
        reasons += CARRIER_CHECKS[carrier.api](carrier)
        if carrier.base_url.startswith("http") and not hook_urls.origin(carrier.base_url):
            reasons.append(f"commands cannot go to {carrier.base_url}: it names no host")
    if server.get("workers", 1) > 1:
        reasons += [f"several workers cannot share {what}: leave workers out" for what in _unshared(server, carrier)]
    if not written:
        reasons.append("no application is set: give --app URL or --app FILE, or write [applications.NAME] into callverbs.toml")
    applications = []
    for name, one in written.items():
        secret = environment.get(HOOK_SECRET_VARIABLE, "").strip() or one.get("secret", "")
        applications.append(_application(name, {**one, "secret": secret}, carrier, folder, reasons))
    reasons += _conflicts(applications)
    return Settings(**server, carrier=carrier, applications=tuple(applications)), reasons


def _unshared(server: dict[str, Any], carrier: CarrierSettings) -> list[str]:
    """Returns what is in one process only."""
    return [
        *(["a store in memory"] if "memory:" in server.get("store", ()) else []),
        *(["a simulated carrier"] if carrier.kind == "simulated" else []),
    ]


def _conflicts(applications: list[Application]) -> list[str]:
    """Returns a sentence for each call that two applications would answer."""
    defaults = [one.name for one in applications if one.is_default]
    reasons = []
    if len(defaults) > 1:
        reasons.append(f"the applications {' and '.join(defaults)} both take every call: give all but one of them numbers or connections")
    for key in ("numbers", "connections"):
        names_of: dict[str, list[str]] = {}
        for one in applications:
            for value in dict.fromkeys(getattr(one, key)):
                names_of.setdefault(value, []).append(one.name)
        reasons += [f"{value} is among the {key} of {' and '.join(names)}" for value, names in names_of.items() if len(names) > 1]
    return reasons


def _carrier_settings(written: dict[str, Any]) -> CarrierSettings:
    """Returns the account at the carrier. A simulated carrier always has version 2 of the API, and a connection of its own."""
    simulated = written.get("kind") == "simulated"
    api, connection = (2, account.DEFAULT_ID) if simulated else (written.get("api", 2), "")
    fields = {"base_url": BASE_URLS[api], "connection_id": connection, **written}
    return CarrierSettings(**{**fields, "api": api, "signature": SignatureLayout(**written.get("signature", {}))})


def _check_version_2(carrier: CarrierSettings) -> list[str]:
    """Returns what is missing or wrong for version 2 of the carrier's API."""
    reasons = []
    if not carrier.api_key:
        reasons.append("the carrier's API key is missing: set TELNYX_API_KEY, or try --carrier simulated")
    elif not (carrier.api_key.isascii() and carrier.api_key.isprintable()):
        reasons.append("the carrier's API key has letters that no HTTP header can carry: TELNYX_API_KEY")
    if not carrier.public_key:
        reasons.append("the public key of the carrier's webhooks is missing: set TELNYX_PUBLIC_KEY (portal: Keys & Credentials)")
        return reasons
    try:
        Verifier(carrier.public_key)
    except ValueError as error:
        reasons.append(f"{error}: TELNYX_PUBLIC_KEY")
    return reasons


def _check_version_1(carrier: CarrierSettings) -> list[str]:
    """Returns what is missing or wrong for version 1 of the carrier's API."""
    reasons = []
    key, _, secret = carrier.api_key.partition(":")
    if not key or not secret:
        reasons.append("the carrier's API key is not key:secret, as version 1 of its API wants it: set TELNYX_API_KEY, or api = 2")
    if not carrier.public_key:
        reasons.append("the secret of the carrier's webhook signatures is missing: set TELNYX_PUBLIC_KEY (with api = 1 it is that secret)")
    if carrier.base_url.rstrip("/").endswith("/v2"):
        reasons.append(f"{carrier.base_url} is version 2 of the carrier's API, and api = 1 is set: leave base_url out, or set api = 2")
    if carrier.signature.problem:
        reasons.append(f"carrier.signature: {carrier.signature.problem}")
    return reasons


CARRIER_CHECKS = {1: _check_version_1, 2: _check_version_2}
"""The check of the account, by version of the carrier's API."""


def _application(name: str, written: dict[str, Any], carrier: CarrierSettings, folder: Path, reasons: list[str]) -> Application:
    """Returns an application, and adds what is wrong with it to `reasons`."""
    is_url = written["app"].lower().startswith(("http:", "https:"))
    origin = hook_urls.origin(written["app"]) if is_url else written.get("base_url", "")
    hook = _program_url(name, written["app"], folder, bool(origin), carrier.api, reasons)
    fallback = (
        _program_url(name, written["fallback_hook"], folder, bool(origin), carrier.api, reasons) if "fallback_hook" in written else ""
    )
    if written.get("apology") and (reason := versions.unsupported(carrier.api, {"say": "speak"}).get("say")):
        reasons.append(f"the apology of the application {name} could never be spoken: {reason}")
    reasons += [
        f"the {key} of the application {name} cannot be asked: {url} names no host"
        for key, url in written.items()
        if (key == "base_url" or (key == "status_hook" and url and ("://" in url or not origin)))
        and not hook_urls.origin(url)
        and not hook_urls.is_websocket(url)
    ]
    reasons += [
        f"the {key} of the application {name} cannot be asked: {WEBSOCKET_REASON}"
        for key in ("app", "fallback_hook", "status_hook")
        if hook_urls.is_websocket(written.get(key, ""))
    ]
    auth = Credentials(username=written["username"], password=written.get("password", "")) if written.get("username") else None
    app = App(
        name=name,
        **sids(name)._asdict(),
        sip_address=written.get("sip_address", App().sip_address),
        public_ip=written.get("public_ip", App().public_ip),
        call_hook=HookSpec(url=hook, method=written["method"]) if "method" in written else hook,
        fallback_hook=HookSpec(url=fallback, method=written["method"]) if fallback and "method" in written else fallback,
        status_hook=written.get("status_hook", ""),
        base_url=origin,
        dialect=written.get("dialect", "jambonz"),
        connection_id=written.get("connection_id", carrier.connection_id),
        trunks=written.get("trunks", {}),
        ringback=written.get("ringback", App().ringback),
        apology=written.get("apology", ""),
        env_vars=written.get("env", {}),
        synthesizer=msgspec.convert(written["voice"], Synthesizer).over(App().synthesizer) if "voice" in written else App().synthesizer,
    )
    account = HookAccount(written["secret"], auth, origin, written.get("hook_timeout", HOOK_TIMEOUT_SECONDS))
    return Application(name, app, account, tuple(written.get("numbers", ())), tuple(written.get("connections", ())))


def _program_url(name: str, written: str, folder: Path, has_origin: bool, api: int, reasons: list[str]) -> str:
    """Returns the URL of what gives an application its verbs: a hook, or a local document."""
    if written.lower().startswith(("http:", "https:")):
        if not hook_urls.origin(written):
            reasons.append(f"the application {name} cannot be asked: {written} names no host")
    elif "://" not in written:
        return _document_url(name, folder / written, has_origin, api, reasons)
    elif not hook_urls.is_websocket(written):
        reasons.append(f"the application {name} cannot be read: {written} is neither an http or https URL nor the path of a document")
    return written


HINT_OF_CODE = {"CV605": " (--base-url URL)"}
"""The flag that resolves a finding."""


def _document_url(name: str, path: Path, has_origin: bool, api: int, reasons: list[str]) -> str:
    """Returns the `file:` URL of a local document, and adds its errors to `reasons`."""
    try:
        source = Source.read(path)
    except OSError as error:
        reasons.append(f"the application {name} cannot be read: {path}: {error.strerror}")
    else:
        reasons += [
            f"{path}:{finding.line}:{finding.column}: {finding.code} {finding.message}{HINT_OF_CODE.get(finding.code, '')}"
            for finding in lint(source, LintContext(base_url=None if has_origin else "", api=api))
            if finding.severity == "error"
        ]
    return path.resolve().as_uri()
