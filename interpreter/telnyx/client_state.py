"""The `client_state` of a leg, which the carrier returns in webhooks: the session, and our name of the leg.

It has to be base64, belongs to the leg and not to a command, and may come back as null (Telnyx: client_state).
"""

import base64
import binascii
from typing import NamedTuple

PREFIX = "cv1"
"""Tells a client_state of ours, in this format, from any other."""


class Address(NamedTuple):
    """A session and a leg of it. Both are empty where the carrier returned no client_state, or one that is not ours."""

    session: str = ""
    leg: str = ""


def write(session: str, leg: str) -> str:
    """Returns the client_state of a leg."""
    return base64.b64encode(f"{PREFIX}:{session}:{leg}".encode()).decode()


def read(state: str | None) -> Address:
    """Returns the address in a client_state; an empty one where the client_state is not ours."""
    try:
        prefix, session, leg = base64.b64decode(state or "", validate=True).decode().split(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return Address()
    return Address(session, leg) if prefix == PREFIX else Address()
