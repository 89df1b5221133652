"""The rule open-sip (CV316)."""

import re
from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, targets_of
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

TLS_URI = re.compile(r"^sips:|;transport=tls\b", re.IGNORECASE)


class OpenSip(Rule, code="CV316", severity=WARNING, profile="strict"):
    """A SIP target is called without encryption of the signalling (TLS), of the audio (SRTP), or of both.

    For TLS, write a URI with `sips:` or `;transport=tls`, or `sip_transport_protocol: TLS` below `carrier`. For SRTP, write
    `srtpEncryption`, or `media_encryption` below `carrier` of a transfer.

    Why: anybody on the network path between the carrier and the phone system can see who calls whom, and listen.

    Bad:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "sip:desk@pbx.example.com"}], "actionHook": "/dialed"}]

    Good:

        - verb: dial
          actionHook: /dialed
          srtpEncryption: sdes
          target: [{type: sip, sipUri: "sips:desk@pbx.example.com"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in calling_verbs(document):
            if verb.spec is None or verb.text("blindMethod") == "refer":
                continue
            carrier = verb.item.body.get("carrier", {})
            has_srtp = "srtpEncryption" in verb.item.body or carrier.get("media_encryption", "disabled") != "disabled"
            for target in targets_of(verb):
                uri = target.text("sipUri") if target.type == "sip" else ""
                has_tls = TLS_URI.search(uri) or carrier.get("sip_transport_protocol") == "TLS"
                if uri and not (has_tls and has_srtp):
                    parts = (("the signalling (TLS)", has_tls), ("the audio (SRTP)", has_srtp))
                    missing = " and ".join(part for part, is_encrypted in parts if not is_encrypted)
                    yield self.diagnostic((*target.path, "sipUri"), f"this call does not encrypt {missing}")
