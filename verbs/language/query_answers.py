"""The carrier's answers to queries, as events of the verb that has asked."""

from callverbs.verbs.language.events import Event


class QueryAnswered(Event):
    """The carrier has answered request `n`, a query or a message. The verb that asked hears it."""

    n: int


class MessageSent(QueryAnswered):
    """The carrier has taken the message; it has this id there."""

    message_id: str = ""


class InfoSent(QueryAnswered):
    """The carrier has taken the SIP INFO."""


class QueueRetrieved(QueryAnswered):
    """How many calls wait in the queue; 0 where there is no such queue."""

    size: int = 0


class QueueCallRetrieved(QueryAnswered):
    """The place of the leg in the queue, from 1; 0 where it does not wait there."""

    position: int = 0


class QueueCallFound(QueryAnswered):
    """Who waits in the queue, by the carrier's id; empty where nobody does."""

    call: str = ""


class ConferenceFound(QueryAnswered):
    """The conference that goes on; empty where there is none."""

    conference: str = ""


class ParticipantFound(QueryAnswered):
    """The participant; empty where the leg is none."""

    participant: str = ""


class CallChecked(QueryAnswered):
    """Whether the call lives."""

    alive: bool = False
