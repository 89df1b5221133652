"""What the simulated carrier does with each command: the table of its page, and what the tests compare with the carrier's SDK."""

from collections.abc import Iterator
from typing import NamedTuple

from callverbs import schemas
from callverbs.interpreter.simulator.commands import COMMAND_HANDLERS, OTHER_COMMANDS
from callverbs.interpreter.simulator.conference_api import ACTIONS
from callverbs.interpreter.simulator.without_effect import without_effect

OTHER_BODIES = {
    "dial": "POST /calls",
    "create_conference": "POST /conferences",
    "update_conference_participant": "PATCH /conferences/{id}/participants/{participant_id}",
    "create_queue": "POST /queues",
    "update_queue": "POST /queues/{queue_name}",
    "update_call_in_queue": "PATCH /queues/{queue_name}/calls/{call_control_id}",
    "send_message": "POST /messages",
}
"""Requests with a body that are no actions."""


class SimulatedCommand(NamedTuple):
    """A command: its request, and its parameters that change nothing. `is_simulated` is false for one that is refused."""

    name: str
    request: str
    without_effect: tuple[str, ...] = ()
    is_simulated: bool = True


def commands() -> Iterator[SimulatedCommand]:
    """Yields every command, by the kind of what it is about."""
    for name in sorted(COMMAND_HANDLERS):
        yield _command(name, f"{COMMAND_HANDLERS[name].method} /calls/{{call_control_id}}/actions/{name}")
    for name in sorted(OTHER_COMMANDS):
        yield SimulatedCommand(name, f"POST /calls/{{call_control_id}}/actions/{name}", is_simulated=False)
    for name in sorted(ACTIONS):
        yield _command(f"conference_{name}", f"POST /conferences/{{id}}/actions/{name}")
    for name, request in OTHER_BODIES.items():
        yield _command(name, request)


def _command(name: str, request: str) -> SimulatedCommand:
    properties = schemas.load(f"commands/{name}")["properties"]
    return SimulatedCommand(name, request, tuple(one for one in properties if without_effect(name, one)))
