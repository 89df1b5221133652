"""The parameters of the carrier with which it repeats the prompt of a gather itself, after what is not valid."""

from collections.abc import Iterator, Mapping
from typing import Any

from callverbs.schemas import Diagnostic

TRIES = "maximum_tries"
REPEATS = (TRIES, "invalid_payload", "invalid_audio_url", "invalid_media_name")


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields which of them, as written, have no effect: without a prompt, or with one try."""
    carrier: dict[str, Any] = body.get("carrier", {})
    for key in [key for key in REPEATS if key in carrier]:
        if "say" not in body and "play" not in body:
            yield Diagnostic(("carrier", key), "CV109", f"without a prompt, {key} has no effect: write say or play", at_key=True)
        elif key != TRIES and carrier.get(TRIES, 1) == 1:
            yield Diagnostic(("carrier", key), "CV109", f"with one try, {key} has no effect: write {TRIES}", at_key=True)
