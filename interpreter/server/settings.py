"""The settings of a server: from callverbs.toml, from the environment, from the command line. Nobody else reads them.

A flag wins over a variable, a variable over the file. Everything that is wrong is said at once, one sentence for each thing.
"""

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from callverbs import schemas
from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS, HookAccount
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.simulator.exchange import ANY
from callverbs.interpreter.telnyx.signature import Verifier
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout
from callverbs.interpreter.text.source import Source
from callverbs.schemas import versions
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import LegInitiated
from callverbs.verbs.language.spec import Credentials, HookSpec, Synthesizer

FILE = "callverbs.toml"
LIVE_BASE_URLS = {1: "https://api.telnyx.com", 2: "https://api.telnyx.com/v2"}
ENVIRONMENT: dict[str, tuple[str, str]] = {
    "TELNYX_API_KEY": ("carrier", "api_key"),
    "TELNYX_PUBLIC_KEY": ("carrier", "public_key"),
    "TELNYX_BASE_URL": ("carrier", "base_url"),
    "CALLVERBS_CONNECTION_ID": ("carrier", "connection_id"),
    "CALLVERBS_TOKEN": ("server", "token"),
}
"""Variables, and the settings that they are."""
HOOK_SECRET_VARIABLE = "CALLVERBS_HOOK_SECRET"  # noqa: S105 - the name of a variable
SID_NAMESPACE = uuid.UUID("0b8e9c7e-7c39-5d55-8f0e-0d2f6f2f2a11")
"""Namespace of the sids that hooks carry for applications."""


class SettingsError(Exception):
    """The settings are not usable: every reason, one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(reasons))


@dataclass(frozen=True)
class Application:
    """An application: which calls it takes, what calls know of it, and what its hooks are trusted by."""

    name: str
    app: App
    account: HookAccount
    numbers: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()

    def takes(self, event: LegInitiated) -> bool:
        """Whether a call is its own by the number or the connection."""
        return event.to in self.numbers or event.connection_id in self.connections

    @property
    def takes_all(self) -> bool:
        return not self.numbers and not self.connections


@dataclass(frozen=True)
class CarrierSettings:
    """The carrier's account."""

    kind: str = "telnyx"
    api: int = 2
    api_key: str = ""
    public_key: str = ""
    base_url: str = LIVE_BASE_URLS[2]
    connection_id: str = ""
    signature: SignatureLayout = SignatureLayout()
    """Of webhooks of version 1."""


@dataclass(frozen=True)
class Settings:
    """Everything that a server needs to know before it begins."""

    host: str = "127.0.0.1"
    port: int = 8080
    store: str = "sqlite:///callverbs.sqlite"
    token: str = ""
    keep_days: float = 30.0
    log: str = "info"
    lint_replies: bool = False
    carrier: CarrierSettings = field(default_factory=CarrierSettings)
    applications: tuple[Application, ...] = ()

    def answering(self, event: LegInitiated) -> App:
        """The application for an incoming call: the one that names it, else the one that takes all; else one with no hook."""
        own = [one for one in self.applications if one.takes(event)] or [one for one in self.applications if one.takes_all]
        app = own[0].app if own else App()
        return app if app.connection_id else msgspec.structs.replace(app, connection_id=event.connection_id)

    def application(self, name: str) -> Application | None:
        """An application by its name; the first where none is asked for."""
        return next((one for one in self.applications if name in ("", one.name)), None)

    @property
    def accounts(self) -> dict[str, HookAccount]:
        return {one.name: one.account for one in self.applications}


def read(flags: Mapping[str, Any], environment: Mapping[str, str], path: Path | None = None) -> Settings:
    """The settings, all of them checked. Raises SettingsError."""
    file = path or Path(FILE)
    written = _file(file) if path or file.is_file() else {}
    reasons = [f"{file}: {reason}" for reason in _shape_errors(written)]
    if reasons:
        raise SettingsError(reasons)
    server, carrier = dict(written.get("server", {})), dict(written.get("carrier", {}))
    sections = {"server": server, "carrier": carrier}
    for name, (section, key) in ENVIRONMENT.items():
        if value := environment.get(name, "").strip():  # a secret from a file ends with a line's end
            sections[section][key] = value
    server |= {key: flags[key] for key in ("host", "port", "store") if flags.get(key) is not None}
    if flags.get("carrier"):
        carrier["kind"] = flags["carrier"]
    applications = dict(written.get("applications", {}))
    if flags.get("app"):
        applications = {"app": {**applications.get("app", {}), "app": flags["app"]}}
    if flags.get("base_url"):
        applications = {name: {**one, "base_url": flags["base_url"]} for name, one in applications.items()}
    settings, reasons = _settings(server, carrier, applications, environment, file.parent if not flags.get("app") else Path())
    if reasons:
        raise SettingsError(reasons)
    return settings


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path} is not TOML: {error}"]) from None


def _shape_errors(written: dict[str, Any]) -> list[str]:
    """What is wrong with the form of settings: where, and what; some sentences say themselves where."""
    reasons = []
    for diagnostic in schemas.diagnose("components/settings", written):
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in diagnostic.path).lstrip(".")
        reasons.append(diagnostic.message if diagnostic.message.startswith(where) else f"{where}: {diagnostic.message}")
    return reasons


def _settings(
    server: dict[str, Any], carrier: dict[str, Any], written: dict[str, Any], environment: Mapping[str, str], folder: Path
) -> tuple[Settings, list[str]]:
    reasons = _shape_errors({"server": server, "carrier": carrier})
    account = _account(carrier)
    if account.kind == "telnyx":
        reasons += ACCOUNT_CHECKS[account.api](account)
        if account.base_url.startswith("http") and not _origin(account.base_url):
            reasons.append(f"commands cannot go to {account.base_url}: it names no host")
    if not written:
        reasons.append("no application is set: give --app URL or --app FILE, or write [applications.NAME] into callverbs.toml")
    applications = []
    for name, one in written.items():
        secret = environment.get(HOOK_SECRET_VARIABLE, "").strip() or one.get("secret", "")
        applications.append(_application(name, {**one, "secret": secret}, account, folder, reasons))
    reasons += _conflicts(applications)
    return Settings(**server, carrier=account, applications=tuple(applications)), reasons


def _conflicts(applications: list[Application]) -> list[str]:
    """Returns what two applications both claim."""
    everybody = [one.name for one in applications if one.takes_all]
    reasons = []
    if len(everybody) > 1:
        reasons.append(f"the applications {' and '.join(everybody)} both take every call: give all but one of them numbers or connections")
    for word in ("numbers", "connections"):
        takers: dict[str, list[str]] = {}
        for one in applications:
            for value in dict.fromkeys(getattr(one, word)):
                takers.setdefault(value, []).append(one.name)
        reasons += [f"{value} is among the {word} of {' and '.join(names)}" for value, names in takers.items() if len(names) > 1]
    return reasons


def _account(written: dict[str, Any]) -> CarrierSettings:
    """The carrier's account. A simulated carrier speaks version 2, whatever is written, and has a connection of its own."""
    simulated = written.get("kind") == "simulated"
    api, connection = (2, ANY) if simulated else (written.get("api", 2), "")
    given = {"base_url": LIVE_BASE_URLS[api], "connection_id": connection, **written}
    return CarrierSettings(**{**given, "api": api, "signature": SignatureLayout(**written.get("signature", {}))})


def _check_version_2(account: CarrierSettings) -> list[str]:
    """What is missing for version 2 of the carrier's API."""
    reasons = []
    if not account.api_key:
        reasons.append("the carrier's API key is missing: set TELNYX_API_KEY, or try --carrier simulated")
    elif not (account.api_key.isascii() and account.api_key.isprintable()):
        reasons.append("the carrier's API key has letters that no HTTP header can carry: TELNYX_API_KEY")
    if not account.public_key:
        reasons.append("the public key of the carrier's webhooks is missing: set TELNYX_PUBLIC_KEY (portal: Keys & Credentials)")
        return reasons
    try:
        Verifier(account.public_key)
    except ValueError as error:
        reasons.append(f"{error}: TELNYX_PUBLIC_KEY")
    return reasons


def _check_version_1(account: CarrierSettings) -> list[str]:
    """What is missing or wrong for version 1 of the carrier's API."""
    reasons = []
    key, _, secret = account.api_key.partition(":")
    if not key or not secret:
        reasons.append("the carrier's API key is not key:secret, as version 1 of its API wants it: set TELNYX_API_KEY, or api = 2")
    if not account.public_key:
        reasons.append("the secret of the carrier's webhook signatures is missing: set TELNYX_PUBLIC_KEY (with api = 1 it is that secret)")
    if account.base_url.rstrip("/").endswith("/v2"):
        reasons.append(f"{account.base_url} is version 2 of the carrier's API, and api = 1 is set: leave base_url out, or set api = 2")
    if account.signature.problem:
        reasons.append(f"carrier.signature: {account.signature.problem}")
    return reasons


ACCOUNT_CHECKS = {1: _check_version_1, 2: _check_version_2}


def _application(name: str, written: dict[str, Any], carrier: CarrierSettings, folder: Path, reasons: list[str]) -> Application:
    hook, origin = written["app"], written.get("base_url", "")
    if hook.lower().startswith(("http:", "https:")):
        origin = _origin(hook)
        if not origin:
            reasons.append(f"the application {name} cannot be asked: {hook} names no host")
    elif "://" in hook:
        reasons.append(f"the application {name} cannot be read: {hook} is neither an http or https URL nor the path of a document")
    else:
        hook = _local(name, folder / hook, bool(origin), carrier.api, reasons)
    if written.get("apology") and "say" in versions.unsupported(carrier.api, ["say"]):
        reasons.append(f"the apology of the application {name} could never be spoken: {versions.unsupported(carrier.api, ['say'])['say']}")
    reasons += [
        f"the {key} of the application {name} cannot be asked: {url} names no host"
        for key, url in written.items()
        if (key == "base_url" or (key == "status_hook" and url and ("://" in url or not origin))) and not _origin(url)
    ]
    auth = Credentials(username=written["username"], password=written.get("password", "")) if written.get("username") else None
    app = App(
        name=name,
        sid=str(uuid.uuid5(SID_NAMESPACE, name)),
        account_sid=str(uuid.uuid5(SID_NAMESPACE, "account")),
        call_hook=HookSpec(url=hook, method=written["method"]) if "method" in written else hook,
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


def _origin(url: str) -> str:
    """Scheme, host and port of an http or https URL; nothing where it is none, or names no host."""
    try:
        parts = urlsplit(url)
        found = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if found else ""


HINTS = {"CV605": " (--base-url URL)"}
"""What the command line can do about a finding."""


def _local(name: str, path: Path, has_origin: bool, api: int, reasons: list[str]) -> str:
    """A document that answers for the application: it is checked before the first call, not by it."""
    try:
        source = Source.read(path)
    except OSError as error:
        reasons.append(f"the application {name} cannot be read: {path}: {error.strerror}")
    else:
        reasons += [
            f"{path}:{finding.line}:{finding.column}: {finding.code} {finding.message}{HINTS.get(finding.code, '')}"
            for finding in lint(source, LintContext(base_url=None if has_origin else "", api=api))
            if finding.severity == "error"
        ]
    return path.resolve().as_uri()
