"""The rule long-silence (CV610)."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.retries import MAX_RETRIES, PAUSES_SECONDS, awaited_hooks
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

ATTEMPT_MAX_SECONDS = 10.0
"""The timeout of one request, unless the settings change it: a test holds it equal to that of `interpreter.hooks`."""
SILENCE_MAX_SECONDS = 40.0
"""After a longer silence hardly any caller is still there."""


class LongSilence(Rule, code="CV610", severity=WARNING):
    """The retries of a hook may keep the caller waiting for more than 40 seconds.

    An attempt without an answer times out after 10 seconds (`hook_timeout` of the settings), and with `rt` or `all` callverbs retries
    after that. Other failures are quick, so `ct`, `4xx` and `5xx` alone add only the pauses: 0.5, 1, 2, 4 and 6 seconds.

    Why: during a request an answered caller hears nothing, and hangs up.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=5&rp=all"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=2&rp=ct,rt,5xx"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.main_program:
            for hook in awaited_hooks(verb):
                if (seconds := self._longest_silence(hook.url)) > SILENCE_MAX_SECONDS:
                    message = f"the caller may hear nothing for {seconds:g} seconds: lower rc, or leave rt and all out of rp"
                    yield self.diagnostic(hook.path, message)

    def _longest_silence(self, url: str) -> float:
        parameters = dict(parse_qsl(url.partition("#")[2]))
        times, after = parameters.get("rc", "0"), parameters.get("rp", "ct").split(",")
        if not (times.isascii() and times.isdigit() and int(times) <= MAX_RETRIES and {"rt", "all"} & set(after)):
            return 0.0
        return ATTEMPT_MAX_SECONDS * (int(times) + 1) + sum(PAUSES_SECONDS[: int(times)])
