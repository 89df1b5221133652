"""The rule bad-hook-url (CV601)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import BROKEN_SCHEME, HOST_LIKE_PATH, explain_bad_url
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class BadHookUrl(Rule, code="CV601", severity=ERROR):
    """A hook is neither an http or https URL nor relative to the application's first hook.

    Why: the hook cannot be asked, so its reply never runs.

    Bad:

        [{"verb": "redirect", "actionHook": "wss://example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in document.hooks:
            if reason := explain_bad_url(url):
                yield self.diagnostic(path, reason, fix=_with_scheme(url))


def _with_scheme(url: str) -> Fix | None:
    """Returns the fix of a URL that lacks its scheme."""
    if broken := BROKEN_SCHEME.match(url):
        return Fix("replace", f"{broken[1]}://{url[broken.end() :]}", safe=False)
    if HOST_LIKE_PATH.match(url):
        return Fix("replace", f"https://{url}", safe=False)
    return Fix("replace", f"https:{url}", safe=False) if url.startswith("//") else None
