"""The rule also-after-conversation (CV330)."""

import re
from collections.abc import Iterator
from typing import ClassVar

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.spoken_texts import texts_of
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

CALLING_VERBS = ("dial", "transfer")


class AlsoAfterConversation(Rule, code="CV330", severity=WARNING):
    """What is meant for a call that nobody has taken follows a `dial` or a `transfer` without actionHook, and runs in any case.

    When the callee hangs up, the caller is still on the line, and the next verb runs. Reported are a second `dial`, `transfer`,
    `enqueue` or `conference`, a `record`, and a text about nobody being there (in English, German, Spanish, French, Italian, Dutch and
    Portuguese). To tell the two apart, write an actionHook: it hears `dial_call_status` (or `transfer_result`), and replies with a
    `hangup` after a conversation, and with `[]` otherwise, after which the next verb runs. Targets of one dial ring at the same time.

    Why: after a good conversation the second phone rings, too, or the caller hears that nobody was there.

    Bad:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
        - verb: say
          text: Nobody can take your call now. Please try again later.

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
        - verb: say
          text: Nobody can take your call now. Please try again later.
    """

    absence_pattern: ClassVar[str] = (
        r"(?i)\b(?:nobody|no[ -]?one|not? (?:answer|available|reachable|respond|pick)|(?:did|does)n.?t (?:answer|respond|pick)|unavailable|"
        r"not able to|unable to|cannot|can't|could ?n[o']t|busy|out of (?:the )?office|missed|sorry|unfortunately|voice ?mail|"
        r"leave (?:us )?a message|after the (?:tone|beep)|try again|call (?:us )?back|closed|"
        r"niemand|leider|nicht erreichbar|besetzt|belegt|entschuldig\w*|nachricht|anrufbeantworter|"
        r"nadie|lo sentimos|ocupad[oa]s?|disponibles?|mensaje|buzón|personne|désolée?s?|occupée?s?|indisponibles?|messagerie|"
        r"nessuno|spiacenti|occupat[oi]|messaggio|segreteria|helaas|bezet|bericht|ninguém|desculpe|mensagem)\b"
    )

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            calling: DocumentVerb | None = None
            for verb in program:
                if calling and (reason := self._explain(document, verb)):
                    path, at_key = verb.name_location
                    name = calling.item.written
                    message = f"{reason} after a conversation, too: give the {name} above an actionHook that replies with a hangup then"
                    yield self.diagnostic(path, message, at_key)
                    calling = None
                if verb.item.name in CALLING_VERBS:
                    calling = verb if self._goes_on(document, verb) else None
                elif verb.type.ends_call or "actionHook" in verb.item.body:
                    calling = None

    def _goes_on(self, document: Document, verb: DocumentVerb) -> bool:
        """Returns whether the next verb runs whatever has become of the call."""
        asks = "actionHook" in verb.item.body or verb.type.dialect_hooks.get(document.context.dialect)
        return bool(verb.spec) and not asks and "amd" not in verb.item.body

    def _explain(self, document: Document, verb: DocumentVerb) -> str:
        if verb.type.connects:
            return f"this {verb.item.written} runs"
        if verb.item.name == "record":
            return "a message is recorded"
        if verb.item.name == "say" and any(re.search(self.absence_pattern, one.words) for one in texts_of(document, verb)):
            return "the caller hears this"
        return ""
