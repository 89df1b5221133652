"""What is heard, item by item: as often as the author wants, whether the carrier repeats it or we do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.verbs.language.commands import FOREVER
from callverbs.verbs.parts.playlist import Playlist, carrier_max_rounds, rounds


@pytest.mark.parametrize(("loop", "wanted"), [(1, 1), (0, 1), (3, 3), ("2", 2), ("0", 1), ("forever", FOREVER)])
def test_rounds(loop: int | str, wanted: int) -> None:
    assert rounds(loop) == wanted


def heard(size: int, loop: int | str, once: bool = False) -> list[int]:
    """Returns the items that are heard, in order."""
    playlist = Playlist()
    found: list[int] = []
    while len(found) < 2000:
        found += [playlist.index] * playlist.repeats(size, loop, once)
        if not playlist.advance(size, loop, once):
            break
    return found


@given(size=st.integers(1, 5), loop=st.integers(0, 350), once=st.booleans())
def test_every_item_is_heard_in_every_round(size: int, loop: int, once: bool) -> None:
    assert heard(size, loop, once) == [*range(size)] * max(loop, 1)


def test_the_carrier_repeats_a_single_item() -> None:
    playlist = Playlist()
    assert playlist.repeats(1, 250) == carrier_max_rounds() == 100
    assert playlist.advance(1, 250)
    assert playlist.repeats(1, 250) == 100
    assert playlist.advance(1, 250)
    assert playlist.repeats(1, 250) == 50
    assert not playlist.advance(1, 250)


def test_what_has_no_end() -> None:
    playlist = Playlist()
    assert playlist.repeats(1, "forever") == FOREVER
    assert playlist.advance(1, "forever")  # should it end all the same, it begins again
    assert playlist.repeats(2, "forever") == 1
    assert [playlist.advance(2, "forever") for _ in range(5)] == [True] * 5
