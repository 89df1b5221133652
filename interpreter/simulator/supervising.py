"""Supervision: a leg that listens to another one, and is heard by both parties (barge), by the supervised one (whisper), or by nobody.

A supervising leg takes no commands but hangup and switch_supervisor_role (public bug reports quote the carrier), and ends with the
supervised one.
"""

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError

ALLOWED_COMMANDS = frozenset({"hangup", "switch_supervisor_role", "client_state_update"})
DEFAULT_ROLE = "barge"


def check_command(leg: SimulatedLeg, name: str) -> None:
    """Raises RefusalError for a command that a supervising leg does not take."""
    if leg.supervises and name not in ALLOWED_COMMANDS:
        raise RefusalError("90102", "Supervisor calls do not support commands")


def start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Lets a leg that has answered supervise another one. Raises RefusalError where that one has ended, or is not answered."""
    supervised = exchange.live_leg(body["supervise_call_control_id"], "/supervise_call_control_id")
    if not supervised.is_up:
        raise RefusalError("90034", "the call to supervise has not been answered", "/supervise_call_control_id")
    leg.supervises, leg.supervisor_role = supervised, body.get("supervisor_role", DEFAULT_ROLE)
    supervised.supervisors.append(leg)
    leg.party.on_bridged()


def switch_role(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Changes who hears a supervising leg. Raises RefusalError where it supervises nobody."""
    if leg.supervises is None:
        raise RefusalError("90102", "this call supervises no other one")
    leg.supervisor_role = body["role"]


def hearers(leg: SimulatedLeg) -> list[SimulatedLeg]:
    """Returns the legs whose parties hear the party of a leg: its peer, or whom a supervisor is heard by, and who supervises them."""
    supervised = leg.supervises
    if supervised:
        found = {"monitor": [], "whisper": [supervised], "barge": [supervised, *([supervised.peer] if supervised.peer else [])]}
        return found[leg.supervisor_role]
    return [*([leg.peer] if leg.peer else []), *leg.supervisors]


def end_with_leg(leg: SimulatedLeg) -> list[SimulatedLeg]:
    """Ends what a leg supervises, and returns those who supervised it, which the carrier hangs up."""
    if leg.supervises:
        leg.supervises.supervisors.remove(leg)
        leg.supervises = None
    left, leg.supervisors = leg.supervisors, []
    for supervisor in left:
        supervisor.supervises = None
    return left
