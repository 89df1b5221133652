"""What a leg carries about itself through the carrier: whose session it is, and our name for it.

It has to be base64, belongs to the leg and not to a command, and may come back as null (Telnyx: client_state).
"""

import base64
import binascii
from typing import NamedTuple

MARK = "cv1"


class Address(NamedTuple):
    """A session and a leg of it; empty where the carrier has lost them, or they were never ours."""

    session: str = ""
    leg: str = ""


def write(session: str, leg: str) -> str:
    """The client state of a leg."""
    return base64.b64encode(f"{MARK}:{session}:{leg}".encode()).decode()


def read(state: str | None) -> Address:
    """Whose leg it is; nobody's where the state is not of our making."""
    try:
        mark, session, leg = base64.b64decode(state or "", validate=True).decode().split(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return Address()
    return Address(session, leg) if mark == MARK else Address()
