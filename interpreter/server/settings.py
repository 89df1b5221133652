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
from callverbs.interpreter.hooks import egress
from callverbs.interpreter.hooks.client import HookAccount
from callverbs.interpreter.hooks.egress import Egress
from callverbs.interpreter.hooks.pools import CONNECTIONS
from callverbs.interpreter.runtime.outage import GRACE_SECONDS
from callverbs.interpreter.server.application_settings import Application, read_application
from callverbs.interpreter.server.carrier_settings import CARRIER_CHECKS, CarrierSettings, carrier_settings, is_loopback
from callverbs.interpreter.server.log import LogFormat
from callverbs.interpreter.stores import urls
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import LegInitiated

SETTINGS_FILE = "callverbs.toml"
ALLOW_PRIVATE_VARIABLE = "CALLVERBS_ALLOW_PRIVATE_HOOKS"
SETTING_OF_VARIABLE: dict[str, tuple[str, str]] = {
    "TELNYX_API_KEY": ("carrier", "api_key"),
    "TELNYX_PUBLIC_KEY": ("carrier", "public_key"),
    "TELNYX_BASE_URL": ("carrier", "base_url"),
    "CALLVERBS_CONNECTION_ID": ("carrier", "connection_id"),
    "CALLVERBS_TOKEN": ("server", "token"),
    "CALLVERBS_STORE": ("server", "store"),
    ALLOW_PRIVATE_VARIABLE: ("hooks", "allow_private"),
}
"""Section and key of the setting that an environment variable sets."""
MIN_TOKEN_CHARACTERS = 16
"""Of a token, where others than this machine can try it."""
YES, NO = ("1", "true", "yes"), ("0", "false", "no")
"""What a variable that is true or false may hold."""
HOOK_SECRET_VARIABLE = "CALLVERBS_HOOK_SECRET"  # noqa: S105 - the name of a variable


class SettingsError(Exception):
    """The settings cannot be used. `reasons` has one sentence for each error."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(reasons))


@dataclass(frozen=True)
class HookSettings:
    """How hooks are asked: connections to one application, and where what the settings do not name may be."""

    connections: int = CONNECTIONS
    egress: Egress = Egress()


@dataclass(frozen=True)
class PrivacySettings:
    """What of a call can be read: pressed keys by operators, and in the stored record."""

    show_keys: bool = False
    mask_records: bool = False


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
    log_format: LogFormat = "text"
    lint_replies: bool = False
    connections: int = 1_000
    """Connections of clients at once."""
    calls: int = 2_000
    """Calls at once, of all applications."""
    carrier: CarrierSettings = field(default_factory=CarrierSettings)
    hooks: HookSettings = field(default_factory=HookSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
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
    server, carrier, hooks = (dict(written.get(name, {})) for name in ("server", "carrier", "hooks"))
    privacy = written.get("privacy", {})
    sections = {"server": server, "carrier": carrier, "hooks": hooks, "privacy": privacy}
    for name, (section, key) in SETTING_OF_VARIABLE.items():
        if value := environment.get(name, "").strip():  # a secret that was read from a file may end with a newline
            sections[section][key] = (
                {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}.get(value.lower(), value) if key == "allow_private" else value
            )
    server |= {key: flags[key] for key in ("host", "port", "workers") if flags.get(key) is not None}
    if flags.get("store"):
        server["store"] = flags["store"]
    if "store" in server:
        server["store"] = urls.split(server["store"])
    if flags.get("carrier"):
        carrier["kind"] = flags["carrier"]
    limits = written.get("limits", {})
    applications = {name: {**one, "limits": {**limits, **one.get("limits", {})}} for name, one in written.get("applications", {}).items()}
    if flags.get("app"):
        applications = {"app": {"limits": limits, **applications.get("app", {}), "app": flags["app"]}}
    if flags.get("base_url"):
        applications = {name: {**one, "base_url": flags["base_url"]} for name, one in applications.items()}
    settings, reasons = _build(sections, applications, environment, file.parent if not flags.get("app") else Path())
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
    sections: dict[str, dict[str, Any]], written: dict[str, Any], environment: Mapping[str, str], folder: Path
) -> tuple[Settings, list[str]]:
    """Returns the settings, and what is wrong with them. `written` are the applications, `folder` is that of their documents."""
    server = sections["server"]
    reasons = _shape_errors({**sections, "server": {**server, "store": list(server.get("store", ()))}})
    reasons += urls.diagnose(server.get("store", ()))
    carrier, hooks = carrier_settings(sections["carrier"]), sections["hooks"]
    asked = HookSettings(hooks.get("connections", CONNECTIONS), egress.parse(hooks.get("allow", ()), hooks.get("allow_private") is True))
    if carrier.kind == "telnyx":
        reasons += CARRIER_CHECKS[carrier.api](carrier)
    reasons += _token_errors(server)
    if server.get("workers", 1) > 1:
        reasons += [f"several workers cannot share {what}: leave workers out" for what in _unshared(server, carrier)]
    if not written:
        reasons.append("no application is set: give --app URL or --app FILE, or write [applications.NAME] into callverbs.toml")
    applications = []
    for name, one in written.items():
        secret = environment.get(HOOK_SECRET_VARIABLE, "").strip() or one.get("secret", "")
        applications.append(read_application(name, {**one, "secret": secret}, carrier, folder, reasons))
    reasons += _conflicts(applications)
    return Settings(
        **sections["server"], carrier=carrier, hooks=asked, privacy=PrivacySettings(**sections["privacy"]), applications=tuple(applications)
    ), reasons


def _unshared(server: dict[str, Any], carrier: CarrierSettings) -> list[str]:
    """Returns what is in one process only."""
    return [
        *(["a store in memory"] if "memory:" in server.get("store", ()) else []),
        *(["a simulated carrier"] if carrier.kind == "simulated" else []),
    ]


def _token_errors(server: dict[str, Any]) -> list[str]:
    """Returns what is wrong with a token that others can try: one that is short, or empty where somebody has written it."""
    token, host = server.get("token"), server.get("host", Settings.host)
    if token is None or is_loopback(host) or len(token) >= MIN_TOKEN_CHARACTERS:
        return []
    return [f"the token has {len(token)} characters, and {host} can be reached by others: at least {MIN_TOKEN_CHARACTERS}, or none at all"]


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
