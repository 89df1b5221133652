"""The rule hangup-unanswered (CV208)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.answered import with_answering_verb
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class HangupUnanswered(Rule, code="CV208", severity=INFO):
    """A hangup that an inbound call may reach unanswered: the verbs before it answer nothing.

    A hangup alone, or with nothing but tags before it, is most often a hook's reply in mid-call: nothing is said of it.

    Why: the caller is rejected at once, and hears what her own network makes of that. jambonz skips a hangup there. Who wants the
    caller to hear a busy tone writes `sip:decline` with 486.

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
                    path, "a call that is still ringing is rejected here, and not as busy: sip:decline can choose", at_key
                )
            before.append(verb)
