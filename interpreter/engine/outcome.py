"""What one step comes to: the new snapshot, and what others have to do because of it. Also the step's working copy."""

from dataclasses import dataclass, field

from msgspec import Struct

from callverbs.interpreter.engine.session import OutboxEntry, Problem, Session
from callverbs.interpreter.text.lines import Span
from callverbs.verbs.language.events import Event

MAX_PROBLEMS = 20
"""Problems that a session keeps; the event log has all of them."""


class Outcome(Struct, frozen=True, kw_only=True):
    """The result of a step. Saving it is what makes it true."""

    snapshot: bytes
    new: tuple[OutboxEntry, ...] = ()
    """The outbox entries that the worker which saves this is to send."""
    ids: tuple[str, ...] = ()
    """The carrier's ids that lead to this session from now on."""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    due: float = 0.0
    """When the timers have to look again, in UTC seconds; 0 for never."""
    began: float = 0.0
    """When the call began, in UTC seconds."""
    ended: float = 0.0
    """When the call was over, in UTC seconds; 0 while it is not."""
    open: tuple[int, ...] = ()
    """The outbox entries that have no result yet."""
    creates_leg: bool = False
    """One of them creates a leg, whose address we don't know yet."""
    changed: bool = True
    """False where the event came before: there is nothing to save."""
    unknown_leg: bool = False
    """The event is about a leg that this session does not know."""
    sensitive: bool = False
    """A verb has heard it, or asks its hook, that is sensitive: what is recorded of this step hides what was typed and said."""


@dataclass(slots=True)
class Turn:
    """One event being handled: a private copy of the session, and what has come of it so far."""

    session: Session
    event: Event
    worker: str
    new: list[OutboxEntry] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown_leg: bool = False
    sensitive: bool = False

    @property
    def at(self) -> float:
        return self.event.at

    def note(self, text: str) -> None:
        """Records a sentence for whoever reads the ladder."""
        self.notes.append(text)

    def problem(self, whose: str, text: str, url: str = "", status: int = 0, pointer: str = "", span: Span | None = None) -> None:
        """Records something that went wrong."""
        problem = Problem(self.at, whose, text, url, status, pointer, *(span or ())[:2])
        self.problems.append(problem)
        self.session.problems.append(problem)
        del self.session.problems[:-MAX_PROBLEMS]
