"""Time never goes back, whatever happens to the machine's clock, and it finds back to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.runtime.steady_clock import SteadyClock


class Machine:
    """A machine whose clocks are moved by hand."""

    def __init__(self) -> None:
        self.wall, self.monotonic = 1_700_000_000.0, 50.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.monotonic)

    def passes(self, seconds: float) -> float:
        self.wall += seconds
        self.monotonic += seconds
        return self.clock()


def test_time_is_that_of_the_machine() -> None:
    machine = Machine()
    assert machine.passes(10) == machine.wall


def test_a_clock_that_is_set_forward_is_followed() -> None:
    machine = Machine()
    machine.wall += 3600
    assert machine.passes(1) == machine.wall


def test_after_a_step_back_a_timer_takes_a_ninth_longer_at_the_most() -> None:
    machine = Machine()
    due = machine.clock() + 5
    machine.wall -= 60
    assert machine.passes(4.9) < due
    assert machine.passes(5 / 9 + 0.2) >= due


def test_after_a_step_back_the_machine_s_clock_is_reached_again() -> None:
    machine = Machine()
    machine.wall -= 60
    for _ in range(11):
        machine.passes(60)
    assert machine.clock() == pytest.approx(machine.wall)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e5))))
def test_it_never_goes_back(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    before = machine.clock()
    for step, seconds in steps:
        machine.wall += step
        now = machine.passes(seconds)
        assert now >= before
        before = now
