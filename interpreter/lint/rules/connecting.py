"""How a caller and a target are connected: what the caller hears meanwhile, and who else can listen."""

import re
from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Profile, Rule
from interpreter.lint.rules._targets import callers, parties
from schemas import Fault, Fix

TLS = re.compile(r"^sips:|;transport=tls\b", re.IGNORECASE)


class OpenSip(Rule):
    """A SIP target is called without encryption: of the signalling (TLS), of what is said (SRTP), or of both.

    TLS is a URI with `sips:` or `;transport=tls`, or `sip_transport_protocol: TLS` below `carrier`; SRTP is `srtpEncryption`, or
    `media_encryption` below `carrier` of a transfer.

    Why: whoever is on the way between the carrier and the phone system can see who calls whom, and listen.

    Bad:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "sip:desk@pbx.example.com"}], "actionHook": "/dialed"}]

    Good:

        - verb: dial
          actionHook: /dialed
          srtpEncryption: sdes
          target: [{type: sip, sipUri: "sips:desk@pbx.example.com"}]
    """

    code: ClassVar[str] = "CV316"
    name: ClassVar[str] = "open-sip"
    severity: ClassVar[Severity] = "warning"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in callers(document):
            if written.spec is None or written.text("blindMethod") == "refer":
                continue
            carrier = written.item.body.get("carrier", {})
            srtp = "srtpEncryption" in written.item.body or carrier.get("media_encryption", "disabled") != "disabled"
            for party in parties(written):
                uri = party.text("sipUri") if party.type == "sip" else ""
                tls = TLS.search(uri) or carrier.get("sip_transport_protocol") == "TLS"
                if uri and not (tls and srtp):
                    missing = " and ".join(word for word, there in (("the signalling (TLS)", tls), ("the talk (SRTP)", srtp)) if not there)
                    yield self.fault((*party.path, "sipUri"), f"{missing} of this call can be read on its way")


class UnheardMusic(Rule):
    """A dial has both `answerOnBridge` and `dialMusic`.

    With `answerOnBridge` the caller is answered only when a target has accepted. Until then the caller's own network rings, and
    nothing can be played. Behind a verb that has answered the call it is the other way round: the music is heard, and
    `answerOnBridge` has no effect.

    Why: the music that was chosen for waiting callers is never heard.

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

    code: ClassVar[str] = "CV324"
    name: ClassVar[str] = "unheard-music"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for program in document.programs:
            answered = False
            for written in program:
                body = written.item.body
                if written.item.name == "dial" and body.get("answerOnBridge") is True and "dialMusic" in body:
                    yield self._answered(written) if answered else self._ringing(written)
                answered = answered or (written.spec is not None and written.kind.answers(written.spec))

    def _ringing(self, written: Written) -> Fault:
        path = (*written.path, "dialMusic")
        why = "nobody hears this: with answerOnBridge the caller is not answered before a target has accepted"
        return self.fault(path, why, at_key=True, fix=Fix("remove", safe=False))

    def _answered(self, written: Written) -> Fault:
        path = (*written.path, "answerOnBridge")
        why = "the call has been answered by a verb before this one: answerOnBridge has no effect"
        return self.fault(path, why, at_key=True, fix=Fix("remove"))
