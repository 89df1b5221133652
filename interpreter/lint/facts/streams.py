"""The WebSockets that a document streams to."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import internal_network
from callverbs.schemas import ValuePath

LISTEN = "verbs/listen"


def stream_urls(document: Document) -> Iterator[tuple[ValuePath, str]]:
    """Yields each URL of a stream with its path in the document: of a listen, and of one within a dial; not those on our own origin."""
    for verb in document.all_verbs():
        for path, found in verb.find_all(LISTEN):
            url = found.get("url") if isinstance(found, dict) else None
            if isinstance(url, str) and not url.startswith("/"):
                yield (*path, "url"), url


def internal_host(url: str) -> str | None:
    """Returns the internal network that a WebSocket is in; None for a public one, and for what is no URL."""
    try:
        return internal_network(url)
    except ValueError:
        return None
