"""Where hooks lead: one way to write each address, and which local document answers there.

It reads a file only when somebody asks what it replies. It knows no verb. What cannot be read replies nothing here: whoever lints
that file hears why.
"""

from typing import Any
from urllib.parse import urlsplit

from interpreter.lint.surroundings import Surroundings
from interpreter.text.place import MISSING


def place(url: str, surroundings: Surroundings) -> str:
    """A hook's address, without its retries. A relative hook belongs to the host that the document itself answers at."""
    return _whole(url, origin(surroundings.address) or origin(surroundings.base_url or ""))


def reply(where: str, surroundings: Surroundings) -> Any:
    """The value of the local document at an address; MISSING where there is none. What is known without a query answers every query."""
    home = origin(surroundings.base_url or "") or origin(surroundings.address)
    files = {_whole(url, home): file for url, file in surroundings.replies.items()}
    path, _, _ = where.partition("?")
    file = files.get(where, files.get(path))
    if file is None:
        return MISSING
    from interpreter.text.source import Source

    try:
        return Source.read(file).value
    except OSError:
        return MISSING


def origin(url: str) -> str:
    """Scheme, host and port of an absolute URL; nothing for a relative one, and for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme and parts.netloc else ""


def _whole(url: str, home: str) -> str:
    bare, _, _ = url.partition("#")
    host = origin(bare)
    path = bare[len(host) :] if host else bare
    return f"{host or home}/{path.lstrip('/')}"  # a bare word is a path, too
