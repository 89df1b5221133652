"""Answering machine detection: who is told of what is found, and whether it comes in time to be of use."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.lint.rules._targets import callers, race
from schemas import Fault


class DetectionWithoutHook(Rule):
    """`amd` has no `actionHook`.

    Why: machines are detected, and paid for, and nobody is told. A caller who has reached a voicemail goes on talking to it.

    Bad:

        - verb: dial
          actionHook: /dialed
          amd: {thresholdWordCount: 7}
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          amd: {thresholdWordCount: 7, actionHook: /amd}
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV318"
    name: ClassVar[str] = "detection-without-hook"
    severity: ClassVar[Severity] = "error"


class DetectionAfterRace(Rule):
    """A dial rings several phones at once and looks for machines, and a phone has no `confirmHook`.

    What is found is told when somebody is connected, and of whom is connected only.

    Why: the first voicemail takes the call, everybody else stops ringing, and only then is the machine found. A `confirmHook`
    lets a person accept before the others are let go.

    Bad:

        - verb: dial
          actionHook: /dialed
          amd: {actionHook: /amd}
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        - verb: dial
          actionHook: /dialed
          amd: {actionHook: /amd}
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    code: ClassVar[str] = "CV319"
    name: ClassVar[str] = "detection-after-race"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("dial"):
            if written.spec and "amd" in written.item.body and not all(party.is_screened for party in race(written)):
                yield self.fault(
                    (*written.path, "amd"),
                    "a machine is found when it has taken the call and the other phones ring no more: screen them with confirmHook",
                    at_key=True,
                )


class DetectionTooLate(Rule):
    """The machine detection may take longer than the two may talk: `decisionTimeoutMs` is not less than `timeLimit`.

    Both run from the answer, or soon after it; the ring time does not matter.

    Why: the call is over when it is found out who has answered, so what should happen with a machine never happens.

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

    code: ClassVar[str] = "CV321"
    name: ClassVar[str] = "detection-too-late"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in callers(document):
            amd, limit = written.item.body.get("amd"), written.number("timeLimit")
            if written.spec is None or not limit or not isinstance(amd, dict):
                continue
            decision = amd.get("timers", {}).get("decisionTimeoutMs", 0)
            if decision >= limit * 1000:
                path = (*written.path, "amd", "timers", "decisionTimeoutMs")
                yield self.fault(path, f"the talk is over after {limit:g} s (timeLimit), before it has to be known who has answered")
