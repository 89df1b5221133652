"""The parameters of a party: whom a command calls, as whom, with which headers, and whether a machine is looked for."""

import math
from collections.abc import Mapping
from typing import Any

from callverbs.interpreter.telnyx.limits import LIMITS, clamp, millis
from callverbs.verbs.language.commands import Detection, Party
from callverbs.verbs.language.spec import Credentials
from callverbs.verbs.parts.machine_detection import DETECTION_CONFIG, DETECTION_MODE

CALL_MAX_SECONDS: int = LIMITS["time_limit_secs"]["maximum"]
GREETING_MAX_MILLIS = 60_000
"""The longest greeting of a machine. The carrier's default of 5000 ms cuts long ones off."""
SILENCE_MARGIN_MILLIS = 1_000
"""The limit of an initial silence is so much longer than the whole analysis: the carrier reports a silence as a machine."""

Body = dict[str, Any]


def parameters(party: Party, carrier: Body) -> Body:
    """Returns the parameters that dial and transfer have in common. Our own timers keep times that the carrier does not allow."""
    return {
        "to": party.to,
        "from": party.from_ or None,
        "from_display_name": party.from_name or None,
        "timeout_secs": clamp("timeout_secs", math.ceil(party.timeout)),
        "time_limit_secs": clamp("time_limit_secs", math.ceil(party.time_limit or CALL_MAX_SECONDS)),
        "custom_headers": headers(party.headers),
        **auth(party.auth),
        **_detection(party.detection, carrier),
    }


def auth(auth: Credentials | None) -> Body:
    """Returns the credentials of a party or of a REFER; nothing for none."""
    return {"sip_auth_username": auth.username, "sip_auth_password": auth.password} if auth else {}


def _detection(detection: Detection | None, carrier: Body) -> Body:
    """Returns the parameters of machine detection: the author's own mode, and the author's own thresholds over those of the verb."""
    mode = carrier.get(DETECTION_MODE, "greeting_end" if detection else "disabled")
    config = (_thresholds(detection) if detection else {}) | carrier.get(DETECTION_CONFIG, {})
    return {DETECTION_MODE: mode, DETECTION_CONFIG: config or None}


def _thresholds(detection: Detection) -> Body:
    decision = clamp("amd_millis", millis(detection.decision))
    return {
        "maximum_number_of_words": detection.max_words,
        "total_analysis_time_millis": decision,
        "initial_silence_millis": clamp("amd_millis", decision + SILENCE_MARGIN_MILLIS),
        "greeting_duration_millis": decision,
        "greeting_silence_duration_millis": clamp("amd_millis", millis(detection.silence)),
        "greeting_total_analysis_time_millis": GREETING_MAX_MILLIS,
    }


def headers(headers: Mapping[str, str]) -> list[Body] | None:
    """Returns SIP headers as the carrier takes them; None for none."""
    return [{"name": name, "value": value} for name, value in headers.items()] or None
