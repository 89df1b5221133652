"""The rule keys-in-url (CV609)."""

from collections.abc import Iterator

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix

CHOICE_MAX_KEYS = 3
"""Keys of a menu or an extension; a longer input may be a code, an account, a card."""

CARRIER_MAX_KEYS = int(schemas.load("components/limits")["$defs"]["maximum_digits"]["maximum"])
"""Keys that the carrier collects where the gather sets no limit."""


class KeysInUrl(Rule, code="CV609", severity=WARNING):
    """A gather asks its hook with GET, and collects four keys or more, which may be a secret.

    With GET the payload is in the query of the URL.

    Why: proxies and servers log URLs. The caller's PIN, account or card number is in those logs, in plain text.

    Bad:

        [{"verb": "gather", "numDigits": 4, "actionHook": {"url": "/pin", "method": "GET"}}]

    Good:

        [{"verb": "gather", "numDigits": 4, "actionHook": {"url": "/pin", "method": "POST"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("gather"):
            hook = verb.item.body.get("actionHook")
            if verb.spec is None or not isinstance(hook, dict) or str(hook.get("method")).upper() != "GET":
                continue
            max_keys = min(verb.number("numDigits") or CARRIER_MAX_KEYS, verb.number("maxDigits") or CARRIER_MAX_KEYS)
            if max_keys > CHOICE_MAX_KEYS and "digits" in (verb.elements("input") or ["digits"]):
                message = "with GET the keys are in the URL, and in the logs of every server on the path: ask with POST"
                yield self.diagnostic((*verb.path, "actionHook", "method"), message, fix=Fix("replace", "POST", safe=False))
