"""Runs the `script:` of a scenario: waits for expected lines, and lets people act, one step after the other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from callverbs import schemas
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator import people
from callverbs.interpreter.simulator.expectations import ExpectationError, LinePredicate, closest_lines, difference, line_predicate
from callverbs.interpreter.simulator.people import PersonError, to_seconds


class ScriptedCall(Protocol):
    """The call that a script runs in."""

    lines: list[Line]

    def call_later(self, seconds: float, callback: Callable[[], None], /) -> None: ...
    def has_leg(self, leg: str) -> bool: ...
    def act(self, leg: str, action: str, value: Any) -> None: ...


class Step:
    """A step of a script: an expected line, a wait, or an action on a leg. Raises ExpectationError or PersonError."""

    def __init__(self, written: Any) -> None:
        if not isinstance(written, Mapping):
            raise ExpectationError(f"a step of the script is an object, not {written!r}")
        self.written = written
        self.is_expected: LinePredicate | None = None
        self.within_seconds = self.wait_seconds = 0.0
        self.leg = self.action = ""
        self.value: Any = None
        self.has_timer = False
        if "expect" in written:
            _check_keys(written, ("expect", "within"))
            self.is_expected = line_predicate(written["expect"])
            self.within_seconds = to_seconds(written.get("within", 0))
        elif "wait" in written:
            _check_keys(written, ("wait",))
            self.wait_seconds = to_seconds(written["wait"])
        else:
            self.leg, self.action, self.value = _action(written)


Action = tuple[str, str, Any]
"""A leg, what its party does, and the value for it."""


def _check_pressed(value: Any) -> None:
    if not "".join(people.key_items(value)):
        raise PersonError('say which keys: press: "1"')


def _check_said(value: Any) -> None:
    people.read_saying(value)


def _check_no_value(value: Any) -> None:
    if value not in (None, True):
        raise PersonError(f"it takes no value, so not {value!r}")


def _check_machine(value: Any) -> None:
    people.read_person({"machine": True if value is None else value})


def _check_sip_status(value: Any) -> None:
    people.read_person({"rejects": True if value is None else value})


def _check_hold(value: Any) -> None:
    if value not in (None, True, False):
        raise PersonError(f"hold is true or false, not {value!r}")


ACTION_CHECKS: dict[str, Callable[[Any], None]] = {
    "press": _check_pressed,
    "say": _check_said,
    "hangup": _check_no_value,
    "answer": _check_no_value,
    "busy": _check_no_value,
    "no_answer": _check_no_value,
    "machine": _check_machine,
    "rejects": _check_sip_status,
    "hold": _check_hold,
}
"""By action, which is a method of SimulatedCarrier, the check of its value."""
STEP_FORMS = "expect, wait, press, say, caller, leg NAME"


def _action(written: Mapping[str, Any]) -> Action:
    """Returns the action of `press: "1"`, `caller: hangup` or `leg b1: {press: "1"}`."""
    (key, value), *more = written.items()
    if key in ACTION_CHECKS:
        _check_keys(written, (key,))
        return _checked("a", key, value)
    if key == "caller" or key.startswith("leg "):
        if more:
            raise ExpectationError(f"a step of the script does one thing, not {', '.join(map(str, written))}")
        leg = "a" if key == "caller" else key.removeprefix("leg ").strip()
        if isinstance(value, str):
            return _checked(leg, value, None)
        if isinstance(value, Mapping) and len(value) == 1:
            ((action, argument),) = value.items()
            return _checked(leg, "machine", None) if (action, argument) == ("answer", "machine") else _checked(leg, action, argument)
        raise ExpectationError(f"{key} does one thing, for example {key}: hangup, or {key}: {{press: 1}}, not {value!r}")
    guess = schemas.did_you_mean(str(key), ["expect", "wait", "caller", *ACTION_CHECKS])
    raise ExpectationError(f"no step of a script is called {key}{guess}; there are {STEP_FORMS}")


def _checked(leg: str, action: str, value: Any) -> Action:
    if action not in ACTION_CHECKS:
        guess = schemas.did_you_mean(str(action), list(ACTION_CHECKS))
        raise PersonError(f"nobody can {action}{guess}; there are {', '.join(ACTION_CHECKS)}")
    ACTION_CHECKS[action](value)
    if value is True or (action in ("hangup", "answer", "busy", "no_answer")):
        value = None
    return leg, action, value


def _check_keys(written: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raises ExpectationError for a key that the step does not have."""
    if unknown := [key for key in written if key not in known]:
        raise ExpectationError(f"a step with {known[0]} has no {unknown[0]}{schemas.did_you_mean(str(unknown[0]), list(known))}")


class Script:
    """Runs the steps of a script in a call. `failure` is empty until a step fails."""

    def __init__(self, steps: Sequence[Any], call: ScriptedCall) -> None:
        self._steps = [Step(step) for step in steps]
        self._call = call
        self._next_step = 0
        self._next_line = 0
        """The first line that no step has expected yet."""
        self._waiting = False
        self.failure = ""

    def advance(self) -> None:
        """Runs the steps that can run now. Call it after every new line."""
        while not self.failure and not self._waiting and self._next_step < len(self._steps):
            step = self._steps[self._next_step]
            if (step.is_expected and not self._take_expected_line(step)) or (step.action and not self._call.has_leg(step.leg)):
                return
            self._next_step += 1
            if step.wait_seconds:
                self._waiting = True
                self._call.call_later(step.wait_seconds, self._resume)
            elif step.action:
                self._call.act(step.leg, step.action, step.value)

    def _take_expected_line(self, step: Step) -> bool:
        """Goes on behind the line that a step expects. Returns False where it has not come yet; then its time runs."""
        if step.within_seconds and not step.has_timer:
            step.has_timer = True
            self._call.call_later(step.within_seconds, lambda: self._time_out(step))
        assert step.is_expected
        for index in range(self._next_line, len(self._call.lines)):
            if step.is_expected(self._call.lines[index]):
                self._next_line = index + 1
                return True
        return False

    def _time_out(self, step: Step) -> None:
        if self._next_step < len(self._steps) and self._steps[self._next_step] is step:
            self.failure = self._failure_text(step, f" within {step.within_seconds:g} s")

    def _resume(self) -> None:
        self._waiting = False
        self.advance()

    def finish(self) -> str:
        """Ends the script with the call. Returns the failure; the empty text where every step has run."""
        if not self.failure and self._next_step < len(self._steps):
            self.failure = self._failure_text(self._steps[self._next_step], "")
        return self.failure

    def _failure_text(self, step: Step, when: str) -> str:
        number = self._next_step + 1
        if step.action and not self._call.has_leg(step.leg):
            return f"step {number} of the script: there was never a leg {step.leg} on which somebody could {step.action}"
        if not step.is_expected:
            return f"step {number} of the script was never reached"
        shown = closest_lines(step.written["expect"], self._call.lines[self._next_line :])
        return f"step {number} of the script did not happen{when}\n{difference(step.written['expect'], shown)}"
