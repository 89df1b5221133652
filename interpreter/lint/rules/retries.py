"""How often a hook is asked again, and how long that may take."""

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qsl

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Profile, Rule
from interpreter.lint.rules.hooks import wrong
from interpreter.lint.ways import Way, ways
from schemas import Fault, Fix

POLICIES = ("ct", "rt", "4xx", "5xx", "all")
PAUSES = (0.5, 1.0, 2.0, 4.0, 6.0)
ATTEMPT = 10.0
"""What a retry fragment can ask for, the seconds between attempts, and the seconds that an attempt takes at the most, where the
settings don't say otherwise: a test holds them equal to what `interpreter.hooks` does."""
MOST_RETRIES = len(PAUSES)
PATIENCE = 40.0
"""Seconds of nothing after which hardly anybody is still there."""


class BadRetryFragment(Rule):
    """The part of a hook's URL behind # is not a retry policy: `#rc=TIMES&rp=LIST`, with up to 5 times, and ct, rt, 4xx, 5xx or all.

    Why: what is not understood counts as not written: the hook is not asked again, and one lost request ends the call.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=3&rp=timeout"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=2&rp=ct,rt"}]
    """

    code: ClassVar[str] = "CV608"
    name: ClassVar[str] = "bad-retry-fragment"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, url in document.hooks:
            _, mark, fragment = url.partition("#")
            if mark and not wrong(url) and (why := self._why(fragment)):
                yield self.fault(path, why)

    def _why(self, fragment: str) -> str | None:
        asked = dict(parse_qsl(fragment, keep_blank_values=True))
        if strange := [key for key in asked if key not in ("rc", "rp")] or ([] if asked else [fragment]):
            return f"#{strange[0]} means nothing to a hook: behind # stand rc and rp, as in #rc=3&rp=ct,5xx"
        times = asked.get("rc")
        if times is None:
            return "rp says what to try again after, and rc, which says how often, is missing"
        if not (times.isascii() and times.isdigit() and int(times) <= MOST_RETRIES):
            return f"rc is a number from 0 to {MOST_RETRIES}, not {times or 'nothing'}"
        if unknown := [word for word in asked.get("rp", "ct").split(",") if word not in POLICIES]:
            return f"rp is a list of {', '.join(POLICIES)}; it does not know {unknown[0] or 'an empty word'}"
        return None


class NoRetry(Rule):
    """A hook whose failure ends the call asks for no retries: that of a redirect, or of a verb with nothing behind it.

    Why: one lost request, or an application that is being deployed at that moment, ends the call. Every attempt has the same request
    id, so that the application can tell a repetition from a second call.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=2&rp=ct,5xx"}]
    """

    code: ClassVar[str] = "CV607"
    name: ClassVar[str] = "no-retry"
    severity: ClassVar[Severity] = "info"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        for index, written in enumerate(document.main):
            if written.item.name == "redirect" or index == len(document.main) - 1:
                for way in _asked(written):
                    if "#" not in way.url:
                        words = "if this one request fails, the call ends: ask for retries, as in #rc=2&rp=ct,5xx"
                        yield self.fault(way.path, words, fix=Fix("replace", f"{way.url}#rc=2&rp=ct,5xx", safe=False))


class LongSilence(Rule):
    """The retries of a hook may keep the caller waiting for more than 40 seconds.

    An attempt without an answer is given up after 10 seconds (`hook_timeout` of the settings), and `rt` or `all` asks again after
    that. What is refused at once takes no time, so `ct`, `4xx` and `5xx` alone add the pauses only: 0.5, 1, 2, 4 and 6 seconds.

    Why: while a hook is asked, a caller who has been answered hears nothing at all, and hangs up.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=5&rp=all"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=2&rp=ct,rt,5xx"}]
    """

    code: ClassVar[str] = "CV610"
    name: ClassVar[str] = "long-silence"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.main:
            for way in _asked(written):
                if (seconds := self._longest(way.url)) > PATIENCE:
                    words = f"the caller may hear nothing for {seconds:g} seconds: lower rc, or leave rt and all out of rp"
                    yield self.fault(way.path, words)

    def _longest(self, url: str) -> float:
        asked = dict(parse_qsl(url.partition("#")[2]))
        times, after = asked.get("rc", "0"), asked.get("rp", "ct").split(",")
        if not (times.isascii() and times.isdigit() and int(times) <= MOST_RETRIES and {"rt", "all"} & set(after)):
            return 0.0
        return ATTEMPT * (int(times) + 1) + sum(PAUSES[: int(times)])


def _asked(written: Written) -> Iterator[Way]:
    """The hooks of a verb that the caller waits for."""
    return (way for way in ways(written) if way.always and not wrong(way.url))
