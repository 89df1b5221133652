"""Walks the registries: whatever has been found by existing has all its parts. Nobody keeps a list, so nobody can forget it."""

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import schemas
from interpreter.step import ROUTES
from interpreter.telnyx.commands import TABLE
from interpreter.telnyx.webhooks import EVENTS
from interpreter.text.source import Source
from interpreter.tree import GRANTS
from tests.verbs.test_walks import WALKS
from verbs import REGISTRY, SYNONYMS, _call
from verbs._events import CallRequested, Event, LegEvent, ProgramEnded
from verbs._registry import _leaves, command_words

HOUSE = Path(__file__).parent.parent
PACKAGES = ("schemas", "verbs", "interpreter")
MODULES = [path for package in PACKAGES for path in sorted((HOUSE / package).rglob("*.py"))]
TESTS = [path for path in sorted((HOUSE / "tests").rglob("*.py")) if path.name != "__init__.py" and "node_modules" not in path.parts]
LONGEST = 350
"""Lines of a module: who looks for something opens the file that is named like the question, and reads all of it."""
ENGINE = (CallRequested, ProgramEnded)
"""Events that begin a call, or that the engine tells a verb itself."""


def relative(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def part(verb: str) -> str:
    """What the files of a verb are called: `sip:decline` lives in sip_decline.*"""
    return verb.replace(":", "_")


# --------------------------------------------------------------------------- verbs


@pytest.mark.parametrize("name", REGISTRY)
def test_a_verb_has_all_its_parts(name: str) -> None:
    assert REGISTRY[name].__module__ == f"verbs.{part(name)}"
    assert schemas.load(f"verbs/{part(name)}")["properties"]["verb"]["const"] == name
    page = HOUSE / "verbs" / f"{part(name)}.md"
    assert page.is_file(), f"{name} has no page"
    assert any((HOUSE / "tests" / "transcripts" / part(name)).glob("*.yaml")), f"{name} has no transcript"


def test_every_schema_and_every_page_has_its_verb() -> None:
    names = {part(name) for name in REGISTRY}
    assert set(schemas.names("verbs")) == names
    assert {path.stem for path in (HOUSE / "verbs").glob("*.md")} == names
    assert {path.name for path in (HOUSE / "tests" / "transcripts").iterdir() if path.is_dir()} - {"call"} == names


def test_every_verb_is_walked() -> None:
    walked = {verb for document, _ in WALKS.values() for verb in spoken(document)}
    assert set(REGISTRY) <= walked


def test_every_verb_is_in_a_sample() -> None:
    used = {verb for path in samples() for verb in spoken(Source.read(path).value)}
    assert set(REGISTRY) <= used, f"no sample shows {sorted(set(REGISTRY) - used)}"


def samples() -> Iterator[Path]:
    """Every document of the samples, and what their hooks reply."""
    for ending in ("json", "yaml"):
        yield from (HOUSE / "samples").rglob(f"*.{ending}")


def spoken(value: Any) -> Iterator[str]:
    """The verbs that are written somewhere in a value, in the long form or in the short one."""
    if isinstance(value, list):
        for one in value:
            yield from spoken(one)
    elif isinstance(value, dict):
        yield str(value.get("verb", next(iter(value), "")))
        for one in value.values():
            yield from spoken(one)


def test_a_verb_s_properties_that_hold_verbs_are_there() -> None:
    for name, verb in REGISTRY.items():
        assert set(verb.programs) <= set(schemas.load(f"verbs/{part(name)}")["properties"])
        assert not verb.command or verb.command in schemas.names("commands")
        assert "carrier" not in schemas.load(f"verbs/{part(name)}")["properties"] or verb.command


def test_synonyms_name_nobody_else() -> None:
    assert not set(SYNONYMS) & set(REGISTRY)


def test_nobody_keeps_a_list_of_verbs() -> None:
    commands = {name for name, _ in TABLE.values()}  # those of the carrier are a table, and some are called like a verb
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.Match):
                literals = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
                listed = sorted(literals & (set(REGISTRY) - commands))
                assert len(listed) < 3, f"{relative(path)}:{node.lineno} lists {listed}: a verb is found by existing"


# --------------------------------------------------------------------------- words


def test_every_event_of_the_carrier_has_its_webhook() -> None:
    assert {word for word, _ in EVENTS.values()} == set(_leaves(LegEvent))


def test_every_command_has_its_request() -> None:
    assert set(TABLE) == set(command_words())
    sent = {name for name, _ in TABLE.values()}
    assert sent - {"retrieve_call"} == set(schemas.names("commands"))


def test_every_event_has_its_way() -> None:
    for word in _leaves(Event):
        assert word in ENGINE or any(kind in ROUTES for kind in word.__mro__), word


def test_every_wish_is_granted() -> None:
    wishes = {one for one in vars(_call).values() if inspect.isclass(one) and dataclasses.is_dataclass(one) and one is not _call.Call}
    assert {one for one in wishes if one.__module__ == _call.__name__} == set(GRANTS)


# --------------------------------------------------------------------------- modules


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_is_short_and_opens_with_its_law(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST
    assert ast.get_docstring(ast.parse(text)), "it does not say what it knows"


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_a_test_says_what_it_proves(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_folder_of_tests_is_a_package() -> None:
    """Else tests/verbs would stand in the way of verbs."""
    for folder in {path.parent for path in TESTS}:
        assert (folder / "__init__.py").is_file(), relative(folder)
