"""Who decides each parameter of each command that callverbs sends: a property of a verb, its `carrier`, or callverbs itself.

The rows come from the schemas: a reserved parameter has its reason there, and every other one belongs to the `carrier` of a verb.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.interpreter.telnyx.commands import REQUESTS
from callverbs.interpreter.telnyx.v1 import RENAMED_PARAMETERS
from callverbs.schemas import versions
from callverbs.verbs import REGISTRY
from callverbs.verbs.language.commands import Query

PROPERTY = "use "
"""How the reason of a parameter begins that a property of the verb sets."""
PROMPTS = {"gather_using_speak": "say", "gather_using_audio": "play"}
"""Commands that a gather sends, and the verb whose `carrier` its prompt has."""
ALSO = {
    name: {other: set(keys) for other, keys in schemas.load(f"commands/{name}").get("x-also", {}).items()}
    for name in schemas.names("commands")
}
"""By command, the parameters of other commands that the same `carrier` holds."""
COMMANDS = {name: kind for kind, (name, _) in REQUESTS.items() if not issubclass(kind, Query)}
"""What changes something, by the carrier's name."""
API_VERSION = 1
UNREACHED = "no `carrier` reaches this command: the verb and its properties decide"


class Parameter(NamedTuple):
    """A parameter of a command: who decides it, and how or why."""

    command: str
    name: str
    who: str
    how: str


def free(command: str) -> set[str]:
    """Returns what the `carrier` of a verb may hold for a command."""
    schema: dict[str, Any] = schemas.load(f"commands/{command}.carrier")
    return {name for name, one in schema["properties"].items() if "x-reserved" not in one}


def carriers(command: str) -> Iterator[tuple[str, set[str]]]:
    """Yields each `carrier` that reaches a command, as it is written, with the parameters that it may hold."""
    for verb in REGISTRY.values():
        if verb.command == command:
            yield f"{verb.__struct_config__.tag}.carrier", free(command)
    yield from ((f"{sender}.carrier", also[command]) for sender, also in ALSO.items() if command in also)
    if prompt := PROMPTS.get(command):
        yield "gather.carrier", free("gather") & set(schemas.load(f"commands/{command}")["properties"]) - ALSO["gather"].get(command, set())
        yield f"gather.{prompt}.carrier", free(REGISTRY[prompt].command)


def parameters() -> Iterator[Parameter]:
    """Yields every parameter of every command."""
    for command in COMMANDS:
        schema = schemas.load(f"commands/{command}")
        reserved: dict[str, str] = schema.get("x-reserved", {})
        found = list(carriers(command))
        for name in schema["properties"]:
            places = [f"`{place}.{name}`" for place, names in found if name in names]
            reason = reserved.get(name, "")
            if places:
                yield Parameter(command, name, "`carrier`", " or ".join(places))
            elif reason.startswith(PROPERTY):
                yield Parameter(command, name, "property", f"`{reason.removeprefix(PROPERTY)}`")
            else:
                yield Parameter(command, name, "callverbs", reason or UNREACHED)


def older() -> Iterator[tuple[str, str, str]]:
    """Yields every parameter of version 1, with its command there, and its name in version 2."""
    names = {old: new for new, old in RENAMED_PARAMETERS.items()}
    for command in COMMANDS:
        support = versions.command_support(API_VERSION, command)
        if support and support["name"] == command:
            for name in schemas.load(f"commands/v{API_VERSION}/{command}")["properties"]:
                yield command, name, names.get(name, name)
