"""What a document gives away: credentials, tokens, and keys that callers press."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.lint.rules.hooks import wrong
from interpreter.text.place import Steps
from schemas import Fault, Fix

TOKENS = (
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ("an API key of the carrier", r"\bKEY[0-9A-F]{32}_[0-9A-Za-z]{22}\b"),
    ("an access key of AWS", r"\bA(?:KIA|SIA)[0-9A-Z]{16}\b"),
    ("a token of GitHub", r"\b(?:gh[opsu]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{40,})\b"),
    ("an API key of Google", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("a token of Slack", r"\bxox[abprs]-[0-9A-Za-z-]{20,}\b"),
    ("a secret key", r"\bsk[-_][0-9A-Za-z_-]{24,}\b"),
    ("a signed token", r"\beyJ[0-9A-Za-z_-]{8,}[.]eyJ[0-9A-Za-z_-]{8,}[.][0-9A-Za-z_-]{16,}\b"),
    ("credentials", r"\b(?:Bearer|Basic) [0-9A-Za-z+/._~-]{16,}=*"),
)
"""What secrets look like wherever they stand, and what they are."""
NAMES = frozenset(
    {"accesstoken", "apikey", "apisecret", "apitoken", "authtoken", "bearertoken", "clientsecret", "passwd", "password", "privatekey"}
    | {"secret", "secretkey", "authorization", "proxyauthorization", "xapikey", "xauthtoken"}
)
"""Names of what is secret, in small letters and without - and _."""
QUERY = NAMES | {"token"}
"""The same in the query of a hook."""
PLACEHOLDER = re.compile(r"[<{$%*]|(?i:x{3,}|your|example|change|dummy|placeholder|redacted)|^.{0,3}$")
"""What stands in the place of a secret."""
LONGEST_CHOICE = 3
"""Keys of a menu or an extension; what is longer may be a code, an account, a card."""


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


class LiteralSecret(Rule):
    """A password, a key or a token stands in the document, as it is.

    It is looked for by what secrets look like, in every text; by name (`password`, `apiKey`, `Authorization` …) in the data of a
    tag and in headers; by name in the query of a hook; and as the `password` of a relative hook, for which the settings of the
    application have a place. Credentials of a SIP target, and of a hook on another host, can stand nowhere else: they are no finding.

    Why: a document is stored with every call, printed in ladders and logs, and kept in a repository. Whoever reads one of these has
    the secret. What is in a tag goes to every hook, too.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next?api_key=4f9a21c7"}]

    Good:

        [{"verb": "redirect", "actionHook": {"url": "https://example.com/next", "username": "calls", "password": "4f9a21c7"}}]
    """

    code: ClassVar[str] = "CV604"
    name: ClassVar[str] = "literal-secret"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.main:
            yield from self._look(written.item.body, written.path, named=False)
            for path, hook in written.places("components/hook"):
                yield from self._of_hook(hook, path)

    def _look(self, value: Any, path: Steps, named: bool) -> Iterator[Fault]:
        if isinstance(value, str):
            if what := self._what(value):
                yield self._fault(path, what)
            elif named and _bare(str(path[-1])) in NAMES and not PLACEHOLDER.search(value):
                yield self._fault(path, "a secret by its name")
        elif isinstance(value, dict):
            for key, one in value.items():
                yield from self._look(one, (*path, key), named or key in ("data", "tag", "headers"))
        elif isinstance(value, list):
            for index, one in enumerate(value):
                yield from self._look(one, (*path, index), named)

    def _what(self, text: str) -> str | None:
        return next((what for what, pattern in TOKENS if re.search(pattern, text)), None) if len(text) >= 16 else None

    def _of_hook(self, hook: object, path: Steps) -> Iterator[Fault]:
        url, where = (hook.get("url"), (*path, "url")) if isinstance(hook, dict) else (hook, path)
        if not isinstance(url, str) or wrong(url):
            return
        parts = urlsplit(url)
        names = [name for name, value in parse_qsl(parts.query) if _bare(name) in QUERY and not PLACEHOLDER.search(value)]
        if names and not self._what(url):
            yield self._fault(where, f"{names[0]} is a secret by its name")
        if isinstance(hook, dict) and not parts.scheme:
            auth = hook.get("basicAuth")
            inner: Steps = ("basicAuth",) if isinstance(auth, dict) else ()
            password = (auth if isinstance(auth, dict) else hook).get("password")
            if isinstance(password, str) and not PLACEHOLDER.search(password):
                words = "the application's own password: leave it to the settings of the application (username, password)"
                yield self.fault((*path, *inner, "password"), words)

    def _fault(self, path: Steps, what: str) -> Fault:
        return self.fault(path, f"{what}: it is stored and shown with every call; leave it to the application or the settings")


class KeysInUrl(Rule):
    """A gather asks its hook with GET, and what is pressed may be more than a choice: four keys or more.

    With GET what a hook is told is the query of its URL.

    Why: proxies and servers log URLs. A caller's PIN, account or card number stands in those logs, in plain text.

    Bad:

        [{"verb": "gather", "numDigits": 4, "actionHook": {"url": "/pin", "method": "GET"}}]

    Good:

        [{"verb": "gather", "numDigits": 4, "actionHook": {"url": "/pin", "method": "POST"}}]
    """

    code: ClassVar[str] = "CV609"
    name: ClassVar[str] = "keys-in-url"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("gather"):
            hook = written.item.body.get("actionHook")
            if written.spec is None or not isinstance(hook, dict) or str(hook.get("method")).upper() != "GET":
                continue
            most = min(written.number("numDigits") or 128, written.number("maxDigits") or 128)
            if most > LONGEST_CHOICE and "digits" in (written.many("input") or ["digits"]):
                words = "with GET the keys stand in the URL, and in the logs of every server on the way: ask with POST"
                yield self.fault((*written.path, "actionHook", "method"), words, fix=Fix("replace", "POST", safe=False))


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
