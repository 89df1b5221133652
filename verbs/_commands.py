"""Everything that a call can wish for, as frozen words: commands to the carrier, and questions to the application.

Legs go by our own names; seconds everywhere. What the carrier calls a thing, and its limits, is known at its border only.
"""

from typing import Any, ClassVar, Literal

from msgspec import Struct

from verbs._names import snake
from verbs._spec import Credentials, Synthesizer

FOREVER = 0
"""The number of rounds that never end."""
LONGEST_FILE = 3600.0
LONGEST_PROMPT = 600.0
"""Seconds that nobody waits longer for the end of a file: how long it really is, we are not told."""


class Wish(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="wish", tag=snake):
    """Something to be sent once it is saved."""

    def lanes(self) -> tuple[str, ...]:
        """Wishes of one lane are sent in the order in which they were made."""
        return ()


class Command(Wish, frozen=True, kw_only=True):
    """A wish to the carrier about one leg."""

    awaits: ClassVar[str] = ""
    """The kind of event that ends it, where the carrier tells one."""
    media: ClassVar[bool] = False
    """It is heard on the leg, so it has to wait for what was stopped before it."""

    leg: str
    carrier: dict[str, Any] = {}

    def lanes(self) -> tuple[str, ...]:
        return (self.leg,)

    def addresses(self) -> tuple[str, ...]:
        """The legs whose ids at the carrier it needs."""
        return (self.leg,)

    def places(self) -> str:
        """The leg that it brings into being, if it does."""
        return ""

    def length(self) -> float:
        """How long it should take, in seconds; 0 where nobody knows."""
        return 0.0


class Answer(Command, frozen=True, kw_only=True):
    """Answer an inbound leg."""

    awaits: ClassVar[str] = "answer"


class Reject(Command, frozen=True, kw_only=True):
    """Refuse an inbound leg that has not been answered."""

    awaits: ClassVar[str] = "hangup"
    busy: bool = False


class HangUp(Command, frozen=True, kw_only=True):
    """End a leg."""

    awaits: ClassVar[str] = "hangup"
    headers: dict[str, str] = {}


class Speak(Command, frozen=True, kw_only=True):
    """Speak text; SSML where it begins with <speak."""

    awaits: ClassVar[str] = "speak"
    media: ClassVar[bool] = True
    text: str
    voice: Synthesizer
    rounds: int = 1

    def length(self) -> float:
        return self.rounds * spoken(self.text)


class Play(Command, frozen=True, kw_only=True):
    """Play a file from its URL, or one of our own sounds by its name."""

    awaits: ClassVar[str] = "playback"
    media: ClassVar[bool] = True
    url: str = ""
    sound: str = ""
    rounds: int = 1

    def length(self) -> float:
        return self.rounds * LONGEST_FILE


class StopMedia(Command, frozen=True, kw_only=True):
    """Stop what the leg hears, and what waits to be heard."""


class Keys(Command, frozen=True, kw_only=True):
    """How keys are collected. `finish_on` is the key that ends the input; empty for none."""

    awaits: ClassVar[str] = "gather"
    media: ClassVar[bool] = True
    least: int = 1
    most: int = 128
    finish_on: str = ""
    timeout: float
    """From the end of the prompt to the end of the input, or to its first key where there is a time between keys."""
    between: float = 0.0
    """From one key to the next; 0 where only `timeout` counts."""

    @property
    def wait(self) -> float:
        """Seconds after a key in which another one can come."""
        return self.between or self.timeout

    def length(self) -> float:
        return self.timeout + self.wait


class Gather(Keys, frozen=True, kw_only=True):
    """Collect keys."""


class GatherUsingSpeak(Keys, frozen=True, kw_only=True):
    """Speak a prompt that the first key stops, and collect keys."""

    text: str
    voice: Synthesizer

    def length(self) -> float:
        return spoken(self.text) + super().length()


class GatherUsingAudio(Keys, frozen=True, kw_only=True):
    """Play a prompt that the first key stops, and collect keys."""

    url: str

    def length(self) -> float:
        return LONGEST_PROMPT + super().length()


class StopGather(Command, frozen=True, kw_only=True):
    """Stop collecting keys."""


class Detection(Struct, frozen=True, omit_defaults=True):
    """How the carrier is to find out whether a machine has answered. Seconds, and a number of words."""

    words: int = 8
    decision: float = 15.0
    silence: float = 2.0


class Party(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """Whom to call and as whom: what dial and transfer have in common."""

    to: str
    from_: str = ""
    from_name: str = ""
    timeout: float = 60.0
    time_limit: float = 0.0
    headers: dict[str, str] = {}
    auth: Credentials | None = None
    detection: Detection | None = None


class Dial(Command, frozen=True, kw_only=True):
    """Call a party; `leg` is the new leg's name, `link_to` the leg whose conversation it joins."""

    party: Party
    connection: str = ""
    link_to: str = ""
    encryption: str = ""

    def addresses(self) -> tuple[str, ...]:
        return (self.link_to,) if self.link_to else ()

    def places(self) -> str:
        return self.leg


class Bridge(Command, frozen=True, kw_only=True):
    """Let two legs hear each other; `leg` stays with us when the other one goes."""

    other: str

    def lanes(self) -> tuple[str, ...]:
        return (self.leg, self.other)

    def addresses(self) -> tuple[str, ...]:
        return (self.leg, self.other)


class Transfer(Command, frozen=True, kw_only=True):
    """Let the carrier call a party and bridge it with `leg`, which stays with us afterwards; `other` is the new leg's name."""

    party: Party
    other: str

    def lanes(self) -> tuple[str, ...]:
        return (self.leg, self.other)

    def places(self) -> str:
        return self.other


class Refer(Command, frozen=True, kw_only=True):
    """Tell the far end of a leg to call somebody itself."""

    to: str
    headers: dict[str, str] = {}
    auth: Credentials | None = None


class Enquire(Command, frozen=True, kw_only=True):
    """Ask whether a leg still lives."""

    def lanes(self) -> tuple[str, ...]:
        return ()


class Ask(Wish, frozen=True, kw_only=True):
    """A question to the application.

    call: the first hook, whose reply is the program. action: a verb's own, whose reply may replace the program.
    confirm, amd, redirect, result: their verb does something with the reply. notify, status: nobody waits for the reply.
    """

    kind: Literal["call", "action", "confirm", "amd", "hold", "redirect", "result", "notify", "status"]
    url: str
    method: str = "POST"
    auth: Credentials | None = None
    payload: dict[str, Any] = {}
    key: str = ""
    """The asking verb's own name for the question."""
    lane: str = ""

    def lanes(self) -> tuple[str, ...]:
        return (self.lane,) if self.lane else ()


def spoken(text: str) -> float:
    """About how long a text takes to speak, in seconds; rather too long than too short (14 characters a second is usual)."""
    return 1.0 + len(text) / 10.0
