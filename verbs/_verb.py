"""The base of every running verb: its state is its fields, its behaviour is one method per event.

A handler is found by its name, `on_<event>`, when the class is made; a name that is no event is an import error. A verb
never awaits, reads a clock or draws a random number: what it knows is at its desk, what it wants it says there.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from msgspec import Struct

from schemas import Fault
from verbs import _events
from verbs._app import App
from verbs._call import Call
from verbs._events import Event
from verbs._names import snake
from verbs._spec import Hook, Spec

HANDLERS = {f"on_{snake(name)}": event for name, event in vars(_events).items() if isinstance(event, type) and issubclass(event, Event)}
INTERRUPTED = "on_interrupted"


class Verb(Struct, kw_only=True, omit_defaults=True, tag_field="verb"):
    """A verb that is running."""

    name: ClassVar[str] = ""
    Spec: ClassVar[type[Spec]] = Spec
    synonyms: ClassVar[tuple[str, ...]] = ()
    handlers: ClassVar[dict[type[Event], str]] = {}

    # What others must know of a verb: the engine, and the rules of lint, read it here.
    needs_answer: ClassVar[bool] = False
    """It is heard, so the call is answered first."""
    before_answer: ClassVar[bool] = False
    """It makes sense only while an inbound call has not been answered."""
    ends_call: ClassVar[bool] = False
    """Nothing after it runs."""
    screening: ClassVar[bool] = False
    """It may run to a callee who is being screened."""
    waiting: ClassVar[bool] = False
    """It may run to somebody who is held (jambonz dial.js)."""
    programs: ClassVar[tuple[str, ...]] = ()
    """Properties that hold verbs of their own."""
    command: ClassVar[str] = ""
    """The carrier's command that `carrier` adds parameters to."""

    n: int = 0
    program: int = 0
    leg: str = "a"

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        names = [name for name in dir(cls) if name.startswith("on_") and callable(getattr(cls, name))]
        if strange := [name for name in names if name not in HANDLERS and name != INTERRUPTED]:
            raise TypeError(f"{cls.__name__}.{strange[0]} handles no event: there is no {strange[0].removeprefix('on_')}")
        cls.handlers = {HANDLERS[name]: name for name in names if name in HANDLERS}

    @classmethod
    def faults(cls, spec: Any) -> Iterable[Fault]:
        """What the schema cannot say: properties that don't go together. Paths begin at the verb's object."""
        return ()

    @classmethod
    def remarks(cls, body: Mapping[str, Any]) -> Iterable[Fault]:
        """Properties, as written, that have no effect in their combination. Paths begin at the verb's object."""
        return ()

    @classmethod
    def answers(cls, spec: Any) -> bool:
        """Whether an inbound call has to be answered before this verb as written starts."""
        return cls.needs_answer

    @classmethod
    def of(cls, spec: Any) -> "Verb":
        """A running verb for a written one."""
        return cls(spec=spec)  # type: ignore[call-arg]

    @property
    def label(self) -> str:
        """The author's own name for the verb, or nothing."""
        return getattr(getattr(self, "spec", None), "id", None) or ""

    def action_hook(self, app: App) -> Hook | None:
        """The hook that is asked when the verb finishes."""
        hook: Hook | None = getattr(getattr(self, "spec", None), "action_hook", None)
        return hook

    def start(self, call: Call) -> None:
        """The verb's turn has come."""
        call.finish()

    def on_interrupted(self, call: Call, reason: str) -> None:
        """The verb is stopped from outside (`replaced`, `stopped`, `gone`); it may still speak, and ask its hook."""
