"""The format of scenarios: who calls whom, how hooks answer, what people do, and what is expected. Read from YAML or JSON.

All of a scenario is checked when it is read. `simulation` runs it, and `expectations` checks the lines of the call.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from callverbs import schemas
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.simulator import expectations, payload_conditions, people
from callverbs.interpreter.simulator.agents import Agent
from callverbs.interpreter.simulator.exchange import MediaDurations, RecordingOutcomes
from callverbs.interpreter.simulator.people import Duration, Person, PersonError, to_seconds
from callverbs.interpreter.simulator.script import Step
from callverbs.interpreter.simulator.stream_stubs import StreamStubs, read_stub
from callverbs.interpreter.text.lines import Span
from callverbs.interpreter.text.source import Source
from callverbs.interpreter.text.type_errors import diagnose
from callverbs.schemas import Diagnostic, ValuePath
from callverbs.verbs.language import call_request

OWN_NUMBER, OTHER_NUMBER = "+14155550199", "+14155550100"
"""555-01xx is reserved for examples."""
DEFAULT_MAX_SECONDS = 120.0
"""The longest call of a scenario without `for`."""
FIRST_HOOK_PATH = "/call"
"""The first hook of a scenario that has neither a document nor a URL."""
CALL_NAME_PATTERN, LEG_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,30}"), re.compile(r"a|b[0-9]+|caller")
MAX_FAULTS = 20
"""Faults of a scenario that are told at once."""
MISSING_FILE = "missing"
"""In `media`, instead of the duration of a file that does not exist."""

Dialect = Literal["jambonz", "cognigy"]


class ScenarioError(ValueError):
    """The scenario cannot be used. The message says where and why, a line for each fault; `faults` are those with a place in its text."""

    faults: Sequence[tuple[Span, str]] = ()


class Stub(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One answer of a hook. `when` has the fields of the payloads that it is for; `times` is how often it is given, 0 for no limit."""

    when: dict[str, Any] = {}
    reply: Any = None
    status: int = 0
    body: str | None = None
    content_type: str = "application/json"
    delay: Duration = 0
    fault: Literal["", "timeout", "refused"] = ""
    times: int = 0

    def __post_init__(self) -> None:
        to_seconds(self.delay)
        if self.status and not 100 <= self.status <= 599:
            raise ValueError(f"an HTTP status is a number from 100 to 599, not {self.status}")
        if self.times < 0:
            raise ValueError("times cannot be negative")
        if self.reply is not None and self.body is not None:
            raise ValueError("a hook answers with a reply (JSON) or with a body (text), not with both")

    @property
    def delay_seconds(self) -> float:
        return to_seconds(self.delay)


class CallSetup(Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """How the call begins. For an outbound call, `call` is the body of `POST /calls`."""

    direction: Literal["inbound", "outbound"] = "inbound"
    from_: str = ""
    to: str = ""
    caller_name: str = ""
    headers: dict[str, str] = {}
    call: dict[str, Any] = {}

    @property
    def caller(self) -> str:
        """The calling number."""
        return self.from_ or (OTHER_NUMBER if self.direction == "inbound" else OWN_NUMBER)

    @property
    def callee(self) -> str:
        """The called number."""
        return self.to or (OWN_NUMBER if self.direction == "inbound" else OTHER_NUMBER)

    @property
    def request(self) -> dict[str, Any]:
        """The body of `POST /calls` for an outbound call."""
        return {"from": self.caller, "to": self.callee, **self.call}


class OtherCall(Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Another person who calls in. `after` is the time from the beginning of the first call; `app` the first hook, if it is another."""

    after: Duration = 0
    from_: str = OTHER_NUMBER
    to: str = OWN_NUMBER
    caller_name: str = ""
    headers: dict[str, str] = {}
    app: str = ""
    caller: Person | None = None

    def __post_init__(self) -> None:
        to_seconds(self.after)


class Scenario(Struct, forbid_unknown_fields=True, rename={"for_": "for"}):
    """A scenario as written."""

    scenario: str = ""
    flow: str = ""
    app: str = ""
    dialect: Dialect = "jambonz"
    given: CallSetup = msgspec.field(default_factory=CallSetup)
    settings: dict[str, Any] = {}
    hooks: dict[str, list[Stub] | Stub] = {}
    status_hook: bool = False
    media: dict[str, Duration] = {}
    streams: dict[str, Any] = {}
    recordings: dict[str, Duration] = {}
    people: dict[str, Any] = {}
    agents: dict[str, list[Agent] | Agent] = {}
    caller: Person | None = None
    calls: dict[str, OtherCall] = {}
    script: list[Any] = []
    expect: list[Any] = []
    strict: bool = False
    for_: Duration = DEFAULT_MAX_SECONDS

    @property
    def is_complete(self) -> bool:
        """Whether it names the verbs of the call: by a document, a URL, or an answer of the first hook."""
        return bool(self.flow or self.app or FIRST_HOOK_PATH in self.hooks)

    def stubs(self) -> Iterator[tuple[ValuePath, Stub]]:
        """Yields every answer of the hooks, with its path in the scenario."""
        for url, answers in self.hooks.items():
            if isinstance(answers, Stub):
                yield ("hooks", url), answers
            else:
                yield from ((("hooks", url, index), stub) for index, stub in enumerate(answers))

    @property
    def all_expectations(self) -> list[Any]:
        """The expectations of `expect` and of the script."""
        return [*self.expect, *(step["expect"] for step in self.script if isinstance(step, dict) and "expect" in step)]

    @property
    def max_seconds(self) -> float:
        """When the caller hangs up at the latest. Raises PersonError where it is 0 or not a duration."""
        if not (limit := to_seconds(self.for_)):
            raise PersonError("a call lasts longer than 0 s")
        return limit

    @property
    def media_durations(self) -> MediaDurations:
        """The durations of audio files in seconds."""
        return {url: "missing" if duration == MISSING_FILE else to_seconds(duration) for url, duration in self.media.items()}

    @property
    def stream_stubs(self) -> StreamStubs:
        """The WebSockets that streams may be connected to."""
        return {url: read_stub(written) for url, written in self.streams.items()}

    @property
    def recording_outcomes(self) -> RecordingOutcomes:
        """What becomes of recordings, by the name of their leg."""
        return {leg: _recording_outcome(given) for leg, given in self.recordings.items()}


def _recording_outcome(written: Duration) -> float | Literal["error", "lost"]:
    """Returns what becomes of a recording. Raises PersonError where it is neither a word for it nor a duration."""
    if written == "error":
        return "error"
    return "lost" if written == "lost" else to_seconds(written)


def read(written: Path | str) -> Scenario:
    """Returns the scenario of a file or a text, checked. Raises ScenarioError with line and column."""
    return read_source(open_source(written) if isinstance(written, Path) else Source.read("scenario", written))


def open_source(file: Path) -> Source:
    """Returns the text of a file. Raises ScenarioError where there is none."""
    try:
        return Source.read(file)
    except OSError as error:
        raise ScenarioError(f"{file}: {error.strerror}") from None


def read_source(source: Source) -> Scenario:
    """Returns the scenario of a text with positions, checked. Raises ScenarioError with line and column of every fault."""
    found = [one for one in source.diagnostics if RULES[one.code].severity == "error"]
    if found:
        raise _error(source, found)
    scenario, found = _convert(source.value)
    unread = {one.path[:1] for one in found}
    found += [one for one in _diagnostics(scenario) if one.path[:1] not in unread] if scenario else []
    if found or scenario is None:
        raise _error(source, found)
    return scenario


def _convert(value: Any) -> tuple[Scenario | None, list[Diagnostic]]:
    """Returns a scenario without what has the wrong type, and what that is; None where nothing is left."""
    found: list[Diagnostic] = []
    while len(found) < MAX_FAULTS:
        try:
            return msgspec.convert(value, Scenario), found
        except msgspec.ValidationError as error:
            one = diagnose(value, Scenario, error, "a scenario")
            found.append(one)
            keys = [index for index, step in enumerate(one.path) if isinstance(step, str)]
            if not keys:
                break
            value = _without(value, one.path[: keys[-1] + 1])
    return None, found


def _without(value: Any, path: ValuePath) -> Any:
    """Returns a value without the property at a path. No other path changes."""
    step, *rest = path
    copy: Any = value.copy()
    if rest:
        copy[step] = _without(copy[step], tuple(rest))
    else:
        del copy[step]
    return copy


def check_call_name(name: str) -> None:
    """Raises ScenarioError for a name of another call that would be mistaken for a leg of the first one."""
    if not CALL_NAME_PATTERN.fullmatch(name) or LEG_PATTERN.fullmatch(name):
        raise ScenarioError(f"{name} cannot name a call: write a word like agent, not the name of a leg (a, b1) or caller")


def checked_url(url: str) -> str:
    """Returns an absolute URL of HTTP. Raises ScenarioError where it is not one."""
    if why := explain_bad_url(url) or ("" if urlsplit(url).scheme else "write http:// or https://, and a host"):
        raise ScenarioError(f"{url} is no URL that can be asked: {why}")
    return url


def _error(source: Source, diagnostics: Sequence[Diagnostic]) -> ScenarioError:
    faults = sorted({(source.span_of(one), one.message) for one in diagnostics[:MAX_FAULTS]})
    error = ScenarioError("\n".join(f"{source.name}:{span.line}:{span.column}: {reason}" for span, reason in faults))
    error.faults = faults
    return error


# --------------------------------------------------------------------------- what the types cannot say


def _diagnostics(scenario: Scenario) -> Iterator[Diagnostic]:
    """Yields what is wrong with a scenario. Each part is checked by the function that will read it in the simulation."""
    parts: list[tuple[ValuePath, Any]] = [(("for",), lambda: scenario.max_seconds)]
    parts += [(("app",), lambda: checked_url(scenario.app))] if scenario.app else []
    parts += [(("media", url), lambda given=given: given == MISSING_FILE or to_seconds(given)) for url, given in scenario.media.items()]
    parts += [(("streams", url), lambda given=given: read_stub(given)) for url, given in scenario.streams.items()]
    parts += [(("recordings", leg), lambda given=given: _recording_outcome(given)) for leg, given in scenario.recordings.items()]
    parts += [(("people", address), lambda given=given: people.read_person(given)) for address, given in scenario.people.items()]
    parts += [(("calls", name), lambda name=name: check_call_name(name)) for name in scenario.calls]
    parts += [(("script", index), lambda given=given: Step(given)) for index, given in enumerate(scenario.script)]
    parts += [(("expect", index), lambda given=given: expectations.call_check(given)) for index, given in enumerate(scenario.expect)]
    parts += [((*path, "when"), lambda stub=stub: payload_conditions.check(stub.when)) for path, stub in scenario.stubs()]
    for path, check in parts:
        try:
            check()
        except PersonError as error:
            yield Diagnostic((*path, *error.where) if path[0] in ("people", "streams") else path, "CV111", str(error), error.at_key)
        except payload_conditions.UnknownFieldError as error:
            yield Diagnostic((*path, *error.path), "CV102", str(error), at_key=True)
        except (ValueError, ScenarioError) as error:
            yield Diagnostic(path, "CV111", str(error))
    if scenario.given.direction == "outbound":
        yield from (one.under("given", "call") for one in call_request.diagnose(scenario.given.request))
    elif scenario.given.call:
        yield Diagnostic(("given", "call"), "CV106", "call is the body of POST /calls: it belongs to direction: outbound")
    application = {"applications": {"simulated": {"app": "flow", **scenario.settings}}}
    for one in schemas.diagnose("components/settings", application):
        message = one.message.replace("applications.simulated", "settings")
        yield one._replace(path=("settings", *one.path[2:]), message=message)
