"""`dtmf`: send keys to the party."""

from typing import Any

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb

KEY_MIN_MS, KEY_MAX_MS = 100.0, 500.0
"""How long the carrier can sound a key (Telnyx send_dtmf: duration_millis 100..500)."""
GAP_SECONDS = 0.25
"""From one key to the next (jambonz dtmf.js)."""
TAIL_SECONDS = 0.75
"""After the last key (jambonz dtmf.js)."""
PAUSE_SECONDS = {"w": 0.5, "W": 1.0}
"""Pauses among the keys (Telnyx send_dtmf: digits)."""


class DtmfSpec(Spec):
    """Keys as written. `duration` is that of one key, in milliseconds."""

    dtmf: str
    duration: float = 500
    carrier: dict[str, Any] = {}

    @property
    def digits(self) -> str:
        """The keys as the carrier takes them: A to D in capitals."""
        return "".join(key.upper() if key in "abcd" else key for key in self.dtmf)

    @property
    def key_seconds(self) -> float:
        """How long a key sounds: what the author wrote, within what the carrier can."""
        return min(max(self.duration, KEY_MIN_MS), KEY_MAX_MS) / 1000

    @property
    def expected_seconds(self) -> float:
        """How long all of it takes, pauses included."""
        return sum(PAUSE_SECONDS.get(key, self.key_seconds + GAP_SECONDS) for key in self.dtmf) + TAIL_SECONDS


class Dtmf(Verb[DtmfSpec], needs_answer=True, command="send_dtmf"):
    """Sends all keys with one command. The carrier does not report that they have been sent, so a timer of ours ends the verb."""

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        call.command(commands.SendDtmf(leg=call.leg.name, digits=spec.digits, key_seconds=spec.key_seconds, carrier=spec.carrier))
        call.start_timer(self.on_sent_timer, self.spec.expected_seconds)

    def on_sent_timer(self, call: VerbContext) -> None:
        call.finish()
