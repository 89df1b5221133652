"""Somebody on the line, acting as the person that they are: takes the call or does not, listens, types, and leaves at some time.

Everything here happens after a while and only if the leg still lives; what the person is stands in `people`.
"""

from collections import Counter
from collections.abc import Callable

from msgspec import UNSET

from callverbs.interpreter.simulator import ending, gathering, ringing
from callverbs.interpreter.simulator.clock import Handle
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import Leg, Sound
from callverbs.interpreter.simulator.people import Hears, Person, seconds

TALK = 10.0
"""Seconds that somebody who was called talks, unless it is said otherwise."""
THOUGHT = 1.0
"""Seconds before the first key when keys are waited for."""
KEY = 0.3
"""Seconds from one key to the next."""
MOMENT = 0.01
"""Seconds before the end of a sound at which its last word counts as heard."""
WAITS = {"w": 0.5, "W": 1.0}


class Actor:
    """A person at one end of a leg."""

    def __init__(self, exchange: Exchange, leg: Leg, person: Person) -> None:
        self.person = person
        self._exchange = exchange
        self._leg = leg
        self._items = iter(person.items)
        self._times: Counter[Hears] = Counter()
        self._leaving: Handle | None = None

    def rings(self) -> None:
        """The first ring, of the phone that is called or in the caller's ear."""
        if self._leg.direction == "incoming":
            self._leaves_after_a_while()
            return
        after, status = self.person.takes_a_call()
        if after is None:
            return
        self._later(after, lambda: self._takes_it(status))

    def answered(self) -> None:
        """The call is up."""
        if self._leg.direction == "outgoing":
            self._leaves_after_a_while()
        if held := self.person.held:
            after, lasts = seconds(held.after), seconds(held.lasts)
            self._later(after, lambda: self._exchange.tell(self._leg, "call.hold"))
            self._later(after + lasts, lambda: self._exchange.tell(self._leg, "call.unhold"))

    def hears(self, sound: Sound) -> None:
        """Something begins to be heard: react to every phrase of it, once it has been spoken."""
        for reaction in self.person.hears:
            if end := reaction.found(sound.what):
                spoken = sound.length * end / len(sound.what)
                self._listens(sound, reaction, min(spoken, sound.length - MOMENT), sound.rounds)

    def waits(self) -> None:
        """Keys are waited for."""
        if (item := next(self._items, None)) is not None:
            self.types(item, THOUGHT)

    def bridged(self) -> None:
        """Somebody else can be heard."""
        talks = self.person.talks
        if talks is UNSET:
            talks = TALK if self._leg.direction == "outgoing" else None
        if talks is not None:
            self._leaving = self._later(seconds(talks), self.leaves)

    def parted(self) -> None:
        """Nobody else can be heard any more."""
        if self._leaving:
            self._leaving.cancel()

    def types(self, keys: str, after: float = 0.0) -> None:
        """Type keys one after the other."""
        for key in keys:
            if key in WAITS:
                after += WAITS[key]
                continue
            if after:
                self._later(after, self._types_one(key))
            else:
                self._types_one(key)()
            after += KEY

    def leaves(self) -> None:
        """Hang up, give up, or decline."""
        leg = self._leg
        unanswered = ending.CANCELLED if leg.direction == "incoming" else ending.rejected(ending.DECLINED)
        ending.by_party(self._exchange, leg, unanswered if leg.state == "ringing" else ending.CLEARED)

    def _types_one(self, key: str) -> Callable[[], None]:
        def types() -> None:
            if self._leg.is_up:
                gathering.press(self._exchange, self._leg, key)

        return types

    def _takes_it(self, status: int) -> None:
        if self._leg.state != "ringing":  # a script was quicker
            return
        if status:
            ending.by_party(self._exchange, self._leg, ending.rejected(status))
        else:
            ringing.answer(self._exchange, self._leg)

    def _leaves_after_a_while(self) -> None:
        if self.person.hangs_up is not None:
            self._later(seconds(self.person.hangs_up), self.leaves)

    def _listens(self, sound: Sound, reaction: Hears, after: float, rounds: int) -> None:
        """Wait for a phrase, and in a sound that is repeated for the next time."""

        def noticed() -> None:
            self._reacts(reaction)
            if rounds != 1:
                self._listens(sound, reaction, sound.length, rounds - 1)

        sound.handles.append(self._later(after, noticed))

    def _reacts(self, reaction: Hears) -> None:
        keys = reaction.keys(self._times[reaction])
        self._times[reaction] += 1
        if reaction.hangup:
            self._later(seconds(reaction.after), self.leaves)
        else:
            self.types(keys, seconds(reaction.after))

    def _later(self, after: float, action: Callable[[], None]) -> Handle:
        return self._exchange.later(self._leg, after, action)
