"""The check of jambonz's SDK for applications accepts what we sign, whatever a payload holds, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.hooks import body
from callverbs.interpreter.hooks.signature import sign
from tests.interpreter.hooks.test_body import PAYLOADS
from tests.jambonz.packages import Script, needed

pytestmark = needed
NOW = 1_700_000_000.0


@pytest.fixture(scope="module")
def sdk() -> Iterator[Script]:
    """Runs the SDK's check."""
    with Script("verify.mjs") as script:
        yield script


@given(PAYLOADS, st.text(min_size=1, max_size=20))
@settings(max_examples=200)
def test_every_payload_is_verified(sdk: Script, payload: dict[str, Any], secret: str) -> None:
    raw = body.encode(payload)
    error, again = sdk.ask([raw.decode(), sign(secret, raw, NOW), secret])
    assert again == raw.decode(), "JavaScript writes it otherwise"
    assert error is None


def test_what_is_not_signed_is_refused(sdk: Script) -> None:
    raw = body.encode({"call_sid": "x", "customerData": {"price": 10.0}})
    text, right = raw.decode(), sign("secret", raw, NOW)
    assert sdk.ask([text, right, "secret"]) == [None, text]
    for wrong in (
        [text, sign("other", raw, NOW), "secret"],
        [text.replace("x", "y"), right, "secret"],
        [text, right.replace("t=17", "t=18"), "secret"],
        [text, right[:-1], "secret"],
        [text, "", "secret"],
    ):
        error, _ = sdk.ask(wrong)
        assert error, wrong
