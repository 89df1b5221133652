"""What the simulated carrier needs of a network, as protocols: it connects streams and agents, and sends forks."""

from typing import Protocol

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import AgentConnection, Conversation, Fork, SimulatedLeg, Stream, StreamConnection
from callverbs.interpreter.simulator.refusals import Body


class StreamSockets(Protocol):
    """Connects streams to WebSockets over a network."""

    def connect(self, exchange: Exchange, leg: SimulatedLeg, stream: Stream, /) -> StreamConnection: ...


class AgentSockets(Protocol):
    """Connects relays with their agents."""

    def connect(self, exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, body: Body, /) -> AgentConnection: ...


class Forks(Protocol):
    """Sends audio over a network."""

    def fork(self, leg: SimulatedLeg, body: Body, /) -> Fork: ...
