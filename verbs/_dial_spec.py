"""A dial as written: whom to ring, as whom and how long, and what happens meanwhile. It knows nothing of calls."""

from typing import Any

from verbs._amd import Amd
from verbs._capture import Capture
from verbs._spec import Hook, Spec
from verbs._target import Target, each_once

RING_TIME = 60.0
MOST = 10
"""Addresses that one dial rings (jambonz dial.js: the first ten)."""


class DialSpec(Spec, frozen=True, kw_only=True, tag="dial"):
    """A dial as written. `timeout` and `time_limit` are in seconds."""

    target: list[Target]
    action_hook: Hook | None = None
    answer_on_bridge: bool = False
    caller_id: str | None = None
    caller_name: str | None = None
    confirm_hook: Hook | None = None
    dial_music: str | None = None
    dtmf_capture: Capture | list[str] = []
    dtmf_hook: Hook | None = None
    headers: dict[str, Any] = {}
    on_hold_hook: Hook | None = None
    timeout: float = RING_TIME
    time_limit: float | None = None
    amd: Amd | None = None
    tag: dict[str, Any] | None = None
    srtp_encryption: str | None = None
    carrier: dict[str, Any] = {}

    @property
    def targets(self) -> list[Target]:
        """The targets, each address once."""
        return each_once(self.target)
