"""The rule hangup-unanswered (CV208)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.answered import with_answering_verb
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class HangupUnanswered(Rule, code="CV208", severity=INFO):
    """A hangup that an inbound call may reach unanswered: no verb before it answers the call.

    A hangup alone, or with only tags before it, is not reported: most often it is the reply of a hook during a call.

    Why: the call is rejected at once, and the caller's network decides what the caller hears. jambonz skips a hangup there. For a
    busy tone, write `sip:decline` with 486.

    Bad:

        [{"verb": "pause", "length": 5}, {"verb": "hangup"}]

    Good:

        [{"verb": "pause", "length": 5}, {"verb": "sip:decline", "status": 486}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        before: list[DocumentVerb] = []
        for verb, answering in with_answering_verb(document.main_program):
            if verb.item.name == "hangup" and answering is None and any(one.item.name != "tag" for one in before):
                path, at_key = verb.name_location
                yield self.diagnostic(
                    path, "a call that is still ringing is rejected here, and not as busy: to choose the status, use sip:decline", at_key
                )
            before.append(verb)
