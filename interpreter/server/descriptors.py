"""Whether this process may open as many files and sockets as the settings need: better known at the start than in a busy hour."""

import resource

from callverbs.interpreter.runtime.http_pool import CONNECTIONS
from callverbs.interpreter.server.settings import Settings

SPARE = 100
"""For the store, the log, the interpreter itself."""


def needed(settings: Settings) -> int:
    """Returns how many descriptors the settings can need: hooks, which have two pools for each application, carrier, and clients."""
    return SPARE + CONNECTIONS + settings.connections + 2 * settings.hooks.connections * max(len(settings.applications), 1)


def provide(settings: Settings) -> str:
    """Raises the limit of this process as far as it needs and may. Returns what is to be said where that is not enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = needed(settings)
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < wanted:
        soft = wanted if hard == unlimited else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return shortage(soft, wanted) if soft != unlimited else ""


def shortage(limit: int, wanted: int) -> str:
    """Returns what is to be said of a limit; nothing where it is high enough."""
    if limit >= wanted:
        return ""
    return (
        f"this process may open {limit} files and sockets, and the settings can need {wanted}: raise the limit (ulimit -n, LimitNOFILE)"
        " or lower connections under [hooks] and [server]"
    )
