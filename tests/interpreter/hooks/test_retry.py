"""`#rc=<times>&rp=<what for>` at the end of a hook's URL: how often it is asked again, and after what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.hooks.retry import PAUSES, POLICIES, Policy, split


@pytest.mark.parametrize(
    ("fragment", "policy"),
    [
        ("", Policy(0, ("ct",))),
        ("#", Policy(0, ("ct",))),
        ("#top", Policy(0, ("ct",))),
        ("#rc=2", Policy(2, ("ct",))),
        ("#rc=2&rp=rt", Policy(2, ("rt",))),
        ("#rp=5xx&rc=1", Policy(1, ("5xx",))),
        ("#rc=3&rp=ct,rt,4xx,5xx", Policy(3, ("ct", "rt", "4xx", "5xx"))),
        ("#rc=3&rp=ct,%205xx", Policy(3, ("ct", "5xx"))),
        ("#rc=3&rp=ct&rp=5xx", Policy(3, ("ct", "5xx"))),
        ("#rc=5&rp=all", Policy(5, ("all",))),
        ("#rc=9&rp=all", Policy(5, ("all",))),
        ("#rc=-3&rp=all", Policy(3, ("all",))),
        ("#rc=two&rp=all", Policy(0, ("all",))),
        ("#rc=&rp=all", Policy(0, ("all",))),
        ("#rc=2&rp=never", Policy(2, ("ct",))),
        ("#rc=2&rp=never,4xx", Policy(2, ("4xx",))),
    ],
)
@pytest.mark.parametrize("url", ["https://x.example/a?b=1", "/a", "dial"])
def test_fragments(url: str, fragment: str, policy: Policy) -> None:
    assert split(url + fragment) == (url, policy)


def test_what_a_policy_covers() -> None:
    for word in POLICIES:
        assert Policy(1, (word,)).covers(word)
        assert Policy(1, ("all",)).covers(word)
    assert not Policy(1, ("ct",)).covers("rt")
    assert not Policy(1, ("4xx", "5xx")).covers("ct")
    assert Policy(1, ("all",)).covers("answer")


def test_the_pauses() -> None:
    """http-requestor.js: 500, 1000, 2000, 4000 and 6000 ms."""
    assert PAUSES == (0.5, 1.0, 2.0, 4.0, 6.0)


@given(st.text())
def test_no_url_is_too_strange(url: str) -> None:
    bare, policy = split(url)
    assert "#" not in bare
    assert url.startswith(bare)
    assert 0 <= policy.times <= 5
