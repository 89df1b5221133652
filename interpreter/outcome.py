"""What one step comes to: the new snapshot, and the news of it that others act on. Also the sheet it is written on meanwhile."""

from dataclasses import dataclass, field

from msgspec import Struct

from interpreter.session import Entry, Problem, Session
from interpreter.text.place import Span
from verbs._events import Event


class Outcome(Struct, frozen=True, kw_only=True):
    """The result of a step. Saving it is what makes it true."""

    snapshot: bytes
    new: tuple[Entry, ...] = ()
    """The outbox entries that whoever saves this is to send."""
    ids: tuple[str, ...] = ()
    """The carrier's ids that lead to this session from now on."""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    due: float = 0.0
    """When the clock has to look again, in UTC seconds; 0 for never."""
    ended: float = 0.0
    """When the call was over, in UTC seconds; 0 while it is not."""
    open: tuple[int, ...] = ()
    """The outbox entries that have no answer yet."""
    placing: bool = False
    """One of them brings a leg into being, of which we know no address yet."""
    changed: bool = True
    """False where the event came before: there is nothing to save."""
    homeless: bool = False
    """The event is about a leg that this session does not know."""


@dataclass(slots=True)
class Turn:
    """One event being handled: a private copy of the session, and what has come of it so far."""

    session: Session
    event: Event
    sender: str
    new: list[Entry] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    homeless: bool = False

    @property
    def at(self) -> float:
        return self.event.at

    def note(self, text: str) -> None:
        """Record a sentence for whoever reads the ladder."""
        self.notes.append(text)

    def problem(self, whose: str, text: str, url: str = "", status: int = 0, pointer: str = "", span: Span | None = None) -> None:
        """Put something that went wrong on the record of the call."""
        problem = Problem(self.at, whose, text, url, status, pointer, *(span or ())[:2])
        self.problems.append(problem)
        self.session.problems.append(problem)
        del self.session.problems[:-20]
