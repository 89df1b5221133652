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
    """A hook leads to this machine, or into a private or link-local network: by its number, or as localhost.

    Nothing is said of hooks on the host of `base_url`: whoever has set it there wants it so. Names of hosts are not looked up.

    Why: on the machine that runs the calls, localhost is that machine: what worked on a desk is asked of nobody, and the call ends
    where the reply was needed. Where documents come from others, such a hook reads what only insiders should.

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
