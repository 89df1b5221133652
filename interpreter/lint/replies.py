"""Addresses of hooks, each written in one way, and the local documents that answer there.

A file is read only when its reply is asked for. A file that cannot be read replies nothing here: linting that file reports why.
It knows no verb.
"""

from typing import Any
from urllib.parse import urlsplit

from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.text.syntax_tree import NO_VALUE


def hook_address(url: str, context: LintContext) -> str:
    """Returns a hook's address, without its retries. A relative hook belongs to the host that the document itself answers at."""
    return _absolute(url, origin(context.address) or origin(context.base_url or ""))


def reply_value(address: str, context: LintContext) -> Any:
    """Returns the value of the local document at an address; NO_VALUE where there is none. A URL without a query matches any query."""
    base = origin(context.base_url or "") or origin(context.address)
    files = {_absolute(url, base): file for url, file in context.replies.items()}
    without_query, _, _ = address.partition("?")
    file = files.get(address, files.get(without_query))
    if file is None:
        return NO_VALUE
    from callverbs.interpreter.text.source import Source

    try:
        return Source.read(file).value
    except OSError:
        return NO_VALUE


def origin(url: str) -> str:
    """Returns scheme, host and port of an absolute URL; "" for a relative one, and for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme and parts.netloc else ""


def _absolute(url: str, base: str) -> str:
    bare, _, _ = url.partition("#")
    own_origin = origin(bare)
    path = bare[len(own_origin) :] if own_origin else bare
    return f"{own_origin or base}/{path.lstrip('/')}"  # a bare word is a path, too
