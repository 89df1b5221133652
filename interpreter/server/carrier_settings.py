"""The account at the carrier, as the settings say it, and what is missing or wrong of it."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from callverbs.interpreter.simulator import account
from callverbs.interpreter.telnyx.signature import Verifier
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout
from callverbs.verbs.language import hook_urls

BASE_URLS = {1: "https://api.telnyx.com", 2: "https://api.telnyx.com/v2"}


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


def carrier_settings(written: dict[str, Any]) -> CarrierSettings:
    """Returns the account at the carrier. A simulated carrier always has version 2 of the API, and a connection of its own."""
    simulated = written.get("kind") == "simulated"
    api, connection = (2, account.DEFAULT_ID) if simulated else (written.get("api", 2), "")
    fields = {"base_url": BASE_URLS[api], "connection_id": connection, **written}
    return CarrierSettings(**{**fields, "api": api, "signature": SignatureLayout(**written.get("signature", {}))})


def is_loopback(host: str) -> bool:
    """Returns whether nobody but this machine reaches a host: localhost, or an address of the loopback network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _check_address(carrier: CarrierSettings) -> list[str]:
    """Returns what is wrong with the address of the API, and with a key that was copied with what stands before it."""
    url, reasons = carrier.base_url, []
    if carrier.api_key.lower().startswith(("bearer ", "basic ")):
        reasons.append(f"the carrier's API key begins with {carrier.api_key.split()[0]}: leave that out, in TELNYX_API_KEY")
    if not url.startswith("http"):  # its shape is reported
        return reasons
    if not hook_urls.origin(url):
        return [*reasons, f"commands cannot go to {url}: it names no host"]
    parts = urlsplit(url)
    if parts.username or parts.query or parts.fragment:
        reasons.append("carrier.base_url has more than scheme, host and path: leave user, query and fragment out")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        reasons.append(f"commands to {url} would carry the API key over plain http: write https")
    if carrier.api == 2 and not parts.path.rstrip("/").endswith("/v2"):
        reasons.append(f"{url} is no address of version 2 of the carrier's API: its path ends with /v2")
    return reasons


def _check_version_2(carrier: CarrierSettings) -> list[str]:
    """Returns what is missing or wrong for version 2 of the carrier's API."""
    reasons = _check_address(carrier)
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
    reasons = _check_address(carrier)
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
