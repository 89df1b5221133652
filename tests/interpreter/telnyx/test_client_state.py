"""A leg's address goes to the carrier and comes back whole, and nothing strange becomes an address."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from interpreter.telnyx import client_state
from interpreter.telnyx.client_state import Address


@given(st.text("0123456789abcdef-", min_size=1), st.sampled_from(["a", "b1", "b27"]))
def test_there_and_back(session: str, leg: str) -> None:
    state = client_state.write(session, leg)
    assert client_state.read(state) == Address(session, leg)
    assert schemas.is_valid("commands/answer", {"client_state": state})


@pytest.mark.parametrize(
    "state",
    [
        None,
        "",
        "null",
        "garbage",
        "ü",
        base64.b64encode(b"somebody else's").decode(),
        base64.b64encode(b"cv2:S:a").decode(),
        base64.b64encode(b"cv1:S").decode(),
        base64.b64encode(b"cv1:S:a:b").decode(),
        base64.b64encode(b"\xff\xfe").decode(),
        client_state.write("S", "a") + "\n",
        client_state.write("S", "a")[:-1],
    ],
)
def test_what_is_not_ours_is_nobody_s(state: str | None) -> None:
    assert client_state.read(state) == Address("", "")


@given(st.text())
def test_no_state_is_too_strange(state: str) -> None:
    assert isinstance(client_state.read(state), Address)
