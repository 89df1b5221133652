"""The rule relative-hook-without-base (CV605)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class RelativeHookWithoutBase(Rule, code="CV605", severity=ERROR):
    """A hook is relative, and the application has no origin. One finding covers all such hooks.

    The rule applies only if `base_url` is known to be empty: for an application that is a file, not a URL.

    Why: the hook cannot be asked, so the call ends when its reply is needed.

    Bad:

        [{"verb": "redirect", "actionHook": "/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        if document.context.base_url != "":
            return
        relative = [(path, url) for path, url in document.hooks if not explain_bad_url(url) and not urlsplit(url).scheme]
        if relative:
            path, url = relative[0]
            more = f" (and {len(relative) - 1} more)" if relative[1:] else ""
            yield self.diagnostic(
                path, f"{url}{more} is relative, and the application has no base_url: write the whole URL, or set base_url"
            )
