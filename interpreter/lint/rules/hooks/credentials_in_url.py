"""The rule credentials-in-url (CV603)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class CredentialsInUrl(Rule, code="CV603", severity=WARNING):
    """A hook's URL has a user name or a password.

    Why: URLs are written to logs, ladders and the carrier's records, and every reader of these gets the credentials. Write the hook as
    an object with `username` and `password`.

    Bad:

        [{"verb": "redirect", "actionHook": "https://jane:secret@example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": {"url": "https://example.com/next", "username": "jane", "password": "secret"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in document.hooks:
            if not explain_bad_url(url) and "@" in urlsplit(url).netloc:
                yield self.diagnostic(path, "this URL has credentials: put them into username and password of the hook")
