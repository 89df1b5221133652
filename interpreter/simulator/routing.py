"""Where webhooks go: the URLs of a Call Control application, and what commands say instead for one leg.

A command names the URL of a leg (`webhook_url`), URLs of single event types (`webhook_urls`), and when they come again
(`webhook_retries_policies`).
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Method = Literal["POST", "GET"]
DEFAULT_TIMEOUT_SECONDS = 10.0
"""How long an application may take for its answer, where it does not say (SKILLS, webhooks guide)."""


class Route(NamedTuple):
    """Where one webhook goes. `pauses` are those before the second, third … attempt; None for the carrier's own."""

    url: str
    method: Method = "POST"
    failover_url: str = ""
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    pauses: tuple[float, ...] | None = None
    api_version: Literal["1", "2"] = "2"


class Webhook(NamedTuple):
    """A webhook on its way: its body, where it goes, and what it is about: a leg or a conference. Each about the same has the same key."""

    body: dict[str, Any]
    route: Route
    key: str
    leg: str = ""
    """The name of the leg."""

    @property
    def event_type(self) -> str:
        return str(self.body["data"]["event_type"])


@dataclass(slots=True)
class LegRouting:
    """What commands say about the webhooks of one leg."""

    url: str = ""
    method: Method = "POST"
    urls: dict[str, str | list[str]] = field(default_factory=dict)
    urls_method: Method = "POST"
    retries: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def take(self, body: dict[str, Any]) -> None:
        """Takes what a command says. What it leaves out stays."""
        self.url = body.get("webhook_url", self.url)
        self.method = body.get("webhook_url_method", self.method)
        self.urls = body.get("webhook_urls", self.urls)
        self.urls_method = body.get("webhook_urls_method", self.urls_method)
        self.retries = body.get("webhook_retries_policies", self.retries)

    def routes(self, event_type: str, default: Route) -> list[Route]:
        """Returns where a webhook of a type goes. The URL of the type comes first, then that of the leg, then the application's."""
        named = self.urls.get(event_type, [])
        urls, method = ([named] if isinstance(named, str) else named), self.urls_method
        if not urls and self.url:
            urls, method = [self.url], self.method
        delays = self.retries.get(event_type, {}).get("retries_ms")
        route = default if delays is None else default._replace(pauses=tuple(delay / 1000 for delay in delays))
        return [route._replace(url=url, method=method) for url in urls] or [route]
