"""Calls that the carrier records, by the parameters `record…` under `carrier`."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Profile, Rule
from schemas import Fault

CARD = range(12, 20)
"""How many digits a payment card has (ISO/IEC 7812)."""
WORDS = ("credit card", "debit card", "card number", "cvv", "cvc", "security code", "kreditkarte", "kartennummer", "prüfnummer")
"""What a prompt says that asks for one."""


def recording(written: Written) -> bool:
    """Whether a verb has the carrier record from the answer on."""
    carrier = written.item.body.get("carrier")
    return isinstance(carrier, dict) and bool(carrier.get("record"))


class BadRecordLength(Rule):
    """`record_max_length` is not within what the carrier takes: 0 to 43200 seconds, where 0 sets no limit.

    Source: Telnyx's specification of 2026-07-16, `record_max_length` of answer, dial and transfer.

    Why: the carrier refuses the command that the recording is part of: the call is not answered, or nobody is called.

    Bad:

        [{"verb": "answer", "carrier": {"record": "record-from-answer", "record_max_length": 86400}}]

    Good:

        - answer: {carrier: {record: record-from-answer, record_max_length: 14400}}
        - say: {text: This call is recorded.}
    """

    code: ClassVar[str] = "CV703"
    name: ClassVar[str] = "bad-record-length"
    severity: ClassVar[Severity] = "error"


class SilentRecording(Rule):
    """The carrier records from the answer on, and the document says nothing to the caller first.

    For `answer`, something has to be heard right behind it; for `dial` and `transfer`, somewhere before.

    Why: in many countries a call may be recorded only where both sides know it. What an earlier document has said is not seen here:
    that is why this is information.

    Bad:

        - dial:
            actionHook: /dialed
            target: [{type: phone, number: "+14155550100"}]
            carrier: {record: record-from-answer}

    Good:

        - say: {text: This call is recorded.}
        - dial:
            actionHook: /dialed
            target: [{type: phone, number: "+14155550100"}]
            carrier: {record: record-from-answer}
    """

    code: ClassVar[str] = "CV704"
    name: ClassVar[str] = "silent-recording"
    severity: ClassVar[Severity] = "info"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        for index, written in enumerate(document.main):
            if not recording(written):
                continue
            near = document.main[index + 1 : index + 2] if written.kind.command == "answer" else document.main[:index]
            if not any(_says(one) for one in near):
                path = (*written.path, "carrier", "record")
                yield self.fault(path, "nobody tells the caller that the call is recorded: say so first", True)


class RecordedCard(Rule):
    """The call is recorded from its answer on, and a gather asks for what may be the number or the code of a payment card.

    It is taken for one by its length, of 12 to 19 digits, or by what its prompt says.

    Why: keys are tones, and tones are in the recording: whoever has the file has the card. The rules of the card companies (PCI DSS 3.3)
    forbid to keep its code at all. callverbs cannot pause a recording: record the talk only, with `carrier` of the dial.

    Bad:

        - answer: {carrier: {record: record-from-answer}}
        - say: {text: This call is recorded.}
        - gather: {numDigits: 16, actionHook: /card, say: {text: Please type the number of your card.}}

    Good:

        - gather: {numDigits: 16, actionHook: /card, say: {text: Please type the number of your card.}}
    """

    code: ClassVar[str] = "CV705"
    name: ClassVar[str] = "recorded-card"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        on = False
        for written in document.main:
            on = on or (written.kind.command == "answer" and recording(written))
            if on and written.item.name == "gather" and self._asks_for_card(written):
                path, at_key = written.named
                yield self.fault(path, "this may be a card's number or code, and the recording holds its tones: do not record here", at_key)

    def _asks_for_card(self, written: Written) -> bool:
        prompt = written.item.body.get("say")
        text = prompt.get("text") if isinstance(prompt, dict) else ""
        said = " ".join(map(str, text)) if isinstance(text, list) else str(text)
        most = [count for count in (written.number("numDigits"), written.number("maxDigits")) if count]
        return any(word in said.lower() for word in WORDS) or (bool(most) and min(most) in CARD)


def _says(written: Written) -> bool:
    """Whether a verb lets the caller hear something that the author chose."""
    return written.item.name in ("say", "play") or any(key in written.item.body for key in written.kind.programs)
