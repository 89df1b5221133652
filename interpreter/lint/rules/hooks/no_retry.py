"""The rule no-retry (CV607)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.retries import awaited_hooks
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class NoRetry(Rule, code="CV607", severity=INFO, profile="strict"):
    """A hook whose failure ends the call has no retries: the hook of a redirect, or of the last verb.

    Why: one lost request, or an application that is being deployed at that moment, ends the call. Every attempt has the same request
    id, so that the application can recognize a retry.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=2&rp=ct,5xx"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.main_program:
            if verb.item.name == "redirect" or document.is_last(verb):
                for hook in awaited_hooks(verb):
                    if "#" not in hook.url:
                        message = "if this one request fails, the call ends: ask for retries, as in #rc=2&rp=ct,5xx"
                        yield self.diagnostic(hook.path, message, fix=Fix("replace", f"{hook.url}#rc=2&rp=ct,5xx", safe=False))
