"""The URLs of hooks: whether they can be asked, and which networks they lead to."""

import re
from urllib.parse import urlsplit

from callverbs.verbs.language.hook_urls import WEBSOCKET_REASON, is_websocket

SCHEMES = ("http", "https")
HOST_LIKE_PATH = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?/")
"""A path that begins like the name of a host."""
BROKEN_SCHEME = re.compile(r"(https?)(?:[;.,]?/{1,3}|:(?!/)/?|:/(?!/))(?=[\w.-]+\.)", re.IGNORECASE)
"""A scheme without its colon, or with too few slashes, before the name of a host."""
WHITESPACE = re.compile(r"[\x00-\x20\x7f]")
LOCALHOST_NAMES = ("localhost", "localhost.localdomain")
INTERNAL_NETWORKS = (
    ("0.0.0.0/8", "this machine"),
    ("127.0.0.0/8", "this machine"),
    ("::/127", "this machine"),
    ("169.254.0.0/16", "the link-local network, where cloud machines keep their credentials"),
    ("fe80::/10", "the link-local network"),
    ("10.0.0.0/8", "a private network"),
    ("172.16.0.0/12", "a private network"),
    ("192.168.0.0/16", "a private network"),
    ("100.64.0.0/10", "a private network"),
    ("fc00::/7", "a private network"),
)
"""Addresses that nobody outside can reach (RFC 6890), and what they are."""


def explain_bad_url(url: str) -> str | None:
    """Returns why a hook cannot be asked; None where it can."""
    if WHITESPACE.search(url):
        return "a URL holds no spaces and no line ends"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"this is not a URL: {error}"
    if is_websocket(url):
        return WEBSOCKET_REASON
    if broken := BROKEN_SCHEME.match(url):
        return f"this would be asked as a path of the application's own host: write {broken[1]}://{url[broken.end() :]}"
    if parts.scheme and parts.scheme not in SCHEMES:
        return f"hooks are asked over http or https, not over {parts.scheme}:"
    if parts.scheme and not parts.hostname:
        return "the name of the host is missing"
    if url.startswith("//"):
        return f"a hook on another host begins with its scheme: https:{url}"
    if HOST_LIKE_PATH.match(url):
        return f"this would be asked as a path of the application's own host: write https://{url}"
    return None


def internal_network(url: str) -> str | None:
    """Returns the internal network that a URL leads to; None for a public host, and for a name that does not say."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host in LOCALHOST_NAMES or host.endswith(".localhost"):
        return "this machine"
    if not (":" in host or host[-1:].isdigit()):
        return None
    import ipaddress

    try:
        address = ipaddress.ip_address(int(host) if host.isdecimal() else host)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    return next((description for network, description in INTERNAL_NETWORKS if address in ipaddress.ip_network(network)), None)
