"""The position in a list that is heard several times: the carrier repeats one item, we repeat several."""

from msgspec import Struct

from callverbs import schemas
from callverbs.verbs.language.commands import FOREVER

Loop = int | str


def rounds(loop: Loop) -> int:
    """Returns how often `loop` as written repeats: a count, or FOREVER. 0 counts as once, as in jambonz."""
    return FOREVER if loop == "forever" else max(int(loop), 1)


def carrier_max_rounds() -> int:
    """Returns how often the carrier repeats one item at the most."""
    limit: int = schemas.load("components/limits")["$defs"]["loop"]["maximum"]
    return limit


class Playlist(Struct, omit_defaults=True):
    """The item that is being heard, and how many rounds are over."""

    index: int = 0
    done: int = 0

    def repeats(self, size: int, loop: Loop, once: bool = False) -> int:
        """Returns how often the carrier is to repeat the item itself; `once` where it is no item of the carrier's."""
        if size > 1 or once:
            return 1
        wanted = rounds(loop)
        return wanted if wanted == FOREVER else min(wanted - self.done, carrier_max_rounds())

    def advance(self, size: int, loop: Loop, once: bool = False) -> bool:
        """Moves on when the item has been heard, and returns whether there is another."""
        repeats = self.repeats(size, loop, once)
        self.index = (self.index + 1) % size
        if self.index == 0:
            self.done += repeats
        wanted = rounds(loop)
        return self.index > 0 or wanted == FOREVER or self.done < wanted
