"""The rule literal-secret (CV604)."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, ValuePath

SECRET_PATTERNS = (
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
"""Descriptions and patterns of secrets that are recognized in any text."""
SECRET_MIN_CHARACTERS = 16
"""A shorter text matches none of the patterns."""
SECRET_NAMES = frozenset(
    {"accesstoken", "apikey", "apisecret", "apitoken", "authtoken", "bearertoken", "clientsecret", "passwd", "password", "privatekey"}
    | {"secret", "secretkey", "authorization", "proxyauthorization", "xapikey", "xauthtoken"}
)
"""Names of secret properties, in small letters and without - and _."""
SECRET_QUERY_NAMES = SECRET_NAMES | {"token"}
"""Names of secret parameters in the query of a hook."""
PLACEHOLDER = re.compile(r"[<{$%*]|(?i:x{3,}|your|example|change|dummy|placeholder|redacted)|^.{0,3}$")
"""A text that stands in for a secret."""


class LiteralSecret(Rule, code="CV604", severity=WARNING):
    """A password, a key or a token is in the document, in plain text.

    The rule recognizes secrets by their format, in every text; by name (`password`, `apiKey`, `Authorization` …) in the data of a
    tag and in headers; by name in the query of a hook; and as the `password` of a relative hook, which belongs into the settings of
    the application. Credentials of a SIP target, and of a hook on another host, have no other place, so they are not reported.

    Why: a document is stored with every call, printed in ladders and logs, and kept in a repository. Every reader of these has the
    secret. The data of a tag are sent to every hook, too.

    Bad:

        [{"verb": "redirect", "actionHook": "https://example.com/next?api_key=4f9a21c7"}]

    Good:

        [{"verb": "redirect", "actionHook": {"url": "https://example.com/next", "username": "calls", "password": "4f9a21c7"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.main_program:
            yield from self._search(verb.item.body, verb.path, by_name=False)
            for path, hook in verb.find_all("components/hook"):
                yield from self._check_hook(hook, path)

    def _search(self, value: Any, path: ValuePath, by_name: bool) -> Iterator[Diagnostic]:
        if isinstance(value, str):
            if description := self._recognize(value):
                yield self._secret(path, description)
            elif by_name and _normalized(str(path[-1])) in SECRET_NAMES and not PLACEHOLDER.search(value):
                yield self._secret(path, "a secret by its name")
        elif isinstance(value, dict):
            for key, one in value.items():
                yield from self._search(one, (*path, key), by_name or key in ("data", "tag", "headers"))
        elif isinstance(value, list):
            for index, one in enumerate(value):
                yield from self._search(one, (*path, index), by_name)

    def _recognize(self, text: str) -> str | None:
        if len(text) < SECRET_MIN_CHARACTERS:
            return None
        return next((description for description, pattern in SECRET_PATTERNS if re.search(pattern, text)), None)

    def _check_hook(self, hook: object, path: ValuePath) -> Iterator[Diagnostic]:
        url, url_path = (hook.get("url"), (*path, "url")) if isinstance(hook, dict) else (hook, path)
        if not isinstance(url, str) or explain_bad_url(url):
            return
        parts = urlsplit(url)
        names = [
            name for name, value in parse_qsl(parts.query) if _normalized(name) in SECRET_QUERY_NAMES and not PLACEHOLDER.search(value)
        ]
        if names and not self._recognize(url):
            yield self._secret(url_path, f"{names[0]} is a secret by its name")
        if isinstance(hook, dict) and not parts.scheme:
            auth = hook.get("basicAuth")
            nested: ValuePath = ("basicAuth",) if isinstance(auth, dict) else ()
            password = (auth if isinstance(auth, dict) else hook).get("password")
            if isinstance(password, str) and not PLACEHOLDER.search(password):
                message = "the application's own password: move it to the settings of the application (username, password)"
                yield self.diagnostic((*path, *nested, "password"), message)

    def _secret(self, path: ValuePath, description: str) -> Diagnostic:
        return self.diagnostic(path, f"{description}: it is stored and shown with every call; move it to the application or the settings")


def _normalized(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
