"""The rule detection-too-late (CV321)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class DetectionTooLate(Rule, code="CV321", severity=WARNING):
    """The machine detection may take longer than the conversation: `decisionTimeoutMs` is not less than `timeLimit`.

    Both count from the answer, or from shortly after it; the ring time does not matter.

    Why: the conversation is over before the result is known, so the reaction to a machine never happens.

    Bad:

        - verb: dial
          actionHook: /dialed
          timeLimit: 10
          amd: {actionHook: /amd, timers: {decisionTimeoutMs: 12000}}
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          timeLimit: 600
          amd: {actionHook: /amd, timers: {decisionTimeoutMs: 12000}}
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in calling_verbs(document):
            amd, limit = verb.item.body.get("amd"), verb.number("timeLimit")
            if verb.spec is None or not limit or not isinstance(amd, dict):
                continue
            decision = amd.get("timers", {}).get("decisionTimeoutMs", 0)
            if decision >= limit * 1000:
                path = (*verb.path, "amd", "timers", "decisionTimeoutMs")
                yield self.diagnostic(path, f"timeLimit ends the conversation after {limit:g} s, before the detection has to decide")
