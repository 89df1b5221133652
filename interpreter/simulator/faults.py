"""Faults that are wanted: what goes wrong with webhooks and with commands, and how often. The same seed makes the same go wrong again.

Whether a rule strikes depends on the seed, the rule, the leg and how often the leg had such an event: not on what happens elsewhere.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

MAX_RULES = 100
MAX_SECONDS = 600.0

WebhookFault = Literal["duplicate", "reorder", "delay", "drop"]
CommandFault = Literal["error", "lost_answer", "slow"]


class FaultError(ValueError):
    """The faults cannot be as they are wanted."""


class FaultRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong with the webhooks of some types, or with some commands: patterns like `call.*` and `record_*`.

    duplicate: it comes twice. reorder: the next webhook of the leg overtakes it. delay: it comes `seconds` later. drop: it never comes.
    error: the command does nothing and has this `status`, with these `headers`. lost_answer: it is done, and the connection closes
    without an answer. slow: it is done, and the answer takes `seconds`.
    """

    fault: WebhookFault | CommandFault
    webhook: str = ""
    command: str = ""
    seconds: float = 1.0
    status: int = 500
    headers: dict[str, str] = {}
    probability: float = 1.0
    times: int = 0
    """How often it strikes at the most; 0 for no limit."""

    def __post_init__(self) -> None:
        is_of_webhooks = self.fault in ("duplicate", "reorder", "delay", "drop")
        if bool(self.webhook) == bool(self.command) or bool(self.webhook) != is_of_webhooks:
            raise ValueError(
                f"{self.fault} is a fault of {'webhooks: give webhook' if is_of_webhooks else 'commands: give command'}, "
                'a pattern of names such as "*", and not the other one'
            )
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability is a number from 0 to 1, not {self.probability:g}")
        if not 0 <= self.seconds <= MAX_SECONDS:
            raise ValueError(f"seconds is a number from 0 to {MAX_SECONDS:g}, not {self.seconds:g}")
        if not 400 <= self.status <= 599:
            raise ValueError(f"status is that of an error, from 400 to 599, not {self.status}")
        if self.times < 0:
            raise ValueError("times cannot be negative")


class Faults:
    """The rules in force. The first one that strikes wins."""

    def __init__(self, rules: Sequence[FaultRule] = (), seed: str = "") -> None:
        self.seed = seed
        self.rules: list[FaultRule] = []
        self._initial = tuple(rules)
        self.reset()

    def reset(self) -> None:
        """Begins anew, with the rules of the start."""
        self._struck: Counter[int] = Counter()
        self._seen: Counter[tuple[int, str, str]] = Counter()
        self.replace(self._initial)

    def replace(self, rules: Sequence[FaultRule]) -> None:
        """Puts rules into force, instead of those that were. Raises FaultError for too many."""
        if len(rules) > MAX_RULES:
            raise FaultError(f"there are {MAX_RULES} faults at the most, not {len(rules)}")
        self.rules = list(rules)
        self._struck.clear()
        self._seen.clear()

    def of_webhook(self, event_type: str, leg: str) -> FaultRule | None:
        """Returns what goes wrong with a webhook of a leg; None for nothing."""
        return self._strike(event_type, leg, lambda rule: rule.webhook)

    def of_command(self, name: str, leg: str) -> FaultRule | None:
        """Returns what goes wrong with a command on a leg; None for nothing."""
        return self._strike(name, leg, lambda rule: rule.command)

    def _strike(self, name: str, leg: str, pattern: Callable[[FaultRule], str]) -> FaultRule | None:
        for index, rule in enumerate(self.rules):
            if not pattern(rule) or not fnmatchcase(name, pattern(rule)) or (rule.times and self._struck[index] >= rule.times):
                continue
            self._seen[index, leg, name] += 1
            drawn = random.Random(f"{self.seed}/{index}/{leg}/{name}/{self._seen[index, leg, name]}").random()  # noqa: S311 - a simulation
            if drawn < rule.probability:
                self._struck[index] += 1
                return rule
        return None
