"""The retry policy at the end of a hook's URL: `#rc=<times>&rp=<kinds of failure>` (jambonz http-requestor.js)."""

from typing import NamedTuple
from urllib.parse import parse_qs

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 6.0)
"""The pause before the first, second … retry."""
POLICIES = ("ct", "rt", "4xx", "5xx", "all")
"""What `rp` may list: kinds of failure (see Attempt), or all of them."""


class RetryPolicy(NamedTuple):
    """How often a hook is asked again, and after which of `POLICIES`."""

    times: int = 0
    after: tuple[str, ...] = ("ct",)

    def covers(self, failure: str) -> bool:
        """Returns whether a failure of this kind is retried."""
        return failure in self.after or "all" in self.after


def split_url(url: str) -> tuple[str, RetryPolicy]:
    """Returns the URL without its fragment, and the policy in the fragment. What cannot be read there is ignored."""
    bare, _, fragment = url.partition("#")
    parameters = parse_qs(fragment)
    after = tuple(word for word in map(str.strip, ",".join(parameters.get("rp", ["ct"])).split(",")) if word in POLICIES)
    try:
        times = min(abs(int(parameters.get("rc", ["0"])[0])), len(PAUSES_SECONDS))
    except ValueError:
        times = 0
    return bare, RetryPolicy(times, after or ("ct",))
