"""The address of a leg is read back from its client_state; any other client_state gives an empty address."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.interpreter.telnyx import client_state
from callverbs.interpreter.telnyx.client_state import Address


@given(st.text("0123456789abcdef-", min_size=1), st.sampled_from(["a", "b1", "b27"]))
def test_an_address_is_read_back_unchanged(session: str, leg: str) -> None:
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
        base64.b64encode(b"cv2:S:a:b").decode(),
        base64.b64encode(b"\xff\xfe").decode(),
        client_state.write("S", "a") + "\n",
        client_state.write("S", "a")[:-1],
    ],
)
def test_any_other_state_gives_an_empty_address(state: str | None) -> None:
    assert client_state.read(state) == Address("", "")


@given(st.text())
def test_any_text_can_be_read(state: str) -> None:
    assert isinstance(client_state.read(state), Address)
