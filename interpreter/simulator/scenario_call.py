"""One call of a scenario: how it is called in the lines, its application, and how far it has come."""

from dataclasses import dataclass

from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.verbs.language.app import App

FIRST_LEG = "a"


@dataclass(slots=True)
class ScenarioCall:
    """A call that has begun. `name` is empty for the scenario's first call, whose legs go by their own names."""

    name: str
    app: App
    saved: Saved | None = None

    @property
    def ended(self) -> float:
        """When it ended, in UTC seconds; 0 while it goes on."""
        return self.saved.outcome.ended if self.saved else 0.0

    @property
    def caller(self) -> str:
        """The name of its first leg."""
        return self.leg_name(FIRST_LEG)

    def leg_name(self, leg: str) -> str:
        """Returns what a leg is called in the lines: of another call `agent` and `agent.b1`."""
        if not self.name or not leg:
            return leg
        return self.name if leg == FIRST_LEG else f"{self.name}.{leg}"
