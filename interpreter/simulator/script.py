"""Acts out the `script:` of a scenario: waits for what is expected, and lets people do what they do, one step after the other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from callverbs import schemas
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator import people
from callverbs.interpreter.simulator.expectations import ExpectationError, Matcher, closest, difference, matcher
from callverbs.interpreter.simulator.people import PeopleError, seconds


class Stage(Protocol):
    """Where the script is acted out."""

    lines: list[Line]

    def later(self, seconds: float, action: Callable[[], None]) -> None: ...
    def knows(self, leg: str) -> bool: ...
    def act(self, leg: str, action: str, value: Any) -> None: ...


class Step:
    """One step, read: what it waits for, or what somebody does. Raises ExpectationError or PeopleError."""

    def __init__(self, written: Any) -> None:
        if not isinstance(written, Mapping):
            raise ExpectationError(f"a step of the script is an object, not {written!r}")
        self.written = written
        self.wanted: Matcher | None = None
        self.within = self.wait = 0.0
        self.leg = self.action = ""
        self.value: Any = None
        self.timed = False
        if "expect" in written:
            _only(written, ("expect", "within"))
            self.wanted = matcher(written["expect"])
            self.within = seconds(written.get("within", 0))
        elif "wait" in written:
            _only(written, ("wait",))
            self.wait = seconds(written["wait"])
        else:
            self.leg, self.action, self.value = _deed(written)


Deed = tuple[str, str, Any]
"""A leg, what is done there, and with what."""


def _keys(value: Any) -> None:
    if not "".join(people.typed(value)):
        raise PeopleError('say which keys: press: "1"')


def _nothing(value: Any) -> None:
    if value not in (None, True):
        raise PeopleError(f"it takes no value, so not {value!r}")


def _machine(value: Any) -> None:
    people.read({"machine": True if value is None else value})


def _status(value: Any) -> None:
    people.read({"rejects": True if value is None else value})


def _hold(value: Any) -> None:
    if value not in (None, True, False):
        raise PeopleError(f"hold is true or false, not {value!r}")


DEEDS: dict[str, Callable[[Any], None]] = {
    "press": _keys,
    "hangup": _nothing,
    "answer": _nothing,
    "busy": _nothing,
    "no_answer": _nothing,
    "machine": _machine,
    "rejects": _status,
    "hold": _hold,
}
"""What somebody can do, and the check of what it is done with."""
FORMS = "expect, wait, press, caller, leg NAME"


def _deed(written: Mapping[str, Any]) -> Deed:
    """`press: "1"`, `caller: hangup`, `leg b1: {press: "1"}`: which leg, what, and with what."""
    (key, value), *more = written.items()
    if key in DEEDS:
        _only(written, (key,))
        return _checked("a", key, value)
    if key == "caller" or key.startswith("leg "):
        if more:
            raise ExpectationError(f"a step of the script does one thing, not {', '.join(map(str, written))}")
        leg = "a" if key == "caller" else key.removeprefix("leg ").strip()
        if isinstance(value, str):
            return _checked(leg, value, None)
        if isinstance(value, Mapping) and len(value) == 1:
            ((action, with_what),) = value.items()
            return _checked(leg, "machine", None) if (action, with_what) == ("answer", "machine") else _checked(leg, action, with_what)
        raise ExpectationError(f"{key} does one thing, for example {key}: hangup, or {key}: {{press: 1}}, not {value!r}")
    guess = schemas.did_you_mean(str(key), ["expect", "wait", "caller", *DEEDS])
    raise ExpectationError(f"no step of a script is called {key}{guess}; there are {FORMS}")


def _checked(leg: str, action: str, value: Any) -> Deed:
    if action not in DEEDS:
        raise PeopleError(f"nobody can {action}{schemas.did_you_mean(str(action), list(DEEDS))}; there are {', '.join(DEEDS)}")
    DEEDS[action](value)
    if value is True or (action in ("hangup", "answer", "busy", "no_answer")):
        value = None
    return leg, action, value


def _only(written: Mapping[str, Any], known: Sequence[str]) -> None:
    if strange := [key for key in written if key not in known]:
        raise ExpectationError(f"a step with {known[0]} has no {strange[0]}{schemas.did_you_mean(str(strange[0]), list(known))}")


class Script:
    """The steps of a script, and how far it has come."""

    def __init__(self, steps: Sequence[Any], stage: Stage) -> None:
        self._steps = [Step(step) for step in steps]
        self._stage = stage
        self._next = 0
        self._from = 0
        self._waiting = False
        self.failure = ""

    def go_on(self) -> None:
        """Take every step that can be taken now."""
        while not self.failure and not self._waiting and self._next < len(self._steps):
            step = self._steps[self._next]
            if (step.wanted and not self._came(step)) or (step.action and not self._stage.knows(step.leg)):
                return
            self._next += 1
            if step.wait:
                self._waiting = True
                self._stage.later(step.wait, self._waited)
            elif step.action:
                self._stage.act(step.leg, step.action, step.value)

    def _came(self, step: Step) -> bool:
        if step.within and not step.timed:
            step.timed = True
            self._stage.later(step.within, lambda: self._too_late(step))
        assert step.wanted
        for index in range(self._from, len(self._stage.lines)):
            if step.wanted(self._stage.lines[index]):
                self._from = index + 1
                return True
        return False

    def _too_late(self, step: Step) -> None:
        if self._next < len(self._steps) and self._steps[self._next] is step:
            self.failure = self._missing(step, f" within {step.within:g} s")

    def _waited(self) -> None:
        self._waiting = False
        self.go_on()

    def finish(self) -> str:
        """What did not happen, when the call is over; nothing where all did."""
        if not self.failure and self._next < len(self._steps):
            self.failure = self._missing(self._steps[self._next], "")
        return self.failure

    def _missing(self, step: Step, when: str) -> str:
        number = self._next + 1
        if step.action and not self._stage.knows(step.leg):
            return f"step {number} of the script: there was never a leg {step.leg} on which somebody could {step.action}"
        if not step.wanted:
            return f"step {number} of the script was never reached"
        came = closest(step.written["expect"], self._stage.lines[self._from :])
        return f"step {number} of the script did not happen{when}\n{difference(step.written['expect'], came)}"
