"""The rule after-redirect (CV210)."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.spoken_texts import texts_of
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class AfterRedirect(Rule, code="CV210", severity=WARNING):
    """A `redirect` is followed by what is meant for a hook that fails: an apology, or a call to a person.

    The verb after a redirect runs only if its hook replies without verbs. Verbs in the reply replace it, and if the hook fails, the call
    ends. For a failing hook write retries (`/next#rc=2`), and an `apology` in the settings of the server.

    Why: the author expects that the caller hears the apology, or reaches the operator, while the application is down. The caller is hung
    up instead.

    Bad:

        - verb: redirect
          actionHook: /next
        - verb: say
          text: Our system is down. Please call again later.

    Good:

        - verb: redirect
          actionHook: "/next#rc=2"
        - verb: say
          text: Thank you for calling.
    """

    trouble_pattern: ClassVar[str] = (
        r"(?i)\b(?:system|server|technical|errors?|problems?|trouble|is down|went wrong|offline|outage|maintenance|unavailable|unable|"
        r"failed|cannot|could not|couldn't|sorry|unfortunately|störung|technisch\w*|fehler|leider|entschuldig\w*|panne|technique|erreur|"
        r"désolée?s?|técnic[ao]s?|avería|lo sentimos|fuera de servicio|tecnic[oi]|guasto|spiacenti|storing|helaas|desculpe)\b"
    )

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            for verb, after in pairwise(program):
                if verb.item.name == "redirect" and verb.spec and self._is_fallback(document, after):
                    path, at_key = after.name_location
                    message = (
                        f"if the redirect's hook fails, the call ends: this {after.item.written} runs only if it replies without verbs"
                    )
                    yield self.diagnostic(path, message, at_key)

    def _is_fallback(self, document: Document, verb: DocumentVerb) -> bool:
        """Returns whether a verb makes sense only where the hook before it has failed."""
        if verb.item.name != "say":
            return verb.type.connects
        return any(re.search(self.trouble_pattern, one.words) for one in texts_of(document, verb))
