"""Key sequences that are captured while two parties talk. Keys count in the order in which they were pressed."""

from msgspec import Struct, field

from callverbs.verbs.language.word import Word

MAX_GAP_SECONDS = 3.0
"""Without a key for so long, a sequence begins anew (jambonz dtmf-collector.js)."""
MAX_KEYS = 32
"""Keys that are remembered of each party."""


class Capture(Word, rename="camel"):
    """Sequences of the caller and of the target. jambonz listens for the caller's on the target's leg, which is a bug there."""

    parent_call: list[str] = []
    child_call: list[str] = []

    @classmethod
    def of(cls, written: "Capture | list[str]") -> "Capture":
        """Reads `dtmfCapture` as written: a list means both parties."""
        return written if isinstance(written, Capture) else cls(parent_call=written, child_call=written)


class Key(Struct):
    """A key, and when it was pressed by the carrier's clock."""

    at: float
    digit: str


class KeyBuffer(Struct, omit_defaults=True):
    """The last keys of one party."""

    keys: list[Key] = field(default_factory=list)

    def press(self, digit: str, at: float, patterns: list[str]) -> str:
        """Adds a key, and returns the first pattern that the keys end with now, or nothing. Webhooks come out of order, keys do not.

        A pattern without the new key in it was found before.
        """
        new = Key(at, digit)
        self.keys = sorted([*self.keys, new], key=lambda key: key.at)[-MAX_KEYS:]
        run = self._since_last_gap()
        pressed = "".join(key.digit for key in run)
        since = next((len(run) - index for index, key in enumerate(run) if key is new), MAX_KEYS + 1)
        return next((pattern for pattern in patterns if pressed.endswith(pattern) and len(pattern) >= since), "")

    def _since_last_gap(self) -> list[Key]:
        start = 0
        for index in range(1, len(self.keys)):
            if self.keys[index].at - self.keys[index - 1].at >= MAX_GAP_SECONDS:
                start = index
        return self.keys[start:]
