"""An application as the settings say it: which calls it answers, its hooks, and the account of these."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from callverbs.interpreter.hooks.client import HOOK_TIMEOUT_SECONDS, HookAccount
from callverbs.interpreter.hooks.sids import sids
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.server.carrier_settings import CarrierSettings
from callverbs.interpreter.text.source import Source
from callverbs.schemas import versions
from callverbs.verbs.language import hook_urls
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import CallLimits
from callverbs.verbs.language.events import LegInitiated
from callverbs.verbs.language.hook_urls import WEBSOCKET_REASON
from callverbs.verbs.language.spec import Credentials, HookSpec, Synthesizer


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


def read_application(name: str, written: dict[str, Any], carrier: CarrierSettings, folder: Path, reasons: list[str]) -> Application:
    """Returns an application, and adds what is wrong with it to `reasons`."""
    written, auth = _without_user(written)
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
        limits=msgspec.convert(written.get("limits", {}), CallLimits),
        synthesizer=msgspec.convert(written["voice"], Synthesizer).over(App().synthesizer) if "voice" in written else App().synthesizer,
    )
    named = tuple(url for key in ("app", "base_url", "fallback_hook", "status_hook") if hook_urls.origin(url := written.get(key, "")))
    account = HookAccount(written["secret"], auth, origin, written.get("hook_timeout", HOOK_TIMEOUT_SECONDS), name, named)
    return Application(name, app, account, tuple(written.get("numbers", ())), tuple(written.get("connections", ())))


def _without_user(written: dict[str, Any]) -> tuple[dict[str, Any], Credentials | None]:
    """Returns an application whose URLs hold no user and password, and those of its own origin: as settings, or in the first hook."""
    auth = Credentials(username=written["username"], password=written.get("password", "")) if written.get("username") else None
    plain = dict(written)
    for key in ("base_url", "app"):
        try:
            parts = urlsplit(written.get(key, ""))
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.username:
            plain[key] = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            auth = auth or Credentials(username=unquote(parts.username), password=unquote(parts.password or ""))
    return plain, auth


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
