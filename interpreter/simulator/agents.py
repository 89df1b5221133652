"""Simulated agents as data: what an agent says behind the carrier's relay, and how its part of the call ends. `conversing` plays them."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from callverbs.interpreter.simulator.people import Duration, PersonError, to_seconds

PAUSE_SECONDS = 1.0
"""From the start of the conversation, or the end of a sentence, to the next sentence of an agent without `after`."""


class Agent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A simulated agent: it says its sentences one after the other, and ends the conversation `after` the last one.

    refused: its socket does not answer. closed: the socket is gone after the last sentence. silent: the agent stays, and says no more.
    The carrier's own assistant has no socket: with the first two, it fails.
    """

    says: str | tuple[str, ...] = ()
    after: Duration = PAUSE_SECONDS
    """From the start, or from the end of a sentence, to what comes next."""
    fields: dict[str, Any] = {}
    """The values that it finds out, where it is one of the carrier's own that asks for them."""
    fault: Literal["", "refused", "closed", "silent"] = ""
    times: int = 0
    """How often this agent is used; 0 for no limit if it is the last one, else once."""

    def __post_init__(self) -> None:
        to_seconds(self.after)
        if self.times < 0:
            raise PersonError("times cannot be negative")
        if not all(self.sentences):
            raise PersonError("an agent's sentence must not be empty")

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it says, sentence by sentence."""
        return (self.says,) if isinstance(self.says, str) else self.says

    @property
    def pause_seconds(self) -> float:
        return to_seconds(self.after)


ASK = "ask"
"""The address of the carrier's own assistant, which asks for values."""
Agents = Mapping[str, Agent | list[Agent]]
"""Agents by the URL of their socket, the id of an assistant, or ASK; of a list, one after the other is used."""


class AgentDirectory:
    """The agents by address. An agent is used once, or as often as it says, and the last one of its list without limit."""

    def __init__(self, agents: Agents | None = None) -> None:
        self._agents = {key: [one] if isinstance(one, Agent) else one for key, one in (agents or {}).items()}
        self._uses: dict[str, int] = {}

    def has(self, address: str) -> bool:
        """Returns whether an agent at an address is described."""
        return address in self._agents

    def take(self, address: str) -> Agent | None:
        """Returns the agent at an address, and counts its use; None where there is none."""
        listed = self._agents.get(address, [])
        used = self._uses[address] = self._uses.get(address, 0) + 1
        for agent in listed[:-1]:
            used -= agent.times or 1
            if used <= 0:
                return agent
        last = listed[-1] if listed else None
        return last if last and (not last.times or used <= last.times) else None

    @property
    def unused(self) -> list[str]:
        """The addresses of agents that were never used."""
        return [address for address in self._agents if address not in self._uses]
