"""Puts the faults that are wanted between the carrier and the application: webhooks twice, late, out of order, or never."""

from collections.abc import Callable

from callverbs.interpreter.simulator.clock import Clock, TimerHandle
from callverbs.interpreter.simulator.faults import Faults
from callverbs.interpreter.simulator.routing import Webhook

MAX_HELD = 1_000
"""Webhooks that wait for one that overtakes them; more are not held."""
SAYINGS = {
    "drop": "is dropped",
    "duplicate": "is sent twice",
    "delay": "is delayed by {seconds:g} s",
    "reorder": "waits until another one has overtaken it, {seconds:g} s at the most",
}


class FaultyDelivery:
    """Passes webhooks to `send`, unless a rule says something else, of which `note` is told."""

    def __init__(self, send: Callable[[Webhook], None], faults: Faults, clock: Clock, note: Callable[[Webhook, str], None]) -> None:
        self._send = send
        self._faults = faults
        self._clock = clock
        self._note = note
        self._held: dict[str, tuple[Webhook, TimerHandle]] = {}
        self._delayed: set[TimerHandle] = set()

    def deliver(self, webhook: Webhook) -> None:
        """Delivers a webhook, with what goes wrong."""
        rule = self._faults.of_webhook(webhook.event_type, webhook.leg)
        overtaken = self._held.pop(webhook.key, None)
        if rule:
            self._note(webhook, f"fault: {webhook.event_type} {SAYINGS[rule.fault].format(seconds=rule.seconds)}")
        if rule and rule.fault == "reorder" and overtaken is None and len(self._held) < MAX_HELD:
            self._held[webhook.key] = webhook, self._clock.call_later(rule.seconds, lambda: self._release(webhook.key))
        elif rule and rule.fault == "delay":
            self._send_later(webhook, rule.seconds)
        elif not (rule and rule.fault == "drop"):
            self._send(webhook)
            if rule and rule.fault == "duplicate":
                self._send(webhook)
        if overtaken:
            overtaken[1].cancel()
            self._send(overtaken[0])

    def close(self) -> None:
        """Drops what is held back."""
        for timer in [*self._delayed, *(timer for _, timer in self._held.values())]:
            timer.cancel()
        self._held.clear()
        self._delayed.clear()

    def _release(self, key: str) -> None:
        if held := self._held.pop(key, None):
            self._send(held[0])

    def _send_later(self, webhook: Webhook, seconds: float) -> None:
        def send() -> None:
            self._delayed.discard(handle)
            self._send(webhook)

        handle = self._clock.call_later(seconds, send)
        self._delayed.add(handle)
