"""`#rc=<times>&rp=<what for>` at the end of a hook's URL: how often it is asked again, and after what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.hooks.retry import PAUSES_SECONDS, POLICIES, RetryPolicy, split_url


@pytest.mark.parametrize(
    ("fragment", "policy"),
    [
        ("", RetryPolicy(0, ("ct",))),
        ("#", RetryPolicy(0, ("ct",))),
        ("#top", RetryPolicy(0, ("ct",))),
        ("#rc=2", RetryPolicy(2, ("ct",))),
        ("#rc=2&rp=rt", RetryPolicy(2, ("rt",))),
        ("#rp=5xx&rc=1", RetryPolicy(1, ("5xx",))),
        ("#rc=3&rp=ct,rt,4xx,5xx", RetryPolicy(3, ("ct", "rt", "4xx", "5xx"))),
        ("#rc=3&rp=ct,%205xx", RetryPolicy(3, ("ct", "5xx"))),
        ("#rc=3&rp=ct&rp=5xx", RetryPolicy(3, ("ct", "5xx"))),
        ("#rc=5&rp=all", RetryPolicy(5, ("all",))),
        ("#rc=9&rp=all", RetryPolicy(5, ("all",))),
        ("#rc=-3&rp=all", RetryPolicy(3, ("all",))),
        ("#rc=two&rp=all", RetryPolicy(0, ("all",))),
        ("#rc=&rp=all", RetryPolicy(0, ("all",))),
        ("#rc=2&rp=never", RetryPolicy(2, ("ct",))),
        ("#rc=2&rp=never,4xx", RetryPolicy(2, ("4xx",))),
    ],
)
@pytest.mark.parametrize("url", ["https://x.example/a?b=1", "/a", "dial"])
def test_fragments(url: str, fragment: str, policy: RetryPolicy) -> None:
    assert split_url(url + fragment) == (url, policy)


def test_what_a_policy_covers() -> None:
    for word in POLICIES:
        assert RetryPolicy(1, (word,)).covers(word)
        assert RetryPolicy(1, ("all",)).covers(word)
    assert not RetryPolicy(1, ("ct",)).covers("rt")
    assert not RetryPolicy(1, ("4xx", "5xx")).covers("ct")
    assert RetryPolicy(1, ("all",)).covers("answer")


def test_the_pauses() -> None:
    """http-requestor.js: 500, 1000, 2000, 4000 and 6000 ms."""
    assert PAUSES_SECONDS == (0.5, 1.0, 2.0, 4.0, 6.0)


@given(st.text())
def test_any_url_can_be_split(url: str) -> None:
    without_fragment, policy = split_url(url)
    assert "#" not in without_fragment
    assert url.startswith(without_fragment)
    assert 0 <= policy.times <= 5
