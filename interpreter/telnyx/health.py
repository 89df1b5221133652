"""How the carrier is: whether it takes our commands, and when it may be asked again after it has refused our account.

An account that is refused is not asked again at once for every call: it is tried after a pause, which doubles each time.
"""

from callverbs.interpreter.runtime.ports import Now

REFUSED_STATUSES = (401, 403)
"""Statuses that speak of the account, not of the command."""
FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0


class CarrierHealth:
    """What the last answers of the carrier say. `now` returns UTC seconds."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._pause = 0.0
        self._asked_again_at = 0.0
        self.problem = ""
        """Why the carrier is of no use; empty while it is."""

    @property
    def rest_seconds(self) -> float:
        """For how many seconds the carrier is not asked."""
        return max(self._asked_again_at - self._now(), 0.0)

    def answered(self, status: int, code: str = "") -> None:
        """Notes the status of an answer, and the code of its error. One trial after a pause decides for all."""
        if status in REFUSED_STATUSES:
            self._pause = min(self._pause * 2 or FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS)
            self._asked_again_at = self._now() + self._pause
            self.problem = f"the carrier refuses our account: {' '.join(filter(None, (str(status), code)))}"
        elif status >= 500:
            self.problem = f"the carrier has answered {status}"
        else:
            self._pause, self._asked_again_at, self.problem = 0.0, 0.0, ""

    def unreachable(self, why: str) -> None:
        """Notes that there was no answer."""
        self.problem = f"the carrier cannot be reached: {why}"
