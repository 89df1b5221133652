"""The rule plain-http-hook (CV602)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url, internal_network
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class PlainHttpHook(Rule, code="CV602", severity=WARNING):
    """A hook is asked over `http:`, without encryption. For hosts inside a private network, see CV606.

    Why: anybody on the network path between callverbs and the application can read who calls whom and which keys are pressed, and
    can forge the reply. The fix is unsafe, because the host has to support https.

    Bad:

        [{"verb": "redirect", "actionHook": "http://example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in document.hooks:
            if not explain_bad_url(url) and urlsplit(url).scheme == "http" and not internal_network(url):
                secure = Fix("replace", f"https{url[4:]}", safe=False)
                yield self.diagnostic(
                    path, "over http anybody on the network path can read this request, and forge the reply: write https", fix=secure
                )
