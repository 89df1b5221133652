"""The rule open-stream (CV613)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.streams import internal_host, stream_urls
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class OpenStream(Rule, code="CV613", severity=WARNING):
    """The audio of a call is streamed over `ws:`, without encryption. For hosts inside a private network, see CV614.

    Why: anybody on the network path between the carrier and the WebSocket can listen to the call, and can say something in it. The
    fix is unsafe, because the host has to support wss.

    Bad:

        [{"verb": "listen", "url": "ws://bot.example.com/audio"}]

    Good:

        [{"verb": "listen", "url": "wss://bot.example.com/audio"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in stream_urls(document):
            if url.lower().startswith("ws:") and not internal_host(url):
                secure = Fix("replace", f"wss{url[2:]}", safe=False)
                yield self.diagnostic(path, "over ws anybody on the network path can listen to the call: write wss", fix=secure)
