"""A scenario: who calls whom, how the application's hooks answer, what people do, and what is expected of it. Read from YAML or JSON.

This file knows the format; who acts it out is `simulation`, who judges it `expectations`.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from interpreter.lint.linter import lint
from interpreter.lint.source import Source
from interpreter.simulator.people import Person, seconds

ORIGIN = "https://application.example"
"""Where a simulated application's relative hooks are."""
OURS, THEIRS = "+14155550199", "+14155550100"
"""Numbers that nobody has: 555-01xx is kept for examples."""
TALK = 120.0

Duration = float | str
Dialect = Literal["jambonz", "cognigy"]


class ScenarioError(Exception):
    """The scenario cannot be read: where, and what to do."""


class Stub(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One answer of a hook. `when` are fields of the payload that it is meant for; `times` is how often it is given."""

    when: dict[str, Any] = {}
    reply: Any = None
    status: int = 0
    body: str | None = None
    content_type: str = "application/json"
    delay: Duration = 0
    fault: Literal["", "timeout", "refused"] = ""
    times: int = 0

    @property
    def seconds(self) -> float:
        return seconds(self.delay)


class Given(Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """How the call begins. An outbound call takes the body of `POST /calls` as `call`."""

    direction: Literal["inbound", "outbound"] = "inbound"
    from_: str = THEIRS
    to: str = OURS
    caller_name: str = ""
    headers: dict[str, str] = {}
    call: dict[str, Any] = {}


class Scenario(Struct, forbid_unknown_fields=True, rename={"for_": "for"}):
    """A call to be tried."""

    scenario: str = ""
    flow: str = ""
    app: str = ""
    dialect: Dialect = "jambonz"
    given: Given = msgspec.field(default_factory=Given)
    settings: dict[str, Any] = {}
    hooks: dict[str, list[Stub] | Stub] = {}
    status_hook: bool = False
    media: dict[str, float | Literal["missing"]] = {}
    people: dict[str, Any] = {}
    caller: Person | None = None
    script: list[Any] = []
    expect: list[Any] = []
    strict: bool = False
    for_: Duration = TALK


def read(path: Path) -> Scenario:
    """A scenario from its file. Raises ScenarioError with line and column."""
    try:
        source = Source.read(path)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from None
    for flaw in lint(source) if not source.readable else []:
        raise ScenarioError(f"{path}:{flaw.line}:{flaw.column}: {flaw.message}")
    try:
        return msgspec.convert(source.value, Scenario)
    except msgspec.ValidationError as error:
        sentence, _, place = str(error).partition(" - at `")
        span = source.span(_path(place.rstrip("`")))
        raise ScenarioError(f"{path}:{span.line}:{span.column}: {sentence}") from None


def _path(place: str) -> tuple[str | int, ...]:
    """Msgspec's `$.people[...].answer[0]` as keys and indexes."""
    parts = place.removeprefix("$").replace("[", ".[").split(".")[1:]
    return tuple(int(part[1:-1]) if part.startswith("[") and part[1:-1].isdigit() else part for part in parts)
