"""A pytest plugin: the fixture `carrier` is a simulated carrier on a free port, whose time stands still until a test advances it.

`@pytest.mark.carrier(webhook_url=…, people=…, speed=…)` gives it other options: those of LocalCarrier. The variables of the carrier's
SDKs name it while the test runs. The report of a test that fails shows what went over the wire.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from callverbs.interpreter.simulator.local import LocalCarrier

SECTION = "what went over the wire"
WEBHOOK_OPTION = "carrier_webhook"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of the settings."""
    parser.addini(WEBHOOK_OPTION, "where the fixture `carrier` posts webhooks", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Describes the mark."""
    config.addinivalue_line("markers", "carrier(webhook_url, people, speed, …): options of the simulated carrier of a test")


@pytest.fixture
def carrier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Iterator[LocalCarrier]":
    """A simulated carrier, whose time stands still."""
    from callverbs.interpreter.simulator.local import LocalCarrier  # only tests that use it wait for the import

    mark = request.node.get_closest_marker("carrier")
    options: dict[str, Any] = {"webhook_url": request.config.getini(WEBHOOK_OPTION), **(mark.kwargs if mark else {})}
    with LocalCarrier(**options) as started:
        for name, value in started.environment.items():
            monkeypatch.setenv(name, value)
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Adds the ladder of the call to the report of a failure."""
    report = yield
    started = getattr(item, "funcargs", {}).get("carrier")
    if report.when == "call" and report.failed and started is not None and hasattr(started, "ladder"):
        report.sections.append((SECTION, started.ladder()))
    return report
