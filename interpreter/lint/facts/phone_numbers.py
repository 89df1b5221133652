"""Telephone numbers in E.164: those of a document, and whether a number can exist."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, targets_of
from callverbs.schemas import ValuePath
from callverbs.verbs.language.phone_number import e164

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


def phone_numbers(document: Document) -> Iterator[tuple[ValuePath, str]]:
    """Yields the path of every number in E.164 that is called, or called from; with the plus that was left out."""
    for verb in calling_verbs(document):
        if number := e164(verb.text("callerId") or ""):
            yield (*verb.path, "callerId"), number
        for target in targets_of(verb):
            if number := e164(target.number):
                yield (*target.path, "number"), number
            from_ = target.body.get("from")
            user = from_.get("user") if isinstance(from_, dict) else None
            if isinstance(user, str) and (number := e164(user)):
                yield (*target.path, "from", "user"), number


@lru_cache(maxsize=256)
def parse_number(number: str) -> "PhoneNumber | None":
    """Returns a number in E.164 parsed; None where libphonenumber finds no country or hardly any digits in it."""
    import phonenumbers  # 20 ms, and most documents call nobody

    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def explain_impossible(number: str) -> str:
    """Returns why a number in E.164 cannot exist; "" where it can."""
    parsed = parse_number(number)
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, ValidationResult, is_possible_number_with_reason

    if parsed is None:
        has_country = any(int(number[1:end]) in COUNTRY_CODE_TO_REGION_CODE for end in (2, 3, 4))
        return "it is too short" if has_country else "no country has this code"
    if number.startswith(f"+{parsed.country_code}0") and not parsed.italian_leading_zero:
        return f"leave out the 0 after +{parsed.country_code}"
    country = f"numbers of +{parsed.country_code} have"
    return {
        ValidationResult.TOO_SHORT: f"{country} more digits",
        ValidationResult.TOO_LONG: f"{country} fewer digits",
        ValidationResult.INVALID_LENGTH: f"{country} another length",
        ValidationResult.INVALID_COUNTRY_CODE: "no country has this code",
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "its area code is missing",
    }.get(is_possible_number_with_reason(parsed), "")
