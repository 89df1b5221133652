"""Acts out the `script:` of a scenario: waits for what is expected, and lets people do what they do, one step after the other."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from interpreter.simulator.expectations import ExpectationError, Matcher, closest, difference, matcher
from interpreter.simulator.ladder import Line
from interpreter.simulator.people import seconds


class Stage(Protocol):
    """Where the script is acted out."""

    lines: list[Line]

    def later(self, seconds: float, action: Callable[[], None]) -> None: ...
    def act(self, leg: str, action: str, value: Any) -> None: ...


class Script:
    """The steps of a script, and how far it has come."""

    def __init__(self, steps: list[Any], stage: Stage) -> None:
        self._steps = [_Step(step) for step in steps]
        self._stage = stage
        self._next = 0
        self._from = 0
        self._waiting = False
        self.failure = ""

    def go_on(self) -> None:
        """Take every step that can be taken now."""
        while not self.failure and not self._waiting and self._next < len(self._steps):
            step = self._steps[self._next]
            if step.wanted and not self._came(step):
                return
            self._next += 1
            if step.wait:
                self._waiting = True
                self._stage.later(step.wait, self._waited)
            elif step.action:
                self._stage.act(step.leg, step.action, step.value)

    def _came(self, step: "_Step") -> bool:
        if step.within and not step.timed:
            step.timed = True
            self._stage.later(step.within, lambda: self._too_late(step))
        assert step.wanted
        for index in range(self._from, len(self._stage.lines)):
            if step.wanted(self._stage.lines[index]):
                self._from = index + 1
                return True
        return False

    def _too_late(self, step: "_Step") -> None:
        if self._next < len(self._steps) and self._steps[self._next] is step:
            self.failure = self._missing(step, f"within {step.within:g} s ")

    def _waited(self) -> None:
        self._waiting = False
        self.go_on()

    def finish(self) -> str:
        """What did not happen, when the call is over; nothing where all did."""
        if not self.failure and self._next < len(self._steps):
            self.failure = self._missing(self._steps[self._next], "")
        return self.failure

    def _missing(self, step: "_Step", when: str) -> str:
        if not step.wanted:
            return f"step {self._next + 1} of the script was never reached"
        came = closest(step.written["expect"], self._stage.lines[self._from :])
        return f"step {self._next + 1} of the script did not happen {when}\n{difference(step.written['expect'], came)}".replace(" \n", "\n")


class _Step:
    """One step, read: what it waits for, or what somebody does."""

    def __init__(self, written: Any) -> None:
        if not isinstance(written, Mapping):
            raise ExpectationError(f"a step of the script is an object, not {written!r}")
        self.written = written
        self.wanted: Matcher | None = matcher(written["expect"]) if "expect" in written else None
        self.within = seconds(written.get("within", 0))
        self.wait = seconds(written.get("wait", 0))
        self.timed = False
        done: Deed = ("", "", None) if self.wanted or self.wait else _action(written)
        self.leg, self.action, self.value = done


Deed = tuple[str, str, Any]
"""A leg, what is done there, and with what."""
ACTIONS = ("press", "hangup", "answer", "busy", "no_answer", "machine", "rejects", "hold")
MACHINE = "machine"


def _action(written: Mapping[str, Any]) -> Deed:
    """`press: "1"`, `caller: hangup`, `leg b1: {press: "1"}`: which leg, what, and with what."""
    for key, value in written.items():
        if key in ACTIONS:
            return str(written.get("leg", "a")), key, value
        leg = "a" if key == "caller" else key.removeprefix("leg ")
        if key == "caller" or key.startswith("leg "):
            if isinstance(value, str) and value in ACTIONS:
                return leg, value, None
            if isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in ACTIONS:
                ((action, with_what),) = value.items()
                return (leg, MACHINE, None) if (action, with_what) == ("answer", MACHINE) else (leg, action, with_what)
    raise ExpectationError(
        f"no step of a script is written like this: {dict(written)}; known are expect, wait, {', '.join(ACTIONS)}, caller, leg NAME"
    )
