"""Where the application is asked: the URLs of hooks."""

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.replies import origin, place
from interpreter.lint.rules._rule import Rule
from interpreter.lint.ways import ways
from schemas import Fault, Fix

SCHEMES = ("http", "https")
HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?/")
"""A path that begins like the name of a host."""
LOCAL = ("localhost", "localhost.localdomain")
NETWORKS = (
    ("0.0.0.0/8", "this machine"),
    ("127.0.0.0/8", "this machine"),
    ("::/127", "this machine"),
    ("169.254.0.0/16", "the link-local network, where cloud machines keep their credentials"),
    ("fe80::/10", "the link-local network"),
    ("10.0.0.0/8", "a private network"),
    ("172.16.0.0/12", "a private network"),
    ("192.168.0.0/16", "a private network"),
    ("100.64.0.0/10", "a private network"),
    ("fc00::/7", "a private network"),
)
"""Addresses that nobody outside can reach (RFC 6890), and what they are."""
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


def inside(url: str) -> str | None:
    """What a URL leads to that only a machine inside can reach; None for a public host, and where the name does not say."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host in LOCAL or host.endswith(".localhost"):
        return "this machine"
    if not (":" in host or host[-1:].isdigit()):
        return None
    import ipaddress

    try:
        address = ipaddress.ip_address(int(host) if host.isdecimal() else host)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    return next((words for network, words in NETWORKS if address in ipaddress.ip_network(network)), None)


def _with_scheme(url: str) -> Fix | None:
    """A URL that lacks its scheme, as it was probably meant."""
    if HOST.match(url):
        return Fix("replace", f"https://{url}", safe=False)
    return Fix("replace", f"https:{url}", safe=False) if url.startswith("//") else None


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
                yield self.fault(path, why, fix=_with_scheme(url))


class PlainHttp(Rule):
    """A hook is asked over `http:`, without encryption. Hosts inside the own network are the business of CV606.

    Why: everybody between callverbs and the application reads who calls whom and which keys are pressed, and can answer in the
    application's place. The fix is not a safe one: the host has to speak https.

    Bad:

        [{"verb": "redirect", "actionHook": "http://example.com/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "https://example.com/next"}]
    """

    code: ClassVar[str] = "CV602"
    name: ClassVar[str] = "plain-http-hook"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, url in document.hooks:
            if not wrong(url) and urlsplit(url).scheme == "http" and not inside(url):
                secure = Fix("replace", f"https{url[4:]}", safe=False)
                yield self.fault(path, "over http everybody on the way can read this hook, and answer it: write https", fix=secure)


class PrivateHook(Rule):
    """A hook leads to this machine, or into a private or link-local network: by its number, or as localhost.

    Nothing is said of hooks on the host of `base_url`: whoever has set it there wants it so. Names of hosts are not looked up.

    Why: on the machine that runs the calls, localhost is that machine: what worked on a desk is asked of nobody, and the call ends
    where the reply was needed. Where documents come from others, such a hook reads what only insiders should.

    Bad:

        [{"verb": "redirect", "actionHook": "http://localhost:3000/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "/next"}]
    """

    code: ClassVar[str] = "CV606"
    name: ClassVar[str] = "private-hook"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        home = origin(document.surroundings.base_url or "")
        for path, url in document.hooks:
            if not wrong(url) and origin(url) != home and (where := inside(url)):
                yield self.fault(path, f"{urlsplit(url).hostname} is {where}: write a path, or the application's public URL")


class StatusHookIsActionHook(Rule):
    """The statusHook of a redirect is a hook that the document asks for verbs, too.

    Why: from then on the application is told the status of every leg at the URL where it is asked what to do next. It replies with
    verbs that nobody runs, and counts a caller who is not there.

    Bad:

        [{"verb": "redirect", "actionHook": "/next", "statusHook": "/next"}]

    Good:

        [{"verb": "redirect", "actionHook": "/next", "statusHook": "/status"}]
    """

    code: ClassVar[str] = "CV611"
    name: ClassVar[str] = "status-hook-is-action-hook"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        asked = {place(way.url, document.surroundings) for written in document.main for way in ways(written)}
        for written in document.each("redirect"):
            hook, path = written.item.body.get("statusHook"), (*written.path, "statusHook")
            if isinstance(hook, dict):
                hook, path = hook.get("url"), (*path, "url")
            if isinstance(hook, str) and place(hook, document.surroundings) in asked:
                yield self.fault(path, "this hook is asked for verbs, too: give the call status a URL of its own")


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
