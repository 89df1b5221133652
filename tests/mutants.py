"""Prints the mutants of the engine that no test kills, and the score of `make mutants`.

Exits with 1 if too many survive. mutmut has run before.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path("mutants")
KILLED = {1, 3, -24, 24, 152, 255}
"""Exit codes of mutmut for a mutant that a test fails for, or that never ends."""
MIN_SCORE_PERCENT = 95.0


def outcomes() -> Iterator[tuple[str, bool]]:
    """Yields every mutant of the engine that was tried, by module and function, and whether a test failed for it."""
    for path in sorted(RESULTS.rglob("*.meta")):
        for mutant, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            if code is not None:
                yield mutant.partition(".engine.")[2].replace("x_", "", 1), code in KILLED


def main() -> int:
    """Prints the score and the survivors, and returns the exit code."""
    found = dict(outcomes())
    survivors = [mutant for mutant, killed in found.items() if not killed]
    score = 100 * (1 - len(survivors) / max(len(found), 1))
    for mutant in survivors:
        sys.stdout.write(f"survived: {mutant}\n")
    sys.stdout.write(f"{len(found)} mutants, {len(survivors)} survived: {score:.1f} % killed\n")
    return int(score < MIN_SCORE_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
