"""Judges what hooks are told by `schemas/callbacks`: which part a payload belongs to, and whether it fits."""

from collections.abc import Mapping
from typing import Any

import schemas

BY_KEY = {
    "defaults": "call",
    "error": "call_status",
    "dtmf": "dial_dtmf",
    "hold_detail": "hold",
    "dial_sip_status": "dial",
    "transfer_result": "transfer",
    "type": "amd",
    "event": "amd",
    "playback_seconds": "play",
    "status": "play",
    "reason": "gather",
}
"""By a key that only it has, the part of a payload; the first one counts."""
BY_KIND = {"call": "call", "status": "call_status", "confirm": "confirm", "amd": "amd", "hold": "hold", "redirect": "redirect"}
"""By what a question is for (Ask.kind), the part of its payload; others depend on the verb."""


def part(payload: Mapping[str, Any], kind: str = "") -> str:
    """The name of the part that describes a payload. One without keys of its own tells as little as that of a redirect."""
    return BY_KIND.get(kind) or next((name for key, name in BY_KEY.items() if key in payload), "redirect")


def judge(payload: Mapping[str, Any], kind: str = "") -> str:
    """Fails unless a payload is what its part says; its name."""
    __tracebackhide__ = True
    name = part(payload, kind)
    faults = schemas.faults(f"callbacks/{name}", payload)
    assert not faults, (name, [f"{fault.pointer}: {fault.message}" for fault in faults], payload)
    return name
