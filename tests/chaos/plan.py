"""What is done to a call: drawn from a seed, so that the same seed does the same again."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Literal, NamedTuple

GAPS_SECONDS = (0.05, 0.5, 1.0, 2.5)
"""How long nobody is there after a worker has died. People on the phone do not give up in so short a time."""
LEASE_SECONDS = 6.0
"""How old something is when another worker does it in the place of a dead one: its lease is over, and a little more."""
SENDS_LATE: tuple[Literal["", "all", "last"], ...] = ("", "all", "last")
START_SECONDS = 1_700_000_000.0
"""When every call begins, and its first workers search for the first time."""


class Plan(NamedTuple):
    """One disturbed call. `dies_at` is the number of the failpoint at which the first worker dies; 0 for none."""

    sample: str = ""
    dies_at: int = 0
    point: str = ""
    gap: float = 0.0
    workers: int = 1
    """With two, webhooks are scattered over both, and the other one goes on when the first dies."""
    duplicated: float = 0.0
    """The part of the webhooks that come twice."""
    delay: float = 0.0
    """Webhooks come late by up to so many seconds, each by another time: out of order."""
    seed: int = 0
    slow_from: float = math.inf
    """Nobody dies: from this time on, in UTC seconds, the first worker stands still for the gap."""
    found_at: float | None = None
    """What it had in hand then has its result when its lease would be over; with a time, when a search from then on would find that."""
    sends_late: Literal["", "all", "last"] = ""
    """What of it is sent as late as that, too."""
    late: float = 0.0
    """All webhooks come late by so many seconds, in their order."""

    def slower(self, died_at: float) -> "Iterator[Plan]":
        """Yields plans of calls that are only slower: nobody dies. Webhooks come in their order, or as they came when somebody died."""
        orderly = self._replace(dies_at=0, duplicated=0.0, delay=0.0)
        controls = [orderly._replace(late=late) for late in sorted({0.0, self.delay / 4, self.delay / 2, self.delay})]
        if not died_at:
            yield from controls
            return
        for control in (*controls, self._replace(dies_at=0)):
            searches = (None, died_at + self.gap, START_SECONDS)
            for found_at, sends_late, workers in product(searches, SENDS_LATE, {1, self.workers}):
                yield control._replace(slow_from=died_at, found_at=found_at, sends_late=sends_late, workers=workers)

    @property
    def stands_still(self) -> tuple[float, float]:
        """From when until when the first worker stands still; with another one beside it, nobody notices."""
        return (self.slow_from, self.slow_from + self.gap) if self.workers == 1 and self.slow_from < math.inf else (0.0, 0.0)

    def done_at(self, made_at: float) -> float:
        """Returns when something has its result that the slow worker had in hand, and had made at a time."""
        over = made_at + LEASE_SECONDS
        return over if self.found_at is None else self.found_at + math.ceil(max(over - self.found_at, 0.0))


def draw(seed: int, points: Mapping[str, Sequence[str]]) -> Plan:
    """Returns the plan of a seed. `points` are the failpoints that the undisturbed call of each sample has passed."""
    random = Random(seed)
    sample = random.choice(sorted(points))
    passed = points[sample]
    name = random.choice(sorted(set(passed)))  # those that are passed seldom are as likely as the others
    dies_at = random.choice([number for number, one in enumerate(passed, 1) if one == name])
    return Plan(
        sample,
        dies_at if random.random() < 0.9 else 0,
        name,
        random.choice(GAPS_SECONDS),
        random.choice((1, 1, 2)),
        random.choice((0.0, 0.0, 0.2, 1.0)),
        random.choice((0.0, 0.0, 0.05, 0.3)),
        seed,
    )
