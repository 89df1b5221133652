"""The rule keys-in-url (CV609)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix

CHOICE_MAX_KEYS = 3
"""Keys of a menu or an extension; a longer input may be a code, an account, a card."""

CARRIER_MAX_KEYS = 128
"""Keys that the carrier collects where the gather sets no limit."""


class KeysInUrl(Rule, code="CV609", severity=WARNING):
    """A gather asks its hook with GET, and what is pressed may be more than a choice: four keys or more.

    With GET what a hook is told is the query of its URL.

    Why: proxies and servers log URLs. A caller's PIN, account or card number stands in those logs, in plain text.

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
                message = "with GET the keys stand in the URL, and in the logs of every server on the way: ask with POST"
                yield self.diagnostic((*verb.path, "actionHook", "method"), message, fix=Fix("replace", "POST", safe=False))
