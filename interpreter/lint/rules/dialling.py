"""Whom a dial or a transfer calls, how long, and what happens while the two talk."""

import re
from collections.abc import Iterator
from functools import cache
from typing import ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._digits import together
from interpreter.lint.rules._rule import Rule
from interpreter.text.place import Steps
from schemas import Fault, Fix
from verbs import _calling as calling
from verbs._target import Target

SHORT = re.compile(r"[0-9]{2,6}")
"""Short codes and emergency numbers, which have no country code."""


@cache
def e164() -> re.Pattern[str]:
    """What the carrier takes for a number in E.164."""
    return re.compile(schemas.load("components/limits")["$defs"]["e164"]["pattern"])


class NoTarget(Rule):
    """The list of targets is empty.

    Why: nobody is called. In jambonz the caller listens to silence until the ring time is over.

    Bad:

        [{"verb": "dial", "target": [], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV301"
    name: ClassVar[str] = "no-target"
    severity: ClassVar[Severity] = "error"


class TooManyTargets(Rule):
    """More targets than can ring at once: ten for a dial, one for a transfer.

    Why: jambonz silently drops the eleventh and all behind it, and those people wonder why their phones never ring.

    Bad:

        - verb: transfer
          mode: blind
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    code: ClassVar[str] = "CV302"
    name: ClassVar[str] = "too-many-targets"
    severity: ClassVar[Severity] = "error"


class DuplicateTarget(Rule):
    """The same number, user or SIP URI stands twice among the targets. The finding stands at the second one.

    Why: each address is called once, so the phone that was probably meant instead never rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    code: ClassVar[str] = "CV303"
    name: ClassVar[str] = "duplicate-target"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each():
            seen: set[str] = set()
            targets: list[Target] = getattr(written.spec, "target", [])
            for index, target in enumerate(targets):
                if target.identity in seen:
                    what = f"{target.label} is among the targets already; it is called once"
                    yield self.fault((*written.path, "target", index), what, fix=Fix("remove", safe=target in targets[:index]))
                seen.add(target.identity)


class IncompleteTarget(Rule):
    """A target lacks what its type is called by: `number` for phone, `sipUri` for sip, `name` for user.

    Why: there is nothing to call. jambonz finds out when the call is there.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "name": "+14155550100"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV304"
    name: ClassVar[str] = "incomplete-target"
    severity: ClassVar[Severity] = "error"


class NotE164(Rule):
    """A telephone number is not in E.164: a plus, the country code, and up to 15 digits without spaces.

    Short codes and emergency numbers (two to six digits) are not reported. Keys behind a comma are sent at the answer.

    Why: the carrier refuses the number, or takes it for one of another country.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "(415) 555-0100"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV305"
    name: ClassVar[str] = "number-not-e164"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each():
            for index, target in enumerate(written.many("target")):
                number = target.get("number") if isinstance(target, dict) and target.get("type") == "phone" else None
                if isinstance(number, str) and number:
                    called = number.partition(",")[0]
                    if not e164().search(called) and not SHORT.fullmatch(called):
                        yield self.fault(
                            (*written.path, "target", index, "number"),
                            f"{called} is not a number in E.164: write + and the country code, as in +14155550100",
                            fix=together(number),
                        )


class CallerIdNotE164(Rule):
    """The number that a call is to go out from is not in E.164: `callerId`, or `from.user` of a target.

    Digits alone are taken as they are meant: 8 to 15 of them, the country code first, get their plus.

    Why: the carrier would refuse the call. It goes out from the number that was called instead, and the target does not see what
    the author has chosen.

    Bad:

        - verb: dial
          actionHook: /dialed
          callerId: "+1 415 555 0199"
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          callerId: "+14155550199"
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV308"
    name: ClassVar[str] = "caller-id-not-e164"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each():
            if written.kind.command not in ("dial", "transfer"):
                continue
            chosen: list[tuple[Steps, str | None]] = [(("callerId",), written.text("callerId"))]
            for index, target in enumerate(written.many("target")):
                party = target.get("from") if isinstance(target, dict) else None
                if isinstance(party, dict) and isinstance(party.get("user"), str):
                    chosen.append((("target", index, "from", "user"), party["user"]))
            for path, number in chosen:
                if number and not calling.e164(number):
                    yield self.fault(
                        (*written.path, *path),
                        f"{number} is not a number in E.164, so nobody can be called from it: write + and the country code",
                        fix=together(number),
                    )


class RingTime(Rule):
    """`timeout` is outside of what the carrier can do: 0 to 600 seconds. 0 stands for the default.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          timeout: 900
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          timeout: 60
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV309"
    name: ClassVar[str] = "ring-time"
    severity: ClassVar[Severity] = "error"


class TimeLimit(Rule):
    """`timeLimit` is outside of what the carrier can do: up to 14400 seconds, which is four hours.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          timeLimit: 86400
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          timeLimit: 14400
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV310"
    name: ClassVar[str] = "time-limit"
    severity: ClassVar[Severity] = "error"


class BadSipUri(Rule):
    """`sipUri` is not a SIP URI: `sip:` or `sips:`, and an address without spaces.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "jane@example.com"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "sip:jane@example.com"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV315"
    name: ClassVar[str] = "bad-sip-uri"
    severity: ClassVar[Severity] = "error"


class BadCallerName(Rule):
    """`callerName` is longer than 128 characters, or holds others than letters, digits, spaces and `-_~!.+`.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          callerName: "Müller & Söhne"
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          callerName: "Mueller + Soehne"
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV317"
    name: ClassVar[str] = "bad-caller-name"
    severity: ClassVar[Severity] = "error"


class CaptureWithoutHook(Rule):
    """`dtmfCapture` names key sequences, and there is no `dtmfHook` to be told of them.

    Why: the party presses *2, and nothing ever happens.

    Bad:

        - verb: dial
          actionHook: /dialed
          dtmfCapture: ["*2"]
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          dtmfCapture: ["*2"]
          dtmfHook: /keys
          target: [{type: phone, number: "+14155550100"}]
    """

    code: ClassVar[str] = "CV322"
    name: ClassVar[str] = "capture-without-hook"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("dial"):
            if written.spec and written.item.body.get("dtmfCapture") and "dtmfHook" not in written.item.body:
                yield self.fault((*written.path, "dtmfCapture"), "these keys are told to nobody: dtmfHook is missing", at_key=True)


class ImpossibleSequence(Rule):
    """A key sequence to capture that nobody can press.

    Why: the caller presses what was announced, and nothing happens.

    Bad:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
          dtmfCapture: ["star 2"]
          dtmfHook: /keys

    Good:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
          dtmfCapture: ["*2"]
          dtmfHook: /keys
    """

    code: ClassVar[str] = "CV323"
    name: ClassVar[str] = "impossible-sequence"
    severity: ClassVar[Severity] = "error"
