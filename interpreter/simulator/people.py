"""Simulated people as data: how they respond to a call, what they do when they hear something, and when they hang up.

`party` plays a person on a leg. Durations are numbers of seconds, or texts with a unit.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from callverbs.interpreter.simulator import phrase_pattern
from callverbs.interpreter.text.type_errors import diagnose
from callverbs.schemas import ValuePath
from callverbs.verbs.language.target import REALM

Duration = float | str
"""3, 3.5, "3s", "500ms" or "2m"."""

DEFAULT_ANSWER_SECONDS = 3.0
"""From the first ring to the answer of a person without `answers`."""
NETWORK_REFUSAL_SECONDS = 0.5
"""From the first ring to the refusal of a number that is busy or unknown."""
DECLINE_SECONDS = 2.0
"""From the first ring to the refusal of a person who rejects the call."""

SECONDS_OF_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
DURATION_PATTERN = re.compile(r"\s*([0-9]+(?:[.][0-9]*)?|[.][0-9]+)\s*(ms|s|m|h|)\s*")
Keys = str | int
"""Keys to press. A number stands for its digits, because YAML reads unquoted digits as a number."""
SAYING_MAX_CHARACTERS = 3000
KEYS_PATTERN = re.compile(r"[0-9A-D*#wW]*")
"""Keys, and pauses: w is half a second, W a second (as in Telnyx send_dtmf)."""


class PersonError(ValueError):
    """A person cannot be or do that. `where` is the path in the written person; `at_key` is true if it is the name of a property."""

    def __init__(self, reason: str, where: ValuePath = (), at_key: bool = False) -> None:
        self.where = where
        self.at_key = at_key
        super().__init__(reason)


class LegStateError(PersonError):
    """A person cannot do that in the present state of the leg."""


def to_seconds(duration: Duration) -> float:
    """Returns a duration in seconds. Raises PersonError where it is not a duration."""
    if isinstance(duration, str):
        match = DURATION_PATTERN.fullmatch(duration)
        if match is None:
            raise PersonError(f'"{duration}" is not a duration: write seconds, or a number with ms, s, m or h')
        return float(match[1]) * SECONDS_OF_UNIT[match[2]]
    if duration < 0:
        raise PersonError(f"a duration cannot be negative: {duration}")
    return float(duration)


class Machine(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An answering machine: it answers after `answers` and speaks for `greeting`; with `beep`, it then beeps."""

    greeting: Duration = 6.0
    beep: bool = True
    answers: Duration = 3.0

    def __post_init__(self) -> None:
        to_seconds(self.greeting)
        to_seconds(self.answers)

    @property
    def greeting_seconds(self) -> float:
        return to_seconds(self.greeting)


class Saying(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person says: the text, how sure the carrier is of it (0 to 1), and what it recognises where that is something else."""

    text: str
    confidence: float = 0.9
    recognized: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise PersonError(f"confidence is a number from 0 to 1, not {self.confidence:g}")
        if len(self.text) > SAYING_MAX_CHARACTERS:
            raise PersonError(f"somebody says {SAYING_MAX_CHARACTERS} characters at once at the most, not {len(self.text)}")


Says = str | Saying
"""Something to say: a text, or a text with more."""


def saying(written: Says) -> Saying:
    """Returns what a person says, from a text or with more."""
    return Saying(written) if isinstance(written, str) else written


def read_saying(written: object) -> Saying:
    """Returns what a person says, as a scenario or a request has it. Raises PersonError."""
    try:
        found = saying(msgspec.convert(written, Says))
    except msgspec.ValidationError as error:
        diagnostic = diagnose(written, Saying, error, "what somebody says")
        raise PersonError(diagnostic.message, diagnostic.path, diagnostic.at_key) from None
    if not found.text.strip():
        raise PersonError("say what: say: sales")
    return found


class Reaction(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person does `after` a phrase was spoken: press keys, say something, or hang up. The pattern is a text or a regular expression.

    Of a list of keys or sayings, one item is used each time that the phrase is heard, and nothing after the last.
    """

    pattern: str
    press: Keys | tuple[Keys, ...] = ""
    say: Says | tuple[Says, ...] = ""
    hangup: bool = False
    after: Duration = 0.5

    def __post_init__(self) -> None:
        to_seconds(self.after)
        key_items(self.press)
        try:
            phrase_pattern.compiled(self.pattern)
        except ValueError as error:
            raise PersonError(str(error)) from None
        if [self.press not in ("", ()), self.say not in ("", ()), self.hangup].count(True) != 1:
            raise PersonError("whoever hears something presses keys, says something or hangs up: give press, say, or hangup: true")

    def keys(self, repetition: int) -> str:
        """Returns the keys to press when the phrase is heard; `repetition` is 0 the first time."""
        if not isinstance(self.press, tuple):
            return str(self.press)
        return str(self.press[repetition]) if repetition < len(self.press) else ""

    def saying(self, repetition: int) -> Saying | None:
        """Returns what is said when the phrase is heard; `repetition` is 0 the first time."""
        items = self.say if isinstance(self.say, tuple) else (self.say,) * (repetition + 1)
        found = saying(items[repetition]) if repetition < len(items) else None
        return found if found and found.text else None

    def phrase_end(self, text: str) -> int:
        """Returns the index in a text at which the phrase ends; 0 where the text does not have it. Letter case does not matter."""
        match = phrase_pattern.compiled(self.pattern).search(text)
        return match.end() if match else 0


class HoldPeriod(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a person puts the call on hold: so long after the answer, and for how long."""

    after: Duration = 2.0
    lasts: Duration = 5.0

    def __post_init__(self) -> None:
        to_seconds(self.after)
        to_seconds(self.lasts)


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A simulated caller or callee. A callee answers after 3 s unless another response is given."""

    answers: Duration | None = None
    """From the first ring to the answer."""
    busy: bool = False
    no_answer: bool = False
    rejects: int | bool = False
    """Rejects the call, with SIP status 603 or the one given."""
    unknown: bool = False
    """The number does not exist."""
    machine: Machine | bool = False

    silent: bool = False
    """Says nothing after the answer, which machine detection reports."""
    hears: tuple[Reaction, ...] = ()
    presses: Keys | tuple[Keys, ...] = ()
    """The keys to press when a gather waits for keys, one item each time."""
    says: Says | tuple[Says, ...] = ()
    """What to say when a verb listens, one item each time, and each prompt; an empty text says nothing."""
    talks: Duration | UnsetType | None = UNSET
    """From the bridge to hanging up; None stays. By default a callee hangs up after 10 s, and a caller stays."""
    hangs_up: Duration | None = None
    """From the answer to hanging up; for a caller, from the first ring."""
    held: HoldPeriod | None = None
    message: Duration | None = None
    """For how long the person speaks while being recorded; None without a pause, until the recording ends."""
    synthetic: bool = False
    """Speaks with a synthetic voice, which deepfake detection reports."""
    opted_out: bool = False
    """Has replied STOP to a text message, and gets no more of them."""

    def __post_init__(self) -> None:
        responses = {
            "answers": self.answers is not None,
            "busy": self.busy,
            "no_answer": self.no_answer,
            "rejects": self.rejects is not False,
            "unknown": self.unknown,
            "machine": self.machine is not False,
        }
        chosen = [name for name, is_given in responses.items() if is_given]
        if len(chosen) > 1:
            raise PersonError(f"a person takes a call in one way, not {len(chosen)}: {', '.join(chosen)}")
        if not isinstance(self.rejects, bool) and not 400 <= self.rejects <= 699:
            raise PersonError(f"a call is rejected with a SIP status from 400 to 699, not {self.rejects}")
        for duration in (self.answers, self.hangs_up, self.talks, self.message):
            if duration is not None and duration is not UNSET:
                to_seconds(duration)
        key_items(self.presses)

    @property
    def press_items(self) -> tuple[str, ...]:
        """The keys to press, one item for each time."""
        return key_items(self.presses)

    @property
    def message_seconds(self) -> float | None:
        """For how long the person speaks while being recorded; None without end."""
        if self.silent:
            return 0.0
        return None if self.message is None else to_seconds(self.message)

    @property
    def sayings(self) -> tuple[Saying, ...]:
        """What to say, one item for each time."""
        return tuple(saying(item) for item in (self.says if isinstance(self.says, tuple) else (self.says,)))

    def call_response(self) -> tuple[float | None, int]:
        """Returns the seconds from the first ring to the response, None for never, and the SIP status of a refusal, 0 for an answer."""
        if self.no_answer:
            return None, 0
        if self.busy:
            return NETWORK_REFUSAL_SECONDS, 486
        if self.unknown:
            return NETWORK_REFUSAL_SECONDS, 404
        if self.rejects is not False:
            return DECLINE_SECONDS, 603 if self.rejects is True else self.rejects
        machine = self.answering_machine
        return to_seconds(machine.answers if machine else DEFAULT_ANSWER_SECONDS if self.answers is None else self.answers), 0

    @property
    def answering_machine(self) -> Machine | None:
        """The answering machine; None for a person."""
        if isinstance(self.machine, Machine):
            return self.machine
        return Machine() if self.machine else None


def key_items(keys: Keys | tuple[Keys, ...]) -> tuple[str, ...]:
    """Returns keys as a tuple of texts. Raises PersonError where one is not a key."""
    items = tuple(str(item) for item in (keys if isinstance(keys, tuple) else (keys,)))
    for item in items:
        if not KEYS_PATTERN.fullmatch(item):
            raise PersonError(f'"{item}" cannot be typed: keys are 0-9 A-D * #, with w for half a second and W for one')
    return items


PERSON_OF_WORD: dict[str, dict[str, Any]] = {
    "answers": {"answers": DEFAULT_ANSWER_SECONDS},
    "busy": {"busy": True},
    "no_answer": {"no_answer": True},
    "rejects": {"rejects": True},
    "unknown": {"unknown": True},
    "machine": {"machine": True},
    "silent": {"silent": True},
}
"""People that a scenario can name by one word."""


def read_person(written: object) -> Person:
    """Returns a person from one word or a mapping. Raises PersonError."""
    if isinstance(written, Person):
        return written
    if isinstance(written, str):
        if written not in PERSON_OF_WORD:
            raise PersonError(f"{written} is not a way to take a call; there are {', '.join(PERSON_OF_WORD)}")
        written = PERSON_OF_WORD[written]
    try:
        return msgspec.convert(written, Person)
    except msgspec.ValidationError as error:
        diagnostic = diagnose(written, Person, error, "a person")
        raise PersonError(diagnostic.message, diagnostic.path, diagnostic.at_key) from None


class PersonDirectory:
    """The people by address. Keys of `people` are telephone numbers, SIP URIs and names of legs (`b1`).

    `caller` calls from every address that `people` does not have, and `default` is called at such an address.
    """

    def __init__(
        self, people: Mapping[str, Person | str] | None = None, caller: Person | None = None, *, default: Person | None = None
    ) -> None:
        self._people = {_normalised(address): read_person(person) for address, person in (people or {}).items()}
        self._unused = {_normalised(address): address for address in people or {}}
        self._caller = caller or Person()
        self._default = default or Person()

    def callee(self, address: str, leg: str = "") -> Person:
        """Returns the person who is called at an address: that of the address, else that of the leg's name."""
        return self._find(address, leg) or self._default

    def caller(self, address: str, leg: str = "") -> Person:
        """Returns the person who calls from an address: that of the address, else that of the leg's name."""
        return self._find(address, leg) or self._caller

    @property
    def unused(self) -> list[str]:
        """The keys of people who were not on any leg, as they were written."""
        return list(self._unused.values())

    def opted_out(self, address: str) -> bool:
        """Returns whether the person at an address gets no text messages."""
        person = self._find(address, "")
        return person is not None and person.opted_out

    def _find(self, address: str, leg: str) -> Person | None:
        for key in (_normalised(address), leg):
            if key in self._people:
                self._unused.pop(key, None)
                return self._people[key]
        return None


def _normalised(address: str) -> str:
    """Returns an address for comparing: a SIP URI as `sip:` in lower case without parameters; a number at the carrier's host alone."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in ("sip", "sips"):
        uri = rest.partition(";")[0].partition("?")[0].lower()
        user, _, host = uri.rpartition("@")
        return user if user.startswith("+") and host == REALM else f"sip:{uri}"
    return address
