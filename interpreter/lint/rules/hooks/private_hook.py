"""The rule private-hook (CV606)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url, internal_network
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.replies import origin
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class PrivateHook(Rule, code="CV606", severity=WARNING):
    """A hook is on this machine, or in a private or link-local network: by its IP address, or as localhost.

    Hooks on the host of `base_url` are not reported, because the operator has chosen it. Host names are not resolved.

    Why: localhost is the machine that runs the calls, not the developer's: no application is there, and the call ends. And if
    others write your documents, such a hook gives them access to servers of your private network.

    Bad:

        [{"verb": "redirect", "actionHook": "http://localhost:3000/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "/next"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        base_origin = origin(document.context.base_url or "")
        for path, url in document.hooks:
            if not explain_bad_url(url) and origin(url) != base_origin and (network := internal_network(url)):
                yield self.diagnostic(path, f"{urlsplit(url).hostname} is {network}: write a path, or the application's public URL")
