"""Microseconds per event of `step`, on a simring call: three phones ring, the second answers, they talk, it ends."""

import statistics
import time

import msgspec

from callverbs.interpreter.engine.step import begin, step
from callverbs.verbs.language.app import App
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import (
    CommandAccepted,
    Event,
    HookReplied,
    LegAnswered,
    LegBridged,
    LegHungUp,
    LegInitiated,
    PlaybackEnded,
    SpeakEnded,
)

DOCUMENT = [
    {"verb": "say", "text": "One moment, please."},
    {"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": f"+1415555010{n}"} for n in (1, 2, 3)]},
    {"verb": "say", "text": "Goodbye."},
]
APP = App(name="bench", call_hook="/call", status_hook="/status", base_url="https://app.example", connection_id="1")
ROUNDS = 300


class Recorder:
    """Plays the carrier and the application, and records every event with the snapshot before it."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, Event]] = []
        self.n = 0
        self.now = 1000.0
        first = LegInitiated(**self._leg("a"), from_="+14155550100", to="+14155550199")
        self.snapshot = begin("S", APP, first)
        self.take(first)

    def _leg(self, leg: str) -> dict[str, object]:
        self.n += 1
        self.now += 0.1
        ids = {"call_control_id": f"v3:{leg}-{'x' * 44}", "call_leg_id": f"00000000-0000-4000-8000-0000000000{leg}", "call_session_id": "s"}
        return {"id": f"event-{self.n}", "at": self.now, "occurred_at": self.now, "leg": leg, **ids}

    def take(self, event: Event) -> None:
        """Takes an event, and everything that follows from it at once: the carrier accepts commands, hooks reply."""
        self.taken.append((self.snapshot, event))
        outcome = step(self.snapshot, event, "worker")
        self.snapshot = outcome.snapshot
        for entry in outcome.new:
            self.n += 1
            if isinstance(entry.message, Command):
                new = entry.message.created_leg()
                ids = {key: value for key, value in self._leg(new).items() if key.startswith("call_")} if new else {}
                self.take(CommandAccepted(id=f"answer-{self.n}", at=self.now, n=entry.n, **ids))
            else:
                body = msgspec.json.encode(DOCUMENT).decode() if entry.message.kind == "call" else ""
                kind = "application/json" if body else ""
                self.take(HookReplied(id=f"reply-{self.n}", at=self.now, n=entry.n, content_type=kind, body=body))

    def leg(self, word: type, leg: str, **fields: object) -> None:
        """Takes an event of a leg."""
        self.take(word(**self._leg(leg), **fields))


def record() -> list[tuple[bytes, Event]]:
    """Returns the events of the call, each with the snapshot before it."""
    call = Recorder()
    call.leg(LegAnswered, "a")
    call.leg(SpeakEnded, "a")
    for leg in ("b1", "b2", "b3"):
        call.leg(LegInitiated, leg, direction="outbound")
    call.leg(LegHungUp, "b1", cause="user_busy", sip_status=486)
    call.leg(LegAnswered, "b2")
    call.leg(PlaybackEnded, "a", status="cancelled")
    call.leg(LegBridged, "a")
    call.leg(LegBridged, "b2")
    call.leg(LegHungUp, "b3", cause="originator_cancel")
    call.leg(LegHungUp, "b2", cause="normal_clearing")
    call.leg(SpeakEnded, "a")
    call.leg(LegHungUp, "a", cause="normal_clearing")
    return call.taken


def main() -> None:
    """Times every event of the call, many times."""
    events = record()
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for snapshot, event in events:
            step(snapshot, event, "worker")
        rounds.append((time.perf_counter() - began) / len(events) * 1e6)
    decoded = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for snapshot, _event in events:
            msgspec.json.decode(snapshot)
        decoded.append((time.perf_counter() - began) / len(events) * 1e6)
    size = statistics.mean(len(snapshot) for snapshot, _ in events)
    print(f"step on a simring call of {len(events)} events, snapshots of {size:.0f} bytes")
    print(f"  step                         {statistics.median(rounds):7.1f} us per event (median of {ROUNDS} calls)")
    print(f"  untyped decode of the same   {statistics.median(decoded):7.1f} us per event")


if __name__ == "__main__":
    main()
