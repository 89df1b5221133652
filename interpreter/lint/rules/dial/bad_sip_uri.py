"""The rule bad-sip-uri (CV315)."""

import re
from collections.abc import Iterator
from typing import ClassVar

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, targets_of
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class BadSipUri(Rule, code="CV315", severity=ERROR):
    """`sipUri` is not a SIP URI: `sip:` or `sips:`, and an address without spaces. Or the `name` of a user is a URI.

    A user is written as `jane` or `jane@example.com`: callverbs adds the `sip:` itself.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "jane@example.com"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "sip:jane@example.com"}], "actionHook": "/dialed"}]
    """

    uri_pattern: ClassVar[str] = r"(?i)\s*<?(?:(?:sips?|tel):)?(?P<bare>[^<>\s]+)>?\s*"

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in calling_verbs(document):
            for target in targets_of(verb):
                name = target.text("name")
                found = re.fullmatch(self.uri_pattern, name) if target.type == "user" else None
                if found and found["bare"] and found["bare"] != name:
                    message = f"the name of a user is not a URI: write {found['bare']}"
                    yield self.diagnostic((*target.path, "name"), message, fix=Fix("replace", found["bare"]))
