"""What went over the wire: requests of the application, and webhooks with every attempt to deliver them. The oldest are dropped."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Literal

from msgspec import Struct, field

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator.routing import Webhook
from callverbs.interpreter.simulator.webhook_sender import Attempt

MAX_RECORDS = 1_000
"""Requests, and webhooks, that are kept."""


class RequestRecord(Struct):
    """A request of the application, with its response. `at` is in UTC seconds; `warnings` say what of it has no effect."""

    at: float
    method: str
    path: str
    body: Any
    status: int
    response: Any
    command: str = ""
    session: str = ""
    leg: str = ""
    warnings: list[str] = []


class AttemptRecord(Struct):
    """One attempt to deliver a webhook. A status of 0 means that no response came; `error` says why."""

    at: float
    number: int
    url: str
    status: int
    error: str = ""


class WebhookRecord(Struct):
    """A webhook, and what has become of it. `at` is in UTC seconds."""

    at: float
    event_type: str
    session: str
    leg: str
    body: Any
    outcome: Literal["waiting", "delivered", "again", "lost"] = "waiting"
    attempts: list[AttemptRecord] = field(default_factory=list)


class Traffic:
    """The last requests and webhooks. `now` returns UTC seconds; `on_line` is told of every line as it comes."""

    def __init__(self, now: Callable[[], float], on_line: Callable[[Line], None] = lambda line: None) -> None:
        self.requests: deque[RequestRecord] = deque(maxlen=MAX_RECORDS)
        self.webhooks: deque[WebhookRecord] = deque(maxlen=MAX_RECORDS)
        self._now = now
        self._on_line = on_line
        self._lines: deque[tuple[str, Line]] = deque(maxlen=2 * MAX_RECORDS)
        self._by_event: dict[str, WebhookRecord] = {}
        self._started_at = now()
        self._warnings: list[str] = []
        self._said: set[str] = set()

    def clear(self) -> None:
        """Forgets everything."""
        for kept in (self.requests, self.webhooks, self._lines, self._by_event, self._warnings, self._said):
            kept.clear()
        self._started_at = self._now()

    def warn(self, text: str) -> None:
        """Keeps a warning for the request that is being answered. What was said before is no line again."""
        self._warnings.append(text)

    def add_request(self, record: RequestRecord, note: str = "") -> None:
        """Adds a request that was answered, with the warnings that came meanwhile."""
        record.warnings, self._warnings = self._warnings, []
        self.requests.append(record)
        name = record.command or f"{record.method} {record.path}"
        self._add(record.session, Line(self._line_time(), "command", record.leg, name, record.method, record.path, body=record.body))
        if record.status >= 400:
            self._note(record.session, record.leg, f"{name} is refused: {_error_text(record.status, record.response)}")
        if note:
            self._note(record.session, record.leg, f"{name}: {note}")
        for text in record.warnings:
            if text not in self._said and len(self._said) < MAX_RECORDS:
                self._said.add(text)
                self._note(record.session, record.leg, text)

    def add_webhook(self, webhook: Webhook) -> None:
        """Adds a webhook that is about to be sent."""
        session = _session(webhook)
        record = WebhookRecord(self._now(), webhook.event_type, session, webhook.leg, webhook.body)
        if len(self._by_event) >= MAX_RECORDS:
            del self._by_event[next(iter(self._by_event))]
        self.webhooks.append(record)
        self._by_event[_key(webhook)] = record
        self._add(session, Line(self._line_time(), "webhook", webhook.leg, webhook.event_type, body=webhook.body))

    def add_attempt(self, attempt: Attempt) -> None:
        """Adds an attempt to deliver a webhook."""
        record = self._by_event.get(_key(attempt.webhook))
        if record is None:
            return
        record.attempts.append(AttemptRecord(self._now(), attempt.number, attempt.url, attempt.status, attempt.error))
        record.outcome = attempt.outcome
        if attempt.outcome != "delivered":
            self._note(record.session, record.leg, f"{record.event_type}, attempt {attempt.number}: {attempt}")

    def add_note(self, webhook: Webhook, text: str) -> None:
        """Adds a note about a webhook."""
        self._note(_session(webhook), webhook.leg, text)

    def lines(self, session: str = "") -> Iterator[Line]:
        """Yields what happened as the lines of a ladder: of one call session, or of all."""
        return (line for of, line in self._lines if session in ("", of))

    def _note(self, session: str, leg: str, text: str) -> None:
        self._add(session, Line(self._line_time(), "note", leg, "note", text=text))

    def _add(self, session: str, line: Line) -> None:
        self._lines.append((session, line))
        self._on_line(line)

    def _line_time(self) -> float:
        return round(self._now() - self._started_at, 3)


def _session(webhook: Webhook) -> str:
    """Returns the id of the call session that a webhook is about."""
    return str(webhook.body["data"]["payload"].get("call_session_id", ""))


def _key(webhook: Webhook) -> str:
    """Returns by what a webhook is known: the id of its event, and where it goes."""
    return f"{webhook.body['data']['id']} {webhook.route.url}"


def _error_text(status: int, response: Any) -> str:
    """Returns what the first error of a response says."""
    errors = response.get("errors") if isinstance(response, dict) else None
    first = errors[0] if errors else {}
    return " ".join(str(part) for part in (status, first.get("code", ""), first.get("detail") or first.get("title", "")) if part)
