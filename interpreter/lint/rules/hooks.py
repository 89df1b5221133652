"""Where the application is asked: the URLs of hooks."""

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault

SCHEMES = ("http", "https")
POLICIES = ("ct", "rt", "4xx", "5xx", "all")
MOST_RETRIES = 5
"""What a retry fragment can ask for: a test holds both equal to what `interpreter.hooks.retry` does."""
HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?/")
"""A path that begins like the name of a host."""
SPACE = re.compile(r"[\x00-\x20\x7f]")


def wrong(url: str) -> str | None:
    """What keeps a hook from being asked."""
    if SPACE.search(url):
        return "a URL holds no spaces and no line ends"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"this is not a URL: {error}"
    if parts.scheme and parts.scheme not in SCHEMES:
        return f"hooks are asked over http or https, not over {parts.scheme}:"
    if parts.scheme and not parts.hostname:
        return "the name of the host is missing"
    if url.startswith("//"):
        return f"a hook on another host begins with its scheme: https:{url}"
    if HOST.match(url):
        return f"this would be asked as a path of the application's own host: write https://{url}"
    return None


class BadHookUrl(Rule):
    """A hook is neither an http or https URL nor relative to the application's first hook.

    Why: the hook cannot be asked, so the caller hears nothing of what it would have replied.

    Bad:

        [{"verb": "redirect", "actionHook": "wss://example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]
    """

    code: ClassVar[str] = "CV601"
    name: ClassVar[str] = "bad-hook-url"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, url in document.hooks:
            if why := wrong(url):
                yield self.fault(path, why)


class CredentialsInUrl(Rule):
    """A hook's URL holds a user name or a password.

    Why: URLs are written to logs, ladders and the carrier's records, and whoever reads one can answer for your application.
    A hook written as an object has `username` and `password`.

    Bad:

        [{"verb": "redirect", "actionHook": "https://jane:secret@example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": {"url": "https://example.com/next", "username": "jane", "password": "secret"}}]
    """

    code: ClassVar[str] = "CV603"
    name: ClassVar[str] = "credentials-in-url"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, url in document.hooks:
            if not wrong(url) and "@" in urlsplit(url).netloc:
                yield self.fault(path, "this URL holds credentials: put them into username and password of the hook")


class NoBaseUrl(Rule):
    """A hook is relative, and the application has no origin that it could be relative to. One finding stands for all such hooks.

    It is looked for only where it is known that there is no `base_url`: an application that is a file, and not a URL.

    Why: the hook cannot be asked, so the call ends where its reply was needed.

    Bad:

        [{"verb": "redirect", "actionHook": "/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]
    """

    code: ClassVar[str] = "CV605"
    name: ClassVar[str] = "relative-hook-without-base"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        if document.surroundings.base_url != "":
            return
        relative = [(path, url) for path, url in document.hooks if not wrong(url) and not urlsplit(url).scheme]
        if relative:
            path, url = relative[0]
            more = f" (and {len(relative) - 1} more)" if relative[1:] else ""
            yield self.fault(path, f"{url}{more} is relative, and the application has no base_url: write the whole URL, or set base_url")


class BadRetryFragment(Rule):
    """The part of a hook's URL behind # is not a retry policy: `#rc=TIMES&rp=LIST`, with up to 5 times, and ct, rt, 4xx, 5xx or all.

    Why: what is not understood counts as not written: the hook is not asked again, and one lost request ends the call.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=3&rp=timeout"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next#rc=3&rp=ct,rt"}]
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
