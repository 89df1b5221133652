"""The public functions: lint a document, simulate a call, serve calls from an ASGI application of one's own."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

if TYPE_CHECKING:
    from quart import Quart

    from callverbs.interpreter.ladder.line import Line
    from callverbs.interpreter.lint.finding import Finding
    from callverbs.interpreter.lint.rule import Profile
    from callverbs.interpreter.server.settings import Settings
    from callverbs.interpreter.text.source import Source

Document = Path | str | Sequence[Mapping[str, Any]]
"""A file, a text in JSON or YAML, or a list of verbs."""


def lint(
    document: Document,
    *,
    profile: "Profile | None" = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    base_url: str | None = None,
    dialect: str = "jambonz",
) -> "list[Finding]":
    """Returns what is wrong with a document, in the order of its text, with line and column.

    `profile`, `select` and `ignore` choose rules as the command line does; `base_url` is the origin of relative hooks, "" where there
    is none. Settings files are not read. Raises OSError for a file that cannot be read, ValueError for a selector without a rule.
    """
    from callverbs.interpreter.lint.batch import lint_with
    from callverbs.interpreter.lint.selection import Layer, explain_unknown, rule_config

    for selector in (*select, *ignore):
        if why := explain_unknown(selector):
            raise ValueError(why)
    layer = Layer(
        profile=profile or UNSET,
        select=tuple(select) or UNSET,
        ignore=tuple(ignore),
        base_url=UNSET if base_url is None else base_url,
        dialect="cognigy" if dialect == "cognigy" else "jambonz",
    )
    return lint_with(_source(document), rule_config([layer]))


@dataclass(frozen=True)
class HookRequestMade:
    """One request to a hook during a simulated call, and the answer."""

    url: str
    method: str
    payload: Mapping[str, Any]
    status: int
    """HTTP status of the answer; 0 where none came."""
    reply: Any
    """The body of the answer, read from JSON where it is JSON."""


@dataclass(frozen=True)
class SimulatedCall:
    """The result of a simulated call."""

    findings: "list[Finding]"
    """What lint says of the document. One with errors is not run."""
    failures: list[str]
    """What was not as the scenario expects."""
    lines: "list[Line]"
    """Every webhook, command, hook and reply in order, with what went over the wire."""
    heard: dict[str, list[str]]
    """What each party heard, by the name of its leg (`a` is the caller): texts, and addresses of files."""
    hooks: list[HookRequestMade]

    @property
    def passed(self) -> bool:
        """Whether the document was run and everything was as expected."""
        return not self.failures and not any(one.severity == "error" for one in self.findings)

    @property
    def ladder(self) -> str:
        """The call as text, a line for each thing that happened."""
        from callverbs.interpreter.ladder.drawing import draw

        return "\n".join(draw(self.lines))

    @property
    def seconds(self) -> float:
        """How long the call lasted, on the virtual clock."""
        return self.lines[-1].at if self.lines else 0.0


def simulate(
    flow: Document | None = None,
    scenario: Path | str | Mapping[str, Any] | None = None,
    *,
    press: Sequence[str] = (),
) -> SimulatedCall:
    """Runs a call on a virtual clock: no phone, no account, no network, and no time passes.

    `scenario` is a file, its text, or its value (see docs/scenarios.md): who calls, what hooks answer, what people do, what is expected.
    Without one, people answer after 3 s, talk for 10 s and hang up. Without `flow`, the scenario says what runs. `press` are keys of
    the caller, one item for one question. Raises ScenarioError (a ValueError) for a scenario that cannot be used, OSError for a file.
    """
    from callverbs.interpreter.simulator import scenario as scenarios
    from callverbs.interpreter.simulator.trial import read_flow, try_flow

    folder = scenario.parent if isinstance(scenario, Path) else Path()
    if isinstance(scenario, Mapping):
        scenario = json.dumps(scenario)
    read = scenarios.Scenario() if scenario is None else scenarios.read(scenario)
    source = read_flow(read, folder) if flow is None else _source(flow)
    trial = try_flow(source, read, "a simulated call", press=tuple(press))
    return SimulatedCall(trial.findings, trial.failures, trial.lines, trial.heard, _requests(trial.lines))


def read_settings(path: str | os.PathLike[str] | None = None, **flags: Any) -> "Settings":
    """Reads the settings of a server: a file (`callverbs.toml` of the working folder, if there is one), the environment, and flags.

    The flags are those of `callverbs serve`: `app`, `base_url`, `store`, `carrier`. Raises SettingsError with every reason.
    """
    from callverbs.interpreter.server.settings import read

    return read(flags, os.environ, Path(path) if path is not None else None)


def create_app(settings: "Settings") -> "Quart":
    """Returns the server as an ASGI application: `/webhooks/telnyx` for the carrier, `/calls` and `/healthz` for operators.

    It begins with its lifespan. Where it is mounted in another application, that one calls `await app.startup()` and
    `await app.shutdown()` in its own. Raises StoreError where the store cannot be opened, SettingsError for a simulated carrier.
    """
    from callverbs.interpreter.server import app
    from callverbs.interpreter.server.runtime import Runtime
    from callverbs.interpreter.server.settings import SettingsError

    if settings.carrier.kind == "simulated":
        raise SettingsError(["a simulated carrier is started by `callverbs serve` only: set the account of a real one, or its base_url"])
    return app.create_app(Runtime(settings))


def _source(document: Document) -> "Source":
    from callverbs.interpreter.text.source import Source

    if isinstance(document, Path):
        return Source.read(document)
    return Source.read("", document if isinstance(document, str) else json.dumps(document, ensure_ascii=False))


def _requests(lines: "list[Line]") -> list[HookRequestMade]:
    """Pairs every request with the next reply to the same URL."""
    made = []
    for index, line in enumerate(lines):
        if line.kind == "hook":
            reply = next((one for one in lines[index:] if one.kind == "reply" and (one.url, one.leg) == (line.url, line.leg)), None)
            status, body = (reply.status, reply.body) if reply else (0, None)
            made.append(HookRequestMade(line.url, line.method, line.body, status, body))
    return made
