"""Telephone numbers that are written as they should be: whether there can be such a number, and what it costs to call it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Profile, Rule
from interpreter.lint.rules._targets import callers, parties
from interpreter.text.place import Steps
from schemas import Fault
from verbs import _calling as calling

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

SHORT = re.compile(r"[0-9]{2,6}")
EMERGENCY = (
    *("000", "100", "101", "102", "103", "108", "110", "111", "112", "113", "115", "117", "118", "119", "122"),
    *("190", "192", "193", "911", "995", "997", "998", "999"),
)
"""Numbers that call police, ambulance or fire brigade in at least one country (ITU-T E.129, national numbering plans)."""


class ImpossibleNumber(Rule):
    """A number that is written in E.164 and cannot exist: its country has no numbers of this length, or there is no such country.

    So is one with the zero that is dialled only within its country, as in +44 (0)20. The lengths are those of libphonenumber. Looked
    at are the numbers of targets, `callerId`, and `from.user` of a target.

    Why: a digit was lost, or is too many. No phone rings; or, as the calling number, the carrier refuses the call.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+1415555010"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV306"
    name: ClassVar[str] = "impossible-number"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, number in _numbers(document):
            if why := _impossible(number):
                yield self.fault(path, f"there is no number {number}: {why}")


class UnassignedNumber(Rule):
    """A number of the right length in a range that its country has not assigned, as far as libphonenumber knows.

    Ranges come and go, and numbers for films and examples can lie outside of all of them.

    Why: if the range is not simply new, nobody is reached at this number.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+15551234567"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV326"
    name: ClassVar[str] = "unassigned-number"
    severity: ClassVar[Severity] = "info"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, number in _numbers(document):
            if not _impossible(number) and (parsed := _parsed(number)):
                from phonenumbers import is_valid_number

                if not is_valid_number(parsed):
                    yield self.fault(path, f"{number} lies in no range of numbers that is known to be assigned")


class RiskyNumber(Rule):
    """A target is an emergency number, a premium-rate number, or a short code.

    A short code of a target with a `trunk` is not reported: it may be an extension behind that trunk.

    Why: a flow that calls 911 sends out an ambulance when somebody presses the wrong key, from an address that is not the
    caller's. A premium-rate number lets every caller spend your money. A short code means another thing in every country, and
    nothing where the carrier does not know it.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "911"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV307"
    name: ClassVar[str] = "risky-number"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in callers(document):
            for party in parties(written):
                if party.number and (why := self._why(party.number, "trunk" in party.body)):
                    yield self.fault((*party.path, "number"), why)

    def _why(self, number: str, behind_trunk: bool) -> str:
        if number in EMERGENCY:
            return f"{number} is an emergency number: whoever comes to this verb calls for help"
        if SHORT.fullmatch(number):
            return "" if behind_trunk else f"{number} is a short code, which means something in one country only: write +…"
        if (parsed := _parsed(number)) and not _impossible(number):
            from phonenumbers import PhoneNumberType, number_type

            if number_type(parsed) == PhoneNumberType.PREMIUM_RATE:
                return f"{number} is a premium-rate number: every call to it is charged to you"
        return ""


class BadKeys(Rule):
    """Keys to send at the answer that the carrier cannot send: it knows 0-9, A-D, *, #, w for half a second and W for a second.

    They stand behind the comma of a target's `number`, or in `carrier.send_digits_on_answer`: 64 of them at the most.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100,p123"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100,w123"}], "actionHook": "/dialed"}]
    """

    code: ClassVar[str] = "CV325"
    name: ClassVar[str] = "bad-keys-at-answer"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        limit = schemas.load("components/limits")["$defs"]["send_digits"]
        for written in callers(document):
            for party in parties(written):
                _, comma, keys = party.text("number").partition(",") if party.type == "phone" else ("", "", "")
                path = (*party.path, "number")
                if comma and not keys:
                    yield self.fault(path, "behind the comma stand the keys to send at the answer, and there are none")
                elif len(keys) > limit["maxLength"]:
                    yield self.fault(path, f"the carrier sends {limit['maxLength']} keys at the answer, and these are {len(keys)}")
                elif not re.search(limit["pattern"], keys):
                    yield self.fault(path, f"{keys} cannot be sent at the answer: keys are 0-9 A-D * #, and w and W for pauses")


def _numbers(document: Document) -> Iterator[tuple[Steps, str]]:
    """Every number in E.164 that is called, or called from; digits alone get their plus where the verb gives it to them."""
    for written in callers(document):
        if number := calling.e164(written.text("callerId") or ""):
            yield (*written.path, "callerId"), number
        for party in parties(written):
            if calling.E164.fullmatch(party.number):
                yield (*party.path, "number"), party.number
            chosen = party.body.get("from")
            user = chosen.get("user") if isinstance(chosen, dict) else None
            if isinstance(user, str) and (number := calling.e164(user)):
                yield (*party.path, "from", "user"), number


@lru_cache(maxsize=256)
def _parsed(number: str) -> "PhoneNumber | None":
    """A number in E.164, or nothing where libphonenumber finds no country or hardly any digits in it."""
    import phonenumbers  # 20 ms, and most documents call nobody

    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def _impossible(number: str) -> str:
    """Why nobody can have a number in E.164."""
    parsed = _parsed(number)
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, ValidationResult, is_possible_number_with_reason

    if parsed is None:
        known = any(int(number[1:end]) in COUNTRY_CODE_TO_REGION_CODE for end in (2, 3, 4))
        return "it is too short" if known else "no country has this code"
    if number.startswith(f"+{parsed.country_code}0") and not parsed.italian_leading_zero:
        return f"behind +{parsed.country_code} the 0 is left out"
    country = f"numbers of +{parsed.country_code} have"
    return {
        ValidationResult.TOO_SHORT: f"{country} more digits",
        ValidationResult.TOO_LONG: f"{country} fewer digits",
        ValidationResult.INVALID_LENGTH: f"{country} another length",
        ValidationResult.INVALID_COUNTRY_CODE: "no country has this code",
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "its area code is missing",
    }.get(is_possible_number_with_reason(parsed), "")
