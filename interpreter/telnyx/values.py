"""Reads values that the carrier has sent: real deliveries are looser than the specification, so nothing here is an error."""

import re

SIP_STATUS_PATTERN = re.compile(r"[1-6][0-9][0-9]")


def as_text(value: object) -> str:
    """Returns a text as it is, a whole number as its digits, and everything else as the empty text."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def as_count(value: object) -> int:
    """Returns a whole number that is not negative; 0 for everything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def as_sip_status(value: object) -> int:
    """Returns a SIP status (100 to 699), written as a number or a text; 0 for `unspecified` and everything else."""
    found = as_text(value)
    return int(found) if SIP_STATUS_PATTERN.fullmatch(found) else 0
