"""The rule private-stream (CV614)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.streams import internal_host, stream_urls
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class PrivateStream(Rule, code="CV614", severity=WARNING):
    """A WebSocket is on this machine, or in a private or link-local network: by its IP address, or as localhost.

    Host names are not resolved.

    Why: it is the carrier that connects to the WebSocket, over the Internet. It finds nobody there, and the stream fails. Only a
    simulated carrier reaches it.

    Bad:

        [{"verb": "listen", "url": "wss://192.168.1.20/audio"}]

    Good:

        [{"verb": "listen", "url": "wss://bot.example.com/audio"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in stream_urls(document):
            if network := internal_host(url):
                yield self.diagnostic(path, f"{urlsplit(url).hostname} is {network}, where the carrier cannot connect: write a public URL")
