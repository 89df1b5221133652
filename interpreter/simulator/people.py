"""People on the line, as data: how they take a call, what they do when they hear something, when they have had enough.

This file knows nothing of legs and clocks; who acts a person out is `party`. Durations are seconds, or text with a unit.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from callverbs.interpreter.text.type_errors import diagnose
from callverbs.schemas import ValuePath
from callverbs.verbs.language.target import REALM

Duration = float | str
"""3, 3.5, "3s", "500ms" or "2m"."""

RINGS = 3.0
"""Seconds until somebody answers, unless it is said otherwise."""
NETWORK = 0.5
"""Seconds until the network knows that a number is busy, or nobody's."""
REFLECTION = 2.0
"""Seconds until somebody declines."""

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
WRITTEN = re.compile(r"\s*([0-9]+(?:[.][0-9]*)?|[.][0-9]+)\s*(ms|s|m|h|)\s*")
Keys = str | int
"""What is typed; a number stands for its digits, as YAML reads them without quotation marks."""
TYPED = re.compile(r"[0-9A-D*#wW]*")
"""What can be typed; w waits half a second, W a second (as in Telnyx send_dtmf)."""


class PeopleError(ValueError):
    """Nobody is like that. `where` says in which part of a person it is, and `at_key` that it is the name of a property."""

    def __init__(self, words: str, where: ValuePath = (), at_key: bool = False) -> None:
        self.where = where
        self.at_key = at_key
        super().__init__(words)


class MomentError(PeopleError):
    """Somebody is like that, and cannot do it now."""


def seconds(duration: Duration) -> float:
    """A duration in seconds. Raises PeopleError where it is none."""
    if isinstance(duration, str):
        match = WRITTEN.fullmatch(duration)
        if match is None:
            raise PeopleError(f'"{duration}" is not a duration: write seconds, or a number with ms, s, m or h')
        return float(match[1]) * UNITS[match[2]]
    if duration < 0:
        raise PeopleError(f"a duration cannot be negative: {duration}")
    return float(duration)


class Machine(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A voicemail: it picks up after `answers`, speaks for `greeting`, and then beeps or does not."""

    greeting: Duration = 6.0
    beep: bool = True
    answers: Duration = 3.0

    def __post_init__(self) -> None:
        seconds(self.greeting)
        seconds(self.answers)

    @property
    def lasts(self) -> float:
        """Seconds that it speaks."""
        return seconds(self.greeting)


class Hears(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person does `after` a phrase was spoken: type keys, hang up. The pattern is a text or a regular expression.

    A list of keys is for a phrase that comes again: the first time its first item, and so on, and then nothing.
    """

    pattern: str
    press: Keys | tuple[Keys, ...] = ""
    hangup: bool = False
    after: Duration = 0.5

    def __post_init__(self) -> None:
        seconds(self.after)
        typed(self.press)
        if not self.pattern:
            raise PeopleError("pattern must not be empty")
        if (self.press not in ("", ())) == self.hangup:
            raise PeopleError("whoever hears something either presses keys or hangs up: give press, or hangup: true")

    def keys(self, time: int) -> str:
        """What is typed when the phrase comes for that time, counted from 0."""
        if not isinstance(self.press, tuple):
            return str(self.press)
        return str(self.press[time]) if time < len(self.press) else ""

    def found(self, text: str) -> int:
        """Where in a text the phrase is over; 0 where it is not in it. Letter case does not count."""
        match = _pattern(self.pattern).search(text)
        return match.end() if match else 0


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(f"{re.escape(pattern)}|{pattern}", re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(pattern), re.IGNORECASE)


class Held(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person who puts the call on hold: so long after the answer, and for so long."""

    after: Duration = 2.0
    lasts: Duration = 5.0

    def __post_init__(self) -> None:
        seconds(self.after)
        seconds(self.lasts)


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Somebody who is called, or calls. Whoever is nothing else answers after 3 s."""

    answers: Duration | None = None
    """Seconds of ringing until the answer."""
    busy: bool = False
    no_answer: bool = False
    """Lets it ring."""
    rejects: int | bool = False
    """Declines, with 603 or the SIP status given."""
    unknown: bool = False
    """The number does not exist."""
    machine: Machine | bool = False

    silent: bool = False
    """Answers and says nothing, which machine detection hears."""
    hears: tuple[Hears, ...] = ()
    presses: Keys | tuple[Keys, ...] = ()
    """What is typed when keys are waited for: one item each time."""
    talks: Duration | UnsetType | None = UNSET
    """Seconds from the bridge to hanging up; null stays. Left out, the called hang up after 10 s, and callers stay."""
    hangs_up: Duration | None = None
    """Seconds from the answer to hanging up; a caller's count from the first ring."""
    held: Held | None = None

    def __post_init__(self) -> None:
        ways = {
            "answers": self.answers is not None,
            "busy": self.busy,
            "no_answer": self.no_answer,
            "rejects": self.rejects is not False,
            "unknown": self.unknown,
            "machine": self.machine is not False,
        }
        chosen = [way for way, taken in ways.items() if taken]
        if len(chosen) > 1:
            raise PeopleError(f"a person takes a call in one way, not {len(chosen)}: {', '.join(chosen)}")
        if not isinstance(self.rejects, bool) and not 400 <= self.rejects <= 699:
            raise PeopleError(f"a call is rejected with a SIP status from 400 to 699, not {self.rejects}")
        for duration in (self.answers, self.hangs_up, self.talks):
            if duration is not None and duration is not UNSET:
                seconds(duration)
        typed(self.presses)

    @property
    def items(self) -> tuple[str, ...]:
        """What is typed, time by time."""
        return typed(self.presses)

    def takes_a_call(self) -> tuple[float | None, int]:
        """After how many seconds something comes of a call, and the SIP status of a refusal; 0 for an answer, None for never."""
        if self.no_answer:
            return None, 0
        if self.busy:
            return NETWORK, 486
        if self.unknown:
            return NETWORK, 404
        if self.rejects is not False:
            return REFLECTION, 603 if self.rejects is True else self.rejects
        machine = self.voicemail
        return seconds(machine.answers if machine else RINGS if self.answers is None else self.answers), 0

    @property
    def voicemail(self) -> Machine | None:
        """The machine, where it is one."""
        if isinstance(self.machine, Machine):
            return self.machine
        return Machine() if self.machine else None


def typed(keys: Keys | tuple[Keys, ...]) -> tuple[str, ...]:
    """Items of keys as text. Raises PeopleError where one cannot be typed."""
    items = tuple(str(item) for item in (keys if isinstance(keys, tuple) else (keys,)))
    for item in items:
        if not TYPED.fullmatch(item):
            raise PeopleError(f'"{item}" cannot be typed: keys are 0-9 A-D * #, with w for half a second and W for one')
    return items


WORDS: dict[str, dict[str, Any]] = {
    "answers": {"answers": 3.0},
    "busy": {"busy": True},
    "no_answer": {"no_answer": True},
    "rejects": {"rejects": True},
    "unknown": {"unknown": True},
    "machine": {"machine": True},
    "silent": {"silent": True},
}
"""People in one word."""


def read(written: object) -> Person:
    """A person from one word or a mapping. Raises PeopleError."""
    if isinstance(written, Person):
        return written
    if isinstance(written, str):
        if written not in WORDS:
            raise PeopleError(f"{written} is not a way to take a call; there are {', '.join(WORDS)}")
        written = WORDS[written]
    try:
        return msgspec.convert(written, Person)
    except msgspec.ValidationError as error:
        wrong = diagnose(written, Person, error, "a person")
        raise PeopleError(wrong.message, wrong.path, wrong.at_key) from None


class People:
    """Who is at which address. `by` has telephone numbers, SIP URIs and labels of legs (`b1`) as keys.

    `caller` is whoever calls us from a number that `by` has not, `default` whoever we call at one.
    """

    def __init__(
        self, by: Mapping[str, Person | str] | None = None, caller: Person | None = None, *, default: Person | None = None
    ) -> None:
        self._by = {_plain(address): read(person) for address, person in (by or {}).items()}
        self._met = dict.fromkeys(self._by, False)
        self._names = {_plain(address): address for address in by or {}}
        self._caller = caller or Person()
        self._default = default or Person()

    def called(self, address: str, label: str = "") -> Person:
        """Who is called at an address: by the whole of it, else by the leg's label."""
        return self._known(address, label) or self._default

    def calling(self, address: str, label: str = "") -> Person:
        """Who calls from an address."""
        return self._known(address, label) or self._caller

    @property
    def unmet(self) -> list[str]:
        """Those whom nobody has called, and who have called nobody, as they were written."""
        return [self._names[one] for one, met in self._met.items() if not met]

    def _known(self, address: str, label: str) -> Person | None:
        for one in (_plain(address), label):
            if one in self._by:
                self._met[one] = True
                return self._by[one]
        return None


def _plain(address: str) -> str:
    """An address as it is compared: a SIP URI without parameters, letter case or its s; a number at the carrier is that number."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in ("sip", "sips"):
        uri = rest.partition(";")[0].partition("?")[0].lower()
        user, _, host = uri.rpartition("@")
        return user if user.startswith("+") and host == REALM else f"sip:{uri}"
    return address
