"""The rule bad-retry-fragment (CV608)."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.facts.retries import MAX_RETRIES
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

POLICIES = ("ct", "rt", "4xx", "5xx", "all")


class BadRetryFragment(Rule, code="CV608", severity=WARNING):
    """The part of a hook's URL after # is not a retry policy: `#rc=TIMES&rp=LIST`, with up to 5 times, and ct, rt, 4xx, 5xx or all.

    Why: callverbs ignores a policy that it does not understand: it does not retry, and one lost request ends the call.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=3&rp=timeout"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=2&rp=ct,rt"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in document.hooks:
            _, mark, fragment = url.partition("#")
            if mark and not explain_bad_url(url) and (reason := self._explain(fragment)):
                yield self.diagnostic(path, reason)

    def _explain(self, fragment: str) -> str | None:
        parameters = dict(parse_qsl(fragment, keep_blank_values=True))
        if unknown_keys := [key for key in parameters if key not in ("rc", "rp")] or ([] if parameters else [fragment]):
            return f"#{unknown_keys[0]} is not a retry policy: write rc and rp after #, as in #rc=3&rp=ct,5xx"
        times = parameters.get("rc")
        if times is None:
            return "rc, the number of retries, is missing"
        if not (times.isascii() and times.isdigit() and int(times) <= MAX_RETRIES):
            return f"rc is a number from 0 to {MAX_RETRIES}, not {times or 'nothing'}"
        if unknown := [word for word in parameters.get("rp", "ct").split(",") if word not in POLICIES]:
            return f"rp is a list of {', '.join(POLICIES)}; it cannot have {unknown[0] or 'an empty word'}"
        return None
