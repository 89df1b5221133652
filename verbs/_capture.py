"""Key sequences that are listened for while two parties talk. Keys are put in the order in which they were pressed."""

from msgspec import Struct, field

GAP = 3.0
"""Seconds without a key after which a sequence begins anew (jambonz dtmf-collector.js)."""
REMEMBERED = 32


class Capture(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Sequences of the caller and of the target. jambonz listens for the caller's on the target's leg, which is a bug there."""

    parent_call: list[str] = []
    child_call: list[str] = []

    @classmethod
    def of(cls, written: "Capture | list[str]") -> "Capture":
        """A list means both parties."""
        return written if isinstance(written, Capture) else cls(written, written)


class Key(Struct):
    """A key, and when it was pressed by the carrier's clock."""

    at: float
    digit: str


class Buffer(Struct, omit_defaults=True):
    """The last keys of one party."""

    keys: list[Key] = field(default_factory=list)

    def press(self, digit: str, at: float, patterns: list[str]) -> str:
        """Add a key; the first pattern that the keys end with now, or nothing. Webhooks come out of order, keys do not.

        A pattern without the new key in it was found before.
        """
        new = Key(at, digit)
        self.keys = sorted([*self.keys, new], key=lambda key: key.at)[-REMEMBERED:]
        run = self._since_the_last_gap()
        pressed = "".join(key.digit for key in run)
        since = next((len(run) - index for index, key in enumerate(run) if key is new), REMEMBERED + 1)
        return next((pattern for pattern in patterns if pressed.endswith(pattern) and len(pattern) >= since), "")

    def _since_the_last_gap(self) -> list[Key]:
        start = 0
        for index in range(1, len(self.keys)):
            if self.keys[index].at - self.keys[index - 1].at >= GAP:
                start = index
        return self.keys[start:]
