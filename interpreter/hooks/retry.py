"""How often a hook is asked again, as its URL says: `#rc=<times>&rp=<what for>` at its end (jambonz http-requestor.js)."""

from typing import NamedTuple
from urllib.parse import parse_qs

PAUSES = (0.5, 1.0, 2.0, 4.0, 6.0)
"""Seconds before the first, second … retry."""
POLICIES = ("ct", "rt", "4xx", "5xx", "all")


class Policy(NamedTuple):
    """How often to ask again, and after what: ct no connection, rt no answer in time, 4xx, 5xx, all."""

    times: int = 0
    after: tuple[str, ...] = ("ct",)

    def covers(self, failure: str) -> bool:
        """Whether a failure of this kind is tried again."""
        return failure in self.after or "all" in self.after


def split(url: str) -> tuple[str, Policy]:
    """The URL without its fragment, and the policy that the fragment asks for. What is not understood counts as not written."""
    bare, _, fragment = url.partition("#")
    asked = parse_qs(fragment)
    after = tuple(word for word in map(str.strip, ",".join(asked.get("rp", ["ct"])).split(",")) if word in POLICIES)
    try:
        times = min(abs(int(asked.get("rc", ["0"])[0])), len(PAUSES))
    except ValueError:
        times = 0
    return bare, Policy(times, after or ("ct",))
