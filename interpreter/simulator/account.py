"""The account at the simulated carrier: its Call Control applications, where their webhooks go, and whose the numbers are.

Fields have the carrier's names (SPEC: CallControlApplication).
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from callverbs.interpreter.simulator.routing import DEFAULT_TIMEOUT_SECONDS, Route

DEFAULT_ID = "1"
"""The id of the only application of an account that nobody has described."""
MAX_TIMEOUT_SECONDS = 30


class Application(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Call Control application. Its id is the `connection_id` of its calls."""

    id: str
    application_name: str = ""
    webhook_event_url: str = ""
    webhook_event_failover_url: str = ""
    webhook_timeout_secs: int | None = None
    webhook_api_version: Literal["1", "2"] = "2"
    first_command_timeout: bool = False
    first_command_timeout_secs: int = 30
    active: bool = True

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("the id of an application must not be empty")
        if self.webhook_timeout_secs is not None and not 0 <= self.webhook_timeout_secs <= MAX_TIMEOUT_SECONDS:
            raise ValueError(f"webhook_timeout_secs is a number from 0 to {MAX_TIMEOUT_SECONDS}, not {self.webhook_timeout_secs}")

    @property
    def route(self) -> Route:
        """Where its webhooks go."""
        timeout = float(self.webhook_timeout_secs or DEFAULT_TIMEOUT_SECONDS)
        return Route(
            self.webhook_event_url,
            failover_url=self.webhook_event_failover_url,
            timeout_seconds=timeout,
            api_version=self.webhook_api_version,
        )


class Account:
    """Applications by id, and the ids of the applications whose numbers are called. The first application takes all other calls.

    An `open` account lets every connection_id dial: one that it does not know stands for the first application.
    """

    def __init__(self, applications: Mapping[str, Application], numbers: Mapping[str, str] | None = None, *, is_open: bool = False) -> None:
        self.applications = dict(applications)
        self.numbers = dict(numbers or {})
        self.is_open = is_open

    @classmethod
    def of_one(cls, webhook_url: str, connection_id: str | None = None) -> "Account":
        """Returns an account with one application. Without a `connection_id`, every one may dial."""
        only = Application(id=connection_id or DEFAULT_ID, application_name="default", webhook_event_url=webhook_url)
        return cls({only.id: only}, is_open=connection_id is None)

    @property
    def first(self) -> Application:
        return next(iter(self.applications.values()))

    def may_dial(self, connection_id: str) -> bool:
        """Returns whether calls may be placed with a connection_id."""
        found = self.applications.get(connection_id)
        return found.active if found else self.is_open

    def application(self, connection_id: str) -> Application:
        """Returns the application of a connection_id."""
        return self.applications.get(connection_id) or self.first

    def called(self, number: str) -> Application:
        """Returns the application that takes calls to a number."""
        return self.application(self.numbers.get(number, ""))

    def replace(self, application: Application) -> None:
        """Adds an application, or puts it in the place of the one with its id."""
        self.applications[application.id] = application

    def set_webhook_url(self, url: str) -> None:
        """Changes where the webhooks of the first application go."""
        self.replace(msgspec.structs.replace(self.first, webhook_event_url=url))
