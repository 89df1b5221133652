"""`make chaos`: plays samples, disturbs each call by a seed, and compares it with the undisturbed call.

A seed that makes a difference is printed with its plan, and replays with `make chaos SEED=…`.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.trial import read_flow
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.stores.sqlite import SqliteStore
from tests.chaos.call import ChaosCall, Witnessed, immediate
from tests.chaos.plan import Plan, draw

SAMPLES = Path(__file__).parents[2] / "samples"
RUNS = 2000
FASTEST = Path("/dev/shm")
_files = count()


class Stage(NamedTuple):
    """Everything that a call of a sample needs."""

    scenario: Scenario
    document: str


@cache
def stages() -> dict[str, Stage]:
    """Returns the samples that have a scenario, by name."""
    found = {}
    for path in sorted(SAMPLES.glob("*/scenario.yaml")):
        loaded = scenario.read(path)
        flow = read_flow(loaded, path.parent)
        found[path.parent.name] = Stage(loaded, json.dumps(flow.value) if flow else "")
    return found


@cache
def usual(sample: str) -> Witnessed:
    """Returns the undisturbed call of a sample."""
    return play(Plan(sample), MemoryStore())


@cache
def failpoints() -> dict[str, list[str]]:
    """Returns the failpoints that the undisturbed call of each sample passes."""
    return {name: usual(name).points for name in stages()}


def play(plan: Plan, store: Store) -> Witnessed:
    """Plays a call by a plan."""
    stage = stages()[plan.sample]
    return ChaosCall(stage.scenario, stage.document, plan, store).run_disturbed()


@dataclass
class Verdict:
    """What a seed has come to."""

    plan: Plan
    differences: list[str] = field(default_factory=list)
    heard_twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    slow: bool = False
    """A call that was only slower has come to the same."""

    def __str__(self) -> str:
        lines = [f"SEED={self.plan.seed}: {self.plan}", *(f"  {one}" for one in (*self.differences, *self.heard_twice))]
        return "\n".join(lines)


def try_seed(seed: int, new_store: Callable[[], Store]) -> Verdict:
    """Plays the call of a seed, and returns what is not as usual."""
    plan = draw(seed, failpoints())
    expected = usual(plan.sample)
    store = new_store()
    try:
        came = play(plan, store)
    finally:
        immediate(store.close())
    differences, twice = came.differences(expected), came.heard_twice(expected)
    if differences and (_is_a_matter_of_time(came, expected) or any(not came.differences(one) for one in _slower(plan, came.died_at))):
        return Verdict(plan, slow=True)
    return Verdict(plan, differences, twice, [one for one in came.lost if one not in expected.lost])


def _slower(plan: Plan, died_at: float) -> Iterator[Witnessed]:
    """Yields calls in which nobody dies, and a worker is as slow as another one is in taking over."""
    return (play(one, MemoryStore()) for one in plan.slower(died_at))


def _is_a_matter_of_time(came: Witnessed, expected: Witnessed) -> bool:
    return not came.without_repetitions(expected).differences(expected.without_repetitions(expected))


def sqlite_store() -> Store:
    """Returns a new store in a file of this process."""
    path = Path(_folder(), f"{next(_files)}.sqlite")
    return SqliteStore(path)


@cache
def _folder() -> str:
    return tempfile.mkdtemp(prefix="callverbs-chaos-", dir=FASTEST if FASTEST.is_dir() else None)


def _try_on_sqlite(seed: int) -> Verdict:
    try:
        return try_seed(seed, sqlite_store)
    finally:
        for path in Path(_folder()).iterdir():
            path.unlink()


def try_seeds(seeds: Iterable[int], processes: int) -> Iterator[Verdict]:
    """Yields the verdicts of seeds, worked out side by side."""
    with get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(_try_on_sqlite, seeds, chunksize=8)


def main() -> int:
    """Runs seeds, and returns the exit code: 1 where a call was not as usual."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, help="the one seed to replay")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.runs) if given.seed is None else range(given.seed, given.seed + 1)
    failpoints()
    differences = twice = lost = runs = slow = 0
    names: Counter[str] = Counter()
    for verdict in try_seeds(seeds, os.cpu_count() or 1):
        runs += 1
        differences += bool(verdict.differences)
        twice += bool(verdict.heard_twice)
        lost += bool(verdict.lost)
        slow += verdict.slow
        names[verdict.plan.point if verdict.plan.dies_at else "nobody dies"] += 1
        if verdict.differences or verdict.heard_twice:
            sys.stdout.write(f"{verdict}\n")
    for name, times in sorted(names.items()):
        sys.stdout.write(f"{times:7}  {name}\n")
    sys.stdout.write(f"{slow:7}  calls were different as they are if a server is only slow: the time of a party or of a verb was over\n")
    sys.stdout.write(f"chaos: {runs} runs, {differences} differences, {twice} heard twice, {lost} lost\n")
    return 1 if differences or twice or lost else 0


if __name__ == "__main__":
    sys.exit(main())
