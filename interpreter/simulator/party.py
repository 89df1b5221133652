"""Plays a person on a leg: answers or refuses the call, reacts to what is heard, presses keys, and hangs up.

Everything here happens some seconds later, and only if the leg has not ended by then.
"""

from collections import Counter
from collections.abc import Callable

from msgspec import UNSET

from callverbs.interpreter.simulator import ending, gathering, ringing, transcribing
from callverbs.interpreter.simulator.clock import TimerHandle
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg, Sound
from callverbs.interpreter.simulator.media import SPEECH_CHARACTERS_PER_SECOND
from callverbs.interpreter.simulator.people import Person, Reaction, Saying, to_seconds

CALLEE_TALK_SECONDS = 10.0
"""How long a callee without `talks` stays on a bridge."""
FIRST_KEY_SECONDS = 1.0
"""From when a gather waits for keys to the first key of `presses`."""
KEY_INTERVAL_SECONDS = 0.3
"""From one key to the next."""
FIRST_WORD_SECONDS = 1.0
"""From the silence in which a verb listens to the first word of `says`."""
PHRASE_MARGIN_SECONDS = 0.01
"""A phrase at the end of a sound counts as heard so long before the end."""
PAUSE_SECONDS_OF_KEY = {"w": 0.5, "W": 1.0}


class SimulatedParty:
    """A person at the far end of a leg."""

    def __init__(self, exchange: Exchange, leg: SimulatedLeg, person: Person) -> None:
        self.person = person
        self._exchange = exchange
        self._leg = leg
        self._press_items = iter(person.press_items)
        self._sayings = iter(person.sayings)
        self._has_turn = False
        """A verb listens, and the person has not said anything to it."""
        self._turn_timer: TimerHandle | None = None
        self._speaks_until = 0.0
        self._heard_counts: Counter[Reaction] = Counter()
        self._talk_timer: TimerHandle | None = None

    def on_ringing(self) -> None:
        """Schedules the response of a callee, or the time at which a caller gives up."""
        if self._leg.direction == "incoming":
            self._schedule_hangup()
            return
        after, sip_status = self.person.call_response()
        if after is None:
            return
        self._call_later(after, lambda: self._respond(sip_status))

    def on_answered(self) -> None:
        """Schedules the hangup of a callee, and the time on hold."""
        if self._leg.direction == "outgoing":
            self._schedule_hangup()
        if held := self.person.held:
            after, duration = to_seconds(held.after), to_seconds(held.lasts)
            self._call_later(after, lambda: self._exchange.send_webhook(self._leg, "call.hold"))
            self._call_later(after + duration, lambda: self._exchange.send_webhook(self._leg, "call.unhold"))

    def on_sound(self, sound: Sound) -> None:
        """Schedules the reaction to each phrase of a sound, at the time at which it will have been spoken.

        Where somebody listens already, the person has something to say after it again.
        """
        self._cancel_turn()
        self._has_turn = self._has_turn or self._leg.transcription is not None
        for reaction in self.person.hears:
            if end := reaction.phrase_end(sound.content):
                spoken = sound.seconds * end / len(sound.content)
                self._schedule_reaction(sound, reaction, min(spoken, sound.seconds - PHRASE_MARGIN_SECONDS), sound.loops)

    def on_waiting_for_keys(self) -> None:
        """Presses the next item of `presses`."""
        if (item := next(self._press_items, None)) is not None:
            self.press(item, FIRST_KEY_SECONDS)

    def on_listened_to(self) -> None:
        """Says the next item of `says`, or without one presses the next of `presses`, once it is silent."""
        self._has_turn = True
        if not self._leg.sounds:
            self.on_silence()

    def on_not_listened_to(self) -> None:
        """Says nothing any more."""
        self._has_turn = False
        self._cancel_turn()

    def on_silence(self) -> None:
        """Takes the turn, if nothing is heard for a while."""
        self._cancel_turn()
        if self._has_turn:
            self._turn_timer = self._call_later(FIRST_WORD_SECONDS, self._take_turn)

    def _cancel_turn(self) -> None:
        if self._turn_timer:
            self._turn_timer.cancel()
            self._turn_timer = None

    def _take_turn(self) -> None:
        self._has_turn = False
        if (saying := next(self._sayings, None)) is not None:
            self.say(saying)
        elif (keys := next(self._press_items, None)) is not None:
            self.press(keys)

    def say(self, saying: Saying) -> None:
        """Says something, after what is being said already."""
        self.on_not_listened_to()  # who speaks has had the turn
        now = self._exchange.clock.now()
        wait = max(0.0, self._speaks_until - now)
        self._speaks_until = now + wait + len(saying.text) / SPEECH_CHARACTERS_PER_SECOND
        if wait:
            self._call_later(wait, lambda: self._speak(saying))
        else:
            self._speak(saying)

    def _speak(self, saying: Saying) -> None:
        if self._leg.is_up and saying.text:
            transcribing.say(self._exchange, self._leg, saying)

    def on_bridged(self) -> None:
        """Schedules the end of the talk."""
        talks = self.person.talks
        if talks is UNSET:
            talks = CALLEE_TALK_SECONDS if self._leg.direction == "outgoing" else None
        if talks is not None:
            self._talk_timer = self._call_later(to_seconds(talks), self.hang_up)

    def on_unbridged(self) -> None:
        """Cancels the end of the talk."""
        if self._talk_timer:
            self._talk_timer.cancel()

    def press(self, keys: str, after: float = 0.0) -> None:
        """Presses keys one after the other, the first one `after` so many seconds."""
        for key in keys:
            if key in PAUSE_SECONDS_OF_KEY:
                after += PAUSE_SECONDS_OF_KEY[key]
                continue
            if after:
                self._call_later(after, self._key_callback(key))
            else:
                self._key_callback(key)()
            after += KEY_INTERVAL_SECONDS

    def hang_up(self) -> None:
        """Hangs up; before the answer, a caller gives up and a callee declines."""
        leg = self._leg
        unanswered = ending.ORIGINATOR_CANCEL if leg.direction == "incoming" else ending.rejection(ending.DECLINED_SIP_STATUS)
        ending.hang_up_by_party(self._exchange, leg, unanswered if leg.state == "ringing" else ending.NORMAL_CLEARING)

    def _key_callback(self, key: str) -> Callable[[], None]:
        def press_key() -> None:
            if self._leg.is_up:
                gathering.press_key(self._exchange, self._leg, key)

        return press_key

    def _respond(self, sip_status: int) -> None:
        """Answers the call, or refuses it with a SIP status."""
        if self._leg.state != "ringing":  # a script has responded before
            return
        if sip_status:
            ending.hang_up_by_party(self._exchange, self._leg, ending.rejection(sip_status))
        else:
            ringing.answer(self._exchange, self._leg)

    def _schedule_hangup(self) -> None:
        if self.person.hangs_up is not None:
            self._call_later(to_seconds(self.person.hangs_up), self.hang_up)

    def _schedule_reaction(self, sound: Sound, reaction: Reaction, after: float, loops: int) -> None:
        """Schedules a reaction, and for a sound that is repeated the next one."""

        def react() -> None:
            self._react(reaction)
            if loops != 1:
                self._schedule_reaction(sound, reaction, sound.seconds, loops - 1)

        sound.timers.append(self._call_later(after, react))

    def _react(self, reaction: Reaction) -> None:
        count = self._heard_counts[reaction]
        keys, saying = reaction.keys(count), reaction.saying(count)
        self._heard_counts[reaction] += 1
        if reaction.hangup:
            self._call_later(to_seconds(reaction.after), self.hang_up)
        elif saying:
            self._call_later(to_seconds(reaction.after), lambda: self.say(saying))
        else:
            self.press(keys, to_seconds(reaction.after))

    def _call_later(self, after: float, callback: Callable[[], None]) -> TimerHandle:
        return self._exchange.call_later(self._leg, after, callback)
