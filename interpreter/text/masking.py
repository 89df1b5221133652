"""Hides what nobody should read in a log or a ladder: pressed keys, passwords, numbers of payment cards. Pure: values in, values out."""

import re
from typing import Any

HIDDEN = "•"
SECRET = HIDDEN * 3
KEY_FIELDS = frozenset({"digit", "digits", "dtmf"})
"""Fields that hold pressed keys: of webhooks, hooks, events and running verbs."""
SAID_FIELDS = frozenset({"transcript", "transcription_data", "speech"})
"""Fields that hold what somebody has said: hidden where a verb is sensitive."""
SECRET_FIELDS = frozenset({"password", "secret", "sip_auth_password", "authorization"})
URL_PASSWORD = re.compile(r"(?<=://)([^\s/?#@:]*):([^\s/?#@]+)@")
QUERY_KEYS = re.compile(r"([?&](?:digits?|dtmf)=)[^&#\s]+")
CARD = re.compile(r"(?<![+0-9A-Za-z-])[3-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z-])")
"""What can be the number of a card (ISO/IEC 7812): 13 to 19 digits, of an industry that issues cards."""
SHOWN_CARD_DIGITS = 4


def masked_text(text: str) -> str:
    """Returns a text whose passwords in URLs, keys in queries and card numbers are hidden. Of a card the last four digits stay."""
    text = URL_PASSWORD.sub(rf"\1:{SECRET}@", text)
    text = QUERY_KEYS.sub(rf"\1{SECRET}", text)
    return CARD.sub(_masked_card, text)


def masked(value: Any, *, keys: bool = True) -> Any:
    """Returns a JSON value with everything hidden that `masked_text` hides, secrets, and keys; without `keys`, those of what is sensitive.

    What is sensitive says so itself: an object with `sensitive: true`, or whose `spec` has it. What was said to it is hidden, too.
    """
    return _masked(value, keys, said=False)


def hidden(value: Any) -> Any:
    """Returns a JSON value with everything hidden that a sensitive verb may have heard."""
    return _masked(value, keys=True, said=True)


def _masked(value: Any, keys: bool, said: bool) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, list):
        return [_masked(one, keys, said) for one in value]
    if not isinstance(value, dict):
        return value
    spec = value.get("spec")
    if value.get("sensitive") is True or (isinstance(spec, dict) and spec.get("sensitive") is True):
        keys = said = True
    return {name: _field(name, one, keys, said) for name, one in value.items()}


def _field(name: str, value: Any, keys: bool, said: bool) -> Any:
    if name in SECRET_FIELDS and isinstance(value, str) and value:
        return SECRET
    if keys and name in KEY_FIELDS and isinstance(value, str):
        return HIDDEN * len(value)
    if said and name in SAID_FIELDS:
        return SECRET if value else value
    return _masked(value, keys, said)


def _masked_card(found: "re.Match[str]") -> str:
    text = found[0]
    digits = [int(one) for one in text if one.isdigit()]
    if not _is_card(digits):
        return text
    left = len(digits) - SHOWN_CARD_DIGITS
    shown = []
    for one in text:
        shown.append(HIDDEN if one.isdigit() and left > 0 else one)
        left -= one.isdigit()
    return "".join(shown)


def _is_card(digits: list[int]) -> bool:
    """Returns whether the check digit is right (ISO/IEC 7812-1, Luhn)."""
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits))) % 10 == 0
