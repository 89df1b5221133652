"""A scenario: who calls whom, how the application's hooks answer, what people do, and what is expected of it. Read from YAML or JSON.

This file knows the format, and checks all of it before anybody is called; who acts it out is `simulation`, who judges it `expectations`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from callverbs import schemas
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.simulator import expectations, people
from callverbs.interpreter.simulator.exchange import Files
from callverbs.interpreter.simulator.people import Duration, PeopleError, Person, seconds
from callverbs.interpreter.simulator.script import Step
from callverbs.interpreter.text.source import Source
from callverbs.interpreter.text.type_errors import diagnose
from callverbs.schemas import Diagnostic, ValuePath
from callverbs.verbs.language import call_request

OURS, THEIRS = "+14155550199", "+14155550100"
"""Numbers that nobody has: 555-01xx is kept for examples."""
TALK = 120.0
FIRST = "/call"
"""The application's first hook, where neither a document nor a URL is given."""
MISSING = "missing"
"""Instead of a duration: a file that is not there."""

Dialect = Literal["jambonz", "cognigy"]


class ScenarioError(ValueError):
    """The scenario cannot be used: where, and what to do."""


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

    def __post_init__(self) -> None:
        seconds(self.delay)
        if self.status and not 100 <= self.status <= 599:
            raise ValueError(f"an HTTP status is a number from 100 to 599, not {self.status}")
        if self.times < 0:
            raise ValueError("times cannot be negative")
        if self.reply is not None and self.body is not None:
            raise ValueError("a hook answers with a reply (JSON) or with a body (text), not with both")

    @property
    def seconds(self) -> float:
        return seconds(self.delay)


class Given(Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """How the call begins. An outbound call takes the body of `POST /calls` as `call`."""

    direction: Literal["inbound", "outbound"] = "inbound"
    from_: str = ""
    to: str = ""
    caller_name: str = ""
    headers: dict[str, str] = {}
    call: dict[str, Any] = {}

    @property
    def caller(self) -> str:
        """The calling number."""
        return self.from_ or (THEIRS if self.direction == "inbound" else OURS)

    @property
    def called(self) -> str:
        """The number that is called."""
        return self.to or (OURS if self.direction == "inbound" else THEIRS)

    @property
    def request(self) -> dict[str, Any]:
        """The body of `POST /calls`, where the call is outbound."""
        return {"from": self.caller, "to": self.called, **self.call}


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
    media: dict[str, Duration] = {}
    people: dict[str, Any] = {}
    caller: Person | None = None
    script: list[Any] = []
    expect: list[Any] = []
    strict: bool = False
    for_: Duration = TALK

    @property
    def is_complete(self) -> bool:
        """Whether it says where the call's verbs come from: a document, a URL, or the first hook among its hooks."""
        return bool(self.flow or self.app or FIRST in self.hooks)

    @property
    def expected(self) -> list[Any]:
        """Every line that is expected, by the script or of the whole call."""
        return [*self.expect, *(step["expect"] for step in self.script if isinstance(step, dict) and "expect" in step)]

    @property
    def lasts(self) -> float:
        """Seconds after which the caller hangs up at the latest. Raises PeopleError where that is no time."""
        if not (limit := seconds(self.for_)):
            raise PeopleError("a call lasts longer than 0 s")
        return limit

    @property
    def files(self) -> Files:
        """How long audio files last in seconds, or that one is missing."""
        return {url: "missing" if lasts == MISSING else seconds(lasts) for url, lasts in self.media.items()}


def read(written: Path | str) -> Scenario:
    """Reads a scenario from its file or its text. Raises ScenarioError with line and column."""
    try:
        source = Source.read(written) if isinstance(written, Path) else Source.read("scenario", written)
    except OSError as error:
        raise ScenarioError(f"{written}: {error.strerror}") from None
    for one in source.diagnostics:
        if RULES[one.code].severity == "error":
            raise _wrong(source, one)
    try:
        wanted = msgspec.convert(source.value, Scenario)
    except msgspec.ValidationError as error:
        raise _wrong(source, diagnose(source.value, Scenario, error, "a scenario")) from None
    for complaint in _complaints(wanted):
        raise _wrong(source, complaint)
    return wanted


def asked_at(url: str) -> str:
    """A URL that somebody can be asked at. Raises ScenarioError where it is none."""
    if why := explain_bad_url(url) or ("" if urlsplit(url).scheme else "write http:// or https://, and a host"):
        raise ScenarioError(f"{url} is no URL that can be asked: {why}")
    return url


def _wrong(source: Source, diagnostic: Diagnostic) -> ScenarioError:
    span = source.span_of(diagnostic)
    return ScenarioError(f"{source.name}:{span.line}:{span.column}: {diagnostic.message}")


# --------------------------------------------------------------------------- what the types cannot say


def _complaints(wanted: Scenario) -> Iterator[Diagnostic]:
    """What is wrong with a scenario, and where: every part is read by whoever will use it."""
    parts: list[tuple[ValuePath, Any]] = [(("for",), lambda: wanted.lasts)]
    parts += [(("app",), lambda: asked_at(wanted.app))] if wanted.app else []
    parts += [(("media", url), lambda lasts=lasts: lasts == MISSING or seconds(lasts)) for url, lasts in wanted.media.items()]
    parts += [(("people", who), lambda person=person: people.read(person)) for who, person in wanted.people.items()]
    parts += [(("script", index), lambda step=step: Step(step)) for index, step in enumerate(wanted.script)]
    parts += [(("expect", index), lambda one=one: expectations.read(one)) for index, one in enumerate(wanted.expect)]
    for where, reads in parts:
        try:
            reads()
        except PeopleError as error:
            yield Diagnostic((*where, *error.where) if where[0] == "people" else where, "CV111", str(error), error.at_key)
        except (ValueError, ScenarioError) as error:
            yield Diagnostic(where, "CV111", str(error))
    if wanted.given.direction == "outbound":
        yield from (one.under("given", "call") for one in call_request.diagnose(wanted.given.request))
    elif wanted.given.call:
        yield Diagnostic(("given", "call"), "CV106", "call is the body of POST /calls: it belongs to direction: outbound")
    application = {"applications": {"simulated": {"app": "flow", **wanted.settings}}}
    for one in schemas.diagnose("components/settings", application):
        message = one.message.replace("applications.simulated", "settings")
        yield one._replace(path=("settings", *one.path[2:]), message=message)
