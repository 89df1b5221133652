"""The carrier's commands that each verb of a document becomes, from a simulated call of each verb alone."""

import json
from typing import Any

from msgspec import Struct

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator.scenario import Dialect, Scenario
from callverbs.interpreter.simulator.simulation import Simulation
from callverbs.verbs import REGISTRY, items


class CompiledVerb(Struct):
    """A verb and its commands. `refusals` are the reasons of the carrier for commands that it refused."""

    pointer: str
    verb: str
    commands: list[Line]
    refusals: list[str] = []


def compile_document(document: list[Any], dialect: Dialect = "jambonz") -> list[CompiledVerb]:
    """Returns the verbs of a valid document with their commands, in order."""
    found, _ = items(document)
    return [_compile_verb(f"/{item.path[0]}", document[int(item.path[0])], item.name, dialect) for item in found]


def _compile_verb(pointer: str, element: Any, name: str, dialect: Dialect) -> CompiledVerb:
    """Returns a verb with the commands of a call that has no other, without the answer and the hangup that every call has."""
    verb = REGISTRY[name]
    before = [] if verb.before_answer or name == "answer" else [{"verb": "answer"}]
    simulation = Simulation(Scenario(dialect=dialect), json.dumps([*before, element]))
    simulation.run()
    commands = [line for line in simulation.lines if line.kind == "command"]
    if before:
        commands = commands[1:]
    if not verb.ends_call and commands and commands[-1].name == "hangup" and commands[-1].leg == "a":
        commands = commands[:-1]
    shown = [Line(0.0, line.kind, line.leg, line.name, method=line.method, path=line.path, body=line.body) for line in commands]
    problems = [line.body for line in simulation.lines if line.name == "problem"]
    return CompiledVerb(pointer, name, shown, [one["text"] for one in problems if one["whose"] == "carrier"])
