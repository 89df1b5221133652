"""The rule recorded-card (CV705)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.recording import is_recorded_after
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

CARD_DIGITS = range(12, 20)
"""Numbers of digits of a payment card (ISO/IEC 7812)."""
CARD_PHRASES = ("credit card", "debit card", "card number", "cvv", "cvc", "security code", "kreditkarte", "kartennummer", "prüfnummer")
"""Phrases of a prompt that asks for a card."""


class RecordedCard(Rule, code="CV705", severity=WARNING):
    """The call is recorded, and a gather asks for what may be the number or the code of a payment card.

    The rule recognizes a card by the length of the input, 12 to 19 digits, or by words of the prompt.

    Why: keys are tones, and the recording contains the tones: everybody who has the file can use the card. The rules of the card
    companies (PCI DSS 3.3) forbid to store the code at all. Pause the recording with a [config](../../verbs/config.md) before the
    gather, and resume it afterwards; or record only the conversation, with `carrier` of the dial.

    Bad:

        - answer: {carrier: {record: record-from-answer}}
        - say: {text: This call is recorded.}
        - gather: {numDigits: 16, actionHook: /card, say: {text: Please type the number of your card.}}

    Good:

        - answer: {carrier: {record: record-from-answer}}
        - say: {text: This call is recorded.}
        - config: {record: {action: pauseCallRecording}}
        - gather: {numDigits: 16, actionHook: /card, say: {text: Please type the number of your card.}}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        is_recorded = False
        for verb in document.main_program:
            is_recorded = is_recorded_after(verb, is_recorded)
            if is_recorded and verb.item.name == "gather" and self._asks_for_card(verb):
                path, at_key = verb.name_location
                yield self.diagnostic(
                    path, "this may be the number or code of a card, and the recording contains its tones: do not record here", at_key
                )

    def _asks_for_card(self, verb: DocumentVerb) -> bool:
        prompt = verb.item.body.get("say")
        text = prompt.get("text") if isinstance(prompt, dict) else ""
        prompt_text = " ".join(map(str, text)) if isinstance(text, list) else str(text)
        digit_counts = [count for count in (verb.number("numDigits"), verb.number("maxDigits")) if count]
        return any(phrase in prompt_text.lower() for phrase in CARD_PHRASES) or (bool(digit_counts) and min(digit_counts) in CARD_DIGITS)
