"""Calls per second in the simulator, on the virtual clock."""

import time

from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.simulation import Simulation

SAY = '[{"verb": "say", "text": "Hello, and goodbye."}]'
SIMRING = (
    '[{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550101"},'
    ' {"type": "phone", "number": "+14155550102"}, {"type": "phone", "number": "+14155550103"}]},'
    ' {"verb": "say", "text": "Goodbye."}]'
)
PEOPLE = {"+14155550101": "busy", "+14155550102": {"answers": 5}, "+14155550103": {"answers": 3}}
SECONDS = 3.0


def rate(document: str, people: dict[str, object]) -> tuple[float, int]:
    """Returns calls per second, and how many lines a call has."""
    calls = lines = 0
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < SECONDS:
        simulation = Simulation(Scenario(people=people, hooks={}), document)
        simulation.run()
        calls, lines = calls + 1, len(simulation.lines)
    return calls / passed, lines


def main() -> None:
    """Measures both calls."""
    for name, document, people, guide in (("answer-say-hangup", SAY, {}, 1000), ("simring", SIMRING, PEOPLE, 150)):
        per_second, lines = rate(document, people)
        print(f"simulate {name:<18} {per_second:7.0f} calls/s  ({lines} lines a call; guide {guide})")


if __name__ == "__main__":
    main()
