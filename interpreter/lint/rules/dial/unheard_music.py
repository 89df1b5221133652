"""The rule unheard-music (CV324)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class UnheardMusic(Rule, code="CV324", severity=WARNING):
    """A dial has both `answerOnBridge` and `dialMusic`.

    With `answerOnBridge` the call is answered only when a target has accepted. Until then the caller hears the ringing of the network,
    and nothing can be played. After a verb that has answered the call it is the other way round: the music is played, and
    `answerOnBridge` has no effect.

    Why: callers never hear the music.

    Bad:

        - verb: dial
          actionHook: /dialed
          answerOnBridge: true
          dialMusic: https://example.com/waves.mp3
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          dialMusic: https://example.com/waves.mp3
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            is_answered = False
            for verb in program:
                body = verb.item.body
                if verb.item.name == "dial" and body.get("answerOnBridge") is True and "dialMusic" in body:
                    yield self._late_answer_on_bridge(verb) if is_answered else self._unheard_music(verb)
                is_answered = is_answered or (verb.spec is not None and verb.type.answers(verb.spec))

    def _unheard_music(self, verb: DocumentVerb) -> Diagnostic:
        path = (*verb.path, "dialMusic")
        message = "this is never played: with answerOnBridge the call is not answered before a target has accepted"
        return self.diagnostic(path, message, at_key=True, fix=Fix("remove", safe=False))

    def _late_answer_on_bridge(self, verb: DocumentVerb) -> Diagnostic:
        path = (*verb.path, "answerOnBridge")
        message = "the call has been answered by a verb before this one: answerOnBridge has no effect"
        return self.diagnostic(path, message, at_key=True, fix=Fix("remove"))
