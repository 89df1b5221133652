"""Who has put whom on hold while two parties talk. News of it comes twice and in any order; the carrier's clock decides."""

from msgspec import Struct

BETWEEN = 1.0
"""Seconds from one question to the next, at the least."""


class Hold(Struct, omit_defaults=True):
    """What one party last did: it holds the other, or is back. `at` is the carrier's time of that, in UTC seconds."""

    on: bool = False
    at: float = 0.0
    asked: bool = False
    """The hook has been asked what is to be heard, and has not answered."""
    asked_at: float = 0.0
    """Our own time of that, in UTC seconds."""

    def turns(self, on: bool, at: float) -> bool:
        """Take news; whether it changes anything."""
        if at < self.at:
            return False
        turned = self.on != on
        self.on, self.at = on, at
        return turned

    def asks(self, now: float) -> bool:
        """Ask, unless that is under way; whether there is a question now."""
        asks, self.asked = not self.asked, True
        if asks:
            self.asked_at = now
        return asks

    def rest(self, now: float) -> float:
        """Seconds until the hook may be asked again: what takes no time to hear is not asked for without end."""
        return max(0.0, round(self.asked_at + BETWEEN - now, 3))

    def is_answered(self) -> bool:
        """The hook has answered; whether somebody still waits to hear it."""
        self.asked = False
        return self.on
