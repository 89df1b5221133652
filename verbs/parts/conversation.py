"""What conversations with an agent have in common: what interrupts its speech, and what it hands over at its end."""

from typing import Any, Literal

import msgspec

Interruptible = bool | Literal["none", "any", "speech", "dtmf"]
"""What stops an agent's speech, as written."""
HANDOFF_MAX_CHARACTERS = 16_000
"""An agent's last words have room in every hook; what is longer is cut off, and is text then."""


def interruption(written: Interruptible) -> str:
    """Returns what stops an agent's speech, in the carrier's words: true is any, false is none."""
    return written if isinstance(written, str) else "any" if written else "none"


def handed_over(data: str) -> dict[str, Any]:
    """Returns the field `handoff` of a hook: the JSON value that the agent has handed over, or its text; no field for nothing."""
    if not data:
        return {}
    if len(data) > HANDOFF_MAX_CHARACTERS:
        return {"handoff": data[:HANDOFF_MAX_CHARACTERS]}
    try:
        return {"handoff": msgspec.json.decode(data)}
    except (msgspec.DecodeError, RecursionError):
        return {"handoff": data}
