"""The ids of an account that payloads of hooks carry, and no carrier knows: the same name always gets the same ids."""

import uuid
from typing import NamedTuple

NAMESPACE = uuid.UUID("0b8e9c7e-7c39-5d55-8f0e-0d2f6f2f2a11")


class Sids(NamedTuple):
    """The fields of an App: `sid` is the application's."""

    sid: str
    account_sid: str
    service_provider_sid: str


def sids(application: str) -> Sids:
    """Returns the ids of an application. There is one account, and one service provider."""
    sid, account, provider = (str(uuid.uuid5(NAMESPACE, name)) for name in (application, "account", "service provider"))
    return Sids(sid, account, provider)
