"""Walks the registries: whatever is found by existing has all its parts. No list is kept, so none can be forgotten.

A test that fails names the file to write, and shows an example of what belongs there.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from callverbs import schemas
from callverbs.interpreter.engine.effect_handlers import EFFECT_HANDLERS
from callverbs.interpreter.engine.step import EVENT_HANDLERS
from callverbs.interpreter.telnyx.commands import REQUESTS
from callverbs.interpreter.telnyx.webhooks import EVENTS
from callverbs.interpreter.text.source import Source
from callverbs.verbs import REGISTRY, SYNONYMS, schema_name
from callverbs.verbs.language import effects
from callverbs.verbs.language.commands import Query
from callverbs.verbs.language.events import CallRequested, Event, LegEvent, ProgramEnded
from callverbs.verbs.language.names import file_name, snake_case
from callverbs.verbs.language.registry import command_types, leaves
from tests.verb_files import FILES, SAMPLE
from tests.verbs.player import STEP
from tests.verbs.test_walks import PARTS, WALKS
from tests.verbs.walk import world

HOUSE = Path(__file__).parent.parent
PACKAGES = ("schemas", "verbs", "interpreter")
MODULES = [path for package in PACKAGES for path in sorted((HOUSE / package).rglob("*.py"))]
TESTS = [path for path in sorted((HOUSE / "tests").rglob("*.py")) if path.name != "__init__.py" and "node_modules" not in path.parts]
MAX_LINES = 350
"""Lines of a module: a reader opens the file that is named like the question, and reads all of it."""
ENGINE_EVENTS = (CallRequested, ProgramEnded)
"""Events that begin a call, or that the engine itself passes to a verb."""
PLACED_CALLS = "call"
"""The transcripts and walks of calls that we place belong to no verb."""


def relative(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def write(path: str, example: str, why: str) -> str:
    """Returns what a failing test says: which file is to be written, and an example of what belongs there."""
    return f"{why}: write {path}, for example\n\n{example}"


def missing(verb: str, kind: str) -> str:
    """Returns what is said of a verb that lacks one of its files."""
    return write(FILES[kind].path_of(verb), FILES[kind].example_of(verb), f"{verb} has no {kind}")


def properties_of(verb: str) -> dict[str, Any]:
    """Returns the properties in the schema of a verb."""
    assert file_name(verb) in schemas.names("verbs"), missing(verb, "schema")
    properties: dict[str, Any] = schemas.load(schema_name(verb))["properties"]
    return properties


def files(kind: str) -> set[str]:
    """Returns the names of the files of one kind, which are those of verbs."""
    pattern = FILES[kind].pattern or FILES[kind].path
    if kind == "transcript":
        return {path.parent.name for path in HOUSE.glob(pattern.format(file="*"))} - {PLACED_CALLS}
    return {path.name.partition(".")[0] for path in HOUSE.glob(pattern.format(file="*"))} - {PLACED_CALLS, "__init__"}


# --------------------------------------------------------------------------- verbs


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", REGISTRY)
def test_a_verb_has_all_its_files(name: str, kind: str) -> None:
    found = [path for path in HOUSE.glob(FILES[kind].pattern_of(name)) if path.stat().st_size]
    assert found, missing(name, kind)


@pytest.mark.parametrize("kind", FILES)
def test_every_file_of_a_verb_has_its_verb(kind: str) -> None:
    for name in sorted(files(kind) - {file_name(name) for name in REGISTRY}):
        pytest.fail(write(FILES["module"].path_of(name), FILES["module"].example_of(name), f"the {kind} of {name} belongs to no verb"))


@pytest.mark.parametrize("name", REGISTRY)
def test_a_verb_is_called_the_same_everywhere(name: str) -> None:
    assert REGISTRY[name].__module__ == f"callverbs.verbs.{file_name(name)}", f"{name} belongs into {FILES['module'].path_of(name)}"
    verb = properties_of(name)["verb"]
    const, path = verb["const"], FILES["schema"].path_of(name)
    assert tuple(verb.get("x-synonyms", ())) == REGISTRY[name].synonyms, f'{path}: write "x-synonyms" beside the name, as in the module'
    assert const == name, write(path, f'"verb": {{"const": "{name}", "description": "The name of the verb."}}', f"{path} is of {const}")


@pytest.mark.parametrize("name", REGISTRY)
def test_a_verb_is_in_its_walks_and_in_a_sample(name: str) -> None:
    walked = {verb for walk, (document, _) in WALKS.items() for verb in verbs_in(document) if walk.startswith(f"{file_name(name)}: ")}
    walk = FILES["walk"]
    assert name in walked, write(walk.path_of(name), walk.example_of(name), f"no walk of {walk.path_of(name)} has {name} in its document")
    shown = {SYNONYMS.get(verb, verb) for path in samples() for verb in verbs_in(Source.read(path).value)}
    why = f"no sample shows {name}, and an existing one may do"
    assert name in shown, write(SAMPLE["flow"].path_of(name), SAMPLE["flow"].example_of(name), why)


def samples() -> Iterator[Path]:
    """Yields every document of the samples, and what their hooks reply."""
    for ending in ("json", "yaml"):
        yield from (HOUSE / "samples").rglob(f"*.{ending}")


def verbs_in(value: Any) -> Iterator[str]:
    """Yields the verbs that are written somewhere in a value, in the long form or in the short one."""
    if isinstance(value, list):
        for one in value:
            yield from verbs_in(one)
    elif isinstance(value, dict):
        yield str(value.get("verb", next(iter(value), "")))
        for one in value.values():
            yield from verbs_in(one)


def test_the_examples_of_a_verb_s_files_can_be_read() -> None:
    examples = {kind: one.example_of("wait_a_bit") for kind, one in {**FILES, "sample": SAMPLE["flow"]}.items()}
    assert "class WaitABit(Verb[WaitABitSpec])" in ast.unparse(ast.parse(examples["module"]))
    assert json.loads(examples["schema"])["properties"]["verb"]["const"] == "wait_a_bit"
    (walk,) = Source.read("walk.yaml", examples["walk"]).value.values()
    assert set(walk) <= PARTS
    assert world(walk["world"]).operator
    transcript: Any = Source.read("transcript.yaml", examples["transcript"]).value
    assert {key for step in transcript["steps"] for key in step} <= STEP
    for document in (walk["document"], transcript["document"], json.loads(examples["sample"])):
        assert "wait_a_bit" in set(verbs_in(document))


def test_a_verb_s_properties_that_hold_verbs_are_there() -> None:
    for name, verb in REGISTRY.items():
        path, properties = FILES["schema"].path_of(name), properties_of(name)
        for absent in sorted(set(verb.programs) - set(properties)):
            pytest.fail(write(path, f'"{absent}": {{"$ref": "say.schema.json"}}', f"{name} says that its {absent} holds verbs"))
        if verb.command and verb.command not in schemas.names("commands"):
            pytest.fail(write(f"schemas/commands/{verb.command}.schema.json", command_schema(verb.command), f"{name} sends {verb.command}"))
        example = f'class {verb.__name__}(Verb[{verb.__name__}Spec], command="speak"):'
        why = f"{name} has a property carrier, whose parameters belong to a command"
        assert "carrier" not in properties or verb.command, write(FILES["module"].path_of(name), example, why)


def test_a_synonym_is_the_name_of_no_verb() -> None:
    for synonym in sorted(set(SYNONYMS) & set(REGISTRY)):
        path = FILES["module"].path_of(SYNONYMS[synonym])
        pytest.fail(f"{synonym} is a verb of its own: leave it out of the synonyms in {path}")


def test_no_module_keeps_a_list_of_verbs() -> None:
    commands = {name for name, _ in REQUESTS.values()}  # those of the carrier are a table, and some are called like a verb
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.Match):
                literals = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
                listed = sorted(literals & (set(REGISTRY) - commands))
                why = "a verb is found by existing, so put a fact into its class statement: class Pause(Verb[PauseSpec], waiting=True)"
                assert len(listed) < 3, f"{relative(path)}:{node.lineno} lists {listed}; {why}"


# --------------------------------------------------------------------------- events, commands, effects


def row(table: str, written: str) -> str:
    """Returns an example of a row in a table."""
    return f"{table} = {{\n    …\n    {written},\n}}"


def command_schema(name: str) -> str:
    """Returns an example of a command's schema."""
    schema = {"$id": f"{schemas.BASE_URI}commands/{name}.schema.json", "title": name, "x-sent": True, "type": "object", "properties": {}}
    return json.dumps(schema, indent=2)


def test_every_event_of_the_carrier_has_its_webhook() -> None:
    known = {event for event, _ in EVENTS.values()}
    for event in leaves(LegEvent):
        name = event.__name__
        example = row("EVENTS", f'"call.{snake_case(name).replace("_", ".")}": ({name}, _nothing)')
        assert event in known, write("interpreter/telnyx/webhooks.py", example, f"no webhook becomes {name}")
    assert known == set(leaves(LegEvent))


def test_every_command_has_its_request() -> None:
    for command in command_types():
        name = command.__name__
        example = row("REQUESTS", f'commands.{name}: ("{snake_case(name)}", _empty)')
        assert command in REQUESTS, write("interpreter/telnyx/commands.py", example, f"{name} is not sent")
    assert set(REQUESTS) == set(command_types())


def test_every_request_has_its_schema() -> None:
    sent = {name for command, (name, _) in REQUESTS.items() if not issubclass(command, Query)}
    described = {name for name in schemas.names("commands") if schemas.load(f"commands/{name}").get("x-sent")}
    for name in sorted(sent - described):
        pytest.fail(write(f"schemas/commands/{name}.schema.json", command_schema(name), f"no schema says what {name} may hold"))
    for name in sorted(described - sent):
        pytest.fail(f'schemas/commands/{name}.schema.json: no command of ours becomes {name}, so leave "x-sent" out')


def test_every_event_has_its_handler() -> None:
    for event in leaves(Event):
        name = event.__name__
        example = row("EVENT_HANDLERS", f"{name}: command_results.{snake_case(name)}")
        handled = event in ENGINE_EVENTS or any(kind in EVENT_HANDLERS for kind in event.__mro__)
        assert handled, write("interpreter/engine/step.py", example, f"nothing handles {name}")


def test_every_effect_is_applied() -> None:
    found = {one for one in vars(effects).values() if inspect.isclass(one) and one.__module__ == effects.__name__}
    for effect in found:
        name = effect.__name__
        assert effect in get_args(effects.Effect), f"verbs/language/effects.py: add {name} to the union Effect"
        example = row("EFFECT_HANDLERS", f"effects.{name}: _{snake_case(name)}")
        assert effect in EFFECT_HANDLERS, write("interpreter/engine/effect_handlers.py", example, f"nothing applies {name}")
    assert found == set(EFFECT_HANDLERS)


# --------------------------------------------------------------------------- modules


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_is_short_and_says_what_it_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    assert lines < MAX_LINES, f"{relative(path)} has {lines} lines: put a part of it that has a name into a module of that name"
    example = '"""Applies effects: one function for each."""'
    assert ast.get_docstring(ast.parse(text)), write(relative(path), example, "the module does not say what it does")


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_a_test_says_what_it_proves(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, write(relative(path), '"""The order in which messages are sent."""', "the module does not say what it proves")


def test_every_folder_of_tests_is_a_package() -> None:
    """Otherwise the folder tests/verbs would hide the package verbs."""
    for folder in {path.parent for path in TESTS}:
        assert (folder / "__init__.py").is_file(), f"write {relative(folder)}/__init__.py, which is empty"
