"""What cannot be seen is shown by a sign of one column."""

import pytest

from callverbs.interpreter.text.visible import visible, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße 本 😀", "Grüße 本 😀"),
        ("\x1b[31m", "␛[31m"),
        ("a\r\nb\x00\x7f", "a␍␊b␀␡"),
        ("\u202egpj.exe", "\ufffdgpj.exe"),
        ("a\u2028b\u0085", "a\ufffdb\ufffd"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert len(shown) == len(text)


def test_a_tab_may_stay() -> None:
    assert visible("\ta\x07", "\t") == "\ta␇"
    assert visible("\ta") == "␉a"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("Grüße", 5), ("e\u0301", 1), ("本", 2), ("👩\u200d🚀", 4), ("␛", 1)])
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
