"""What every event carries: when it came, and for an event of a leg every address that the carrier gave."""

from callverbs.verbs.language.names import snake_case
from callverbs.verbs.language.word import Word


class Event(Word, tag_field="event", tag=snake_case):
    """Something happened."""

    id: str = ""
    at: float = 0.0


class LegEvent(Event):
    """An event of one leg, with every address that the carrier gave; `session` and `leg` are our own names."""

    session: str = ""
    leg: str = ""
    occurred_at: float = 0.0
    call_control_id: str = ""
    call_leg_id: str = ""
    call_session_id: str = ""
