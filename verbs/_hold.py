"""Who has put whom on hold while two parties talk. News of it comes twice and in any order; the carrier's clock decides."""

from msgspec import Struct


class Hold(Struct, omit_defaults=True):
    """What one party last did: it holds the other, or is back. `at` is the carrier's time of that, in UTC seconds."""

    on: bool = False
    at: float = 0.0
    asked: bool = False
    """The hook has been asked what is to be heard, and has not answered."""

    def turns(self, on: bool, at: float) -> bool:
        """Take news; whether it changes anything."""
        if at < self.at:
            return False
        turned = self.on != on
        self.on, self.at = on, at
        return turned

    def asks(self) -> bool:
        """Ask, unless that is under way; whether there is a question now."""
        asks, self.asked = not self.asked, True
        return asks

    def is_answered(self) -> bool:
        """The hook has answered; whether somebody still waits to hear it."""
        self.asked = False
        return self.on
