"""What every reader of a hook's URL says of it: lint, settings, and whoever asks the hook."""

import re
from urllib.parse import urlsplit

NO_HOST = re.compile(r"[\s\x00-\x20<>\"{}|^`]")
"""What no host has in its name."""
WEBSOCKET_SCHEMES = ("ws", "wss")
WEBSOCKET_REASON = (
    "hooks are asked over http or https: the WebSocket API of jambonz is not built, so write the URL of a webhook application"
)


def origin(url: str) -> str:
    """Returns scheme, host and port of an http or https URL; the empty text for any other URL, and where it names no host."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        found = parts.scheme in ("http", "https") and host and not NO_HOST.search(host) and parts.port != 0
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if found else ""


def is_websocket(url: str) -> bool:
    """Returns whether a hook is a WebSocket URL."""
    return url.partition(":")[0].lower() in WEBSOCKET_SCHEMES
