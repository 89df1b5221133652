"""The rule impossible-reply (CV313)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, hook_url
from callverbs.interpreter.lint.facts.screening import screening_hooks
from callverbs.interpreter.lint.facts.targets import calling_verbs
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, ValuePath


class ImpossibleReply(Rule, code="CV313", severity=ERROR):
    """The local document that answers a `confirmHook`, an `onHoldHook`, a `waitHook` or an `enterHook` has a verb that cannot run there.

    A screening can run say, play, pause, gather, tag, answer and hangup, also in the replies to the hook of its gathers. On hold, and
    before a conference, say, play and pause can run. In a queue, tag and leave can run too.

    Why: because of one such verb, nothing of the reply runs. A callee in a screening is hung up; somebody on hold or in a queue hears
    nothing.

    Bad:

        # /callback is answered by a dial
        - verb: dial
          actionHook: /dialed
          confirmHook: /callback
          target: [{type: phone, number: "+14155550100"}]

    Good:

        # /screen is answered by a gather and a hangup
        - verb: dial
          actionHook: /dialed
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("dial"):
            for path, url in screening_hooks(verb):
                yield from self._check_replies(document, path, url, "screening", "a callee who is being screened")
        for verb in calling_verbs(document):
            for path, url in hook_url(verb.item.body.get("onHoldHook"), (*verb.path, "onHoldHook")):
                yield from self._check_replies(document, path, url, "waiting", "somebody on hold")
        for verb in document.all_verbs("enqueue"):
            for path, url in hook_url(verb.item.body.get("waitHook"), (*verb.path, "waitHook")):
                yield from self._check_replies(document, path, url, "queueing", "somebody who waits in a queue")
        for verb in document.all_verbs("conference"):
            for name in ("enterHook", "waitHook"):
                for path, url in hook_url(verb.item.body.get(name), (*verb.path, name)):
                    yield from self._check_replies(document, path, url, "waiting", "somebody before a conference")

    def _check_replies(self, document: Document, path: ValuePath, hook: str, allowed: str, listener: str) -> Iterator[Diagnostic]:
        """Yields a diagnostic of the first verb without the fact `allowed`, in the reply or in the replies to its gathers."""
        seen: list[Document] = []
        hooks = [(document, hook)]
        for asking, url in hooks:  # grows while it is read
            reply = asking.follow(url)
            if reply is None or reply in seen:
                continue
            seen.append(reply)
            for one in reply.main_program:
                if not getattr(one.type, allowed):
                    yield self.diagnostic(
                        path, f"{url} replies with {one.item.written}, which cannot run to {listener}: its reply is not used"
                    )
                    return
                if one.item.name == "gather":
                    hooks += [(reply, next_url) for _, next_url in hook_url(one.item.body.get("actionHook"), ())]
