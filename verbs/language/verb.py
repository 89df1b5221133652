"""The base of every running verb: its state is its fields, its behaviour is one method per event.

A handler is found by its name when the class is made: `on_leg_answered(call, event)` hears an event, `on_ring_timer(call)` a timer,
`on_confirm_reply(call, leg, reply)` the reply of a hook. A name that handles nothing is an import error. A verb never awaits, reads a
clock or draws a random number.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar, dataclass_transform, get_args, get_origin

from msgspec import Struct, StructMeta, field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import events, query_answers
from callverbs.verbs.language.app import App
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.names import snake_case, verb_name
from callverbs.verbs.language.slow_hook import SlowHook
from callverbs.verbs.language.spec import Hook, Spec

EVENT_HANDLERS = {
    f"on_{snake_case(name)}": event
    for module in (events, query_answers)
    for name, event in vars(module).items()
    if isinstance(event, type) and issubclass(event, Event)
}
TOPIC_HANDLER = re.compile(r"on_(?P<topic>\w+)_(?P<kind>timer|reply)")
PARAMETERS = {"timer": (["call"], ["call", "leg"]), "reply": (["call", "leg", "reply"],)}
"""What the handler of a timer, and of a reply, may take."""
INTERRUPTED = "on_interrupted"
FACTS = (
    "synonyms",
    "needs_answer",
    "before_answer",
    "ends_call",
    "connects",
    "screening",
    "waiting",
    "heard",
    "yields_to",
    "queueing",
    "programs",
    "command",
    "dialect_hooks",
)


class VerbMeta(StructMeta):
    """Reads the facts of a verb from the class statement, and checks the names of its handlers."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> "VerbMeta":
        facts = {fact: config.pop(fact) for fact in FACTS if fact in config}
        cls = super().__new__(mcls, name, bases, namespace, **{"kw_only": True, **config})
        for fact, value in facts.items():
            setattr(cls, fact, value)
        cls.handlers = _handlers(cls)
        return cls

    handlers: dict[type[Event], str]


def _handlers(cls: type) -> dict[type[Event], str]:
    """Returns the event handlers of a class. Raises TypeError for a handler of nothing, and for one that is named and not there."""
    methods = {name: method for name in dir(cls) if name.startswith("on_") and callable(method := getattr(cls, name))}
    for name, method in methods.items():
        topic = TOPIC_HANDLER.fullmatch(name)
        if topic:
            takes = list(inspect.signature(method).parameters)[1:]
            if takes not in PARAMETERS[topic["kind"]]:
                wanted = " or ".join(f"({', '.join(one)})" for one in PARAMETERS[topic["kind"]])
                raise TypeError(f"{cls.__name__}.{name} has to take {wanted}, not ({', '.join(takes)})")
        elif name not in EVENT_HANDLERS and name != INTERRUPTED:
            raise TypeError(f"{cls.__name__}.{name} handles no event: there is no {name.removeprefix('on_')}")
    for function in vars(cls).values():
        for name in getattr(getattr(function, "__code__", None), "co_names", ()):
            if TOPIC_HANDLER.fullmatch(name) and name not in methods:
                raise TypeError(f"{cls.__name__} has no handler {name}, which its {function.__name__} names")
    return {EVENT_HANDLERS[name]: name for name in methods if name in EVENT_HANDLERS}


@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
class RunningVerb(Struct, metaclass=VerbMeta, kw_only=True, omit_defaults=True, tag_field="verb", tag=verb_name):
    """A verb that is running, or a root of a call's tree, which nobody writes."""

    handlers: ClassVar[dict[type[Event], str]] = {}

    # Facts of verbs that run beside others.
    heard: ClassVar[bool] = False
    """It is only heard: a key that barges in ends it."""
    yields_to: ClassVar[tuple[str, ...]] = ()
    """In the background, it does not hear what these verbs of the program hear."""

    n: int = 0
    program: int = 0
    """The program that it runs in; 0 of a root, and of a verb in the background of its leg."""
    leg: str = "a"
    beside: int = 0
    """In the background: the verb that has brought it, and that it ends with; 0 for none."""

    @property
    def name(self) -> str:
        """The verb's name, as authors write it."""
        return str(self.__struct_config__.tag)

    @property
    def label(self) -> str:
        """The author's own name for the verb, or nothing."""
        return ""

    @property
    def is_sensitive(self) -> bool:
        """Whether what it hears is for its hooks alone."""
        return bool(getattr(getattr(self, "spec", None), "sensitive", False))

    @property
    def holds_program(self) -> bool:
        """Whether, in the background, it keeps the programs on its leg from going on to their next verb."""
        return False

    def action_hook(self, app: App) -> Hook | None:
        """Returns the hook that is asked when the verb finishes."""
        return None

    @property
    def slow_hook(self) -> SlowHook | None:
        """What the party hears while that hook is asked, as written; None where nothing is heard, whatever config has set."""
        return None

    def start(self, call: VerbContext) -> None:
        """Begins: the verb's turn has come."""
        call.finish()

    def on_interrupted(self, call: VerbContext) -> None:
        """Ends: the verb is stopped from outside, for example because its leg is gone. It may still send commands, and ask its hook."""


SpecT = TypeVar("SpecT", bound=Spec)


class Verb(RunningVerb, Generic[SpecT]):
    """A verb of a document. What others must know of it, the engine and the rules of lint, stands in its class statement."""

    # The facts.
    synonyms: ClassVar[tuple[str, ...]] = ()
    needs_answer: ClassVar[bool] = False
    """It is heard, so the call is answered first."""
    before_answer: ClassVar[bool] = False
    """It makes sense only while an inbound call has not been answered."""
    ends_call: ClassVar[bool] = False
    """Nothing after it runs."""
    connects: ClassVar[bool] = False
    """It lets the caller talk to somebody: when they have talked, the call has done what it was for."""
    screening: ClassVar[bool] = False
    """It may run to a callee who is being screened."""
    waiting: ClassVar[bool] = False
    """It may run to somebody who is held (jambonz dial.js)."""
    queueing: ClassVar[bool] = False
    """It may run to somebody who waits in a queue (jambonz enqueue.js)."""
    programs: ClassVar[tuple[str, ...]] = ()
    """Properties that hold verbs of their own."""
    command: ClassVar[str] = ""
    """The carrier's command that `carrier` adds parameters to."""
    dialect_hooks: ClassVar[Mapping[str, str]] = {}
    """By dialect, the actionHook that is asked where none is written and the application has an origin."""

    spec: SpecT

    @classmethod
    def spec_type(cls) -> type[Spec]:
        """Returns the struct of the verb as written: the parameter of `Verb[…]`."""
        bases: tuple[object, ...] = vars(cls)["__orig_bases__"]
        (spec,) = (get_args(base)[0] for base in bases if get_origin(base) is Verb)
        assert isinstance(spec, type)
        assert issubclass(spec, Spec)
        return spec

    @classmethod
    def running(cls, spec: Spec) -> Self:
        """Returns a running verb for a written one."""
        return cls(spec=spec)  # type: ignore[arg-type]

    @classmethod
    def diagnose(cls, spec: Any) -> Iterable[Diagnostic]:
        """Yields what the schema cannot say: properties that don't go together. Paths begin at the verb's object."""
        return ()

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        """Yields properties, as written, that have no effect in their combination. Paths begin at the verb's object."""
        return ()

    @classmethod
    def answers(cls, spec: Any) -> bool:
        """Returns whether an inbound call has to be answered before this verb as written starts."""
        return cls.needs_answer

    @property
    def label(self) -> str:
        return self.spec.id or ""

    def action_hook(self, app: App) -> Hook | None:
        hook: Hook | None = getattr(self.spec, "action_hook", None)
        return hook or app.default_hook(self.dialect_hooks)
