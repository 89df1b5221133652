"""Whom to call and as whom: a target as written, and the addresses that the carrier is given."""

from typing import Any

from callverbs.verbs.language.phone_number import dialled
from callverbs.verbs.language.spec import Credentials, Hook
from callverbs.verbs.language.word import Word

REALM = "sip.telnyx.com"
"""Where the carrier's own SIP users are registered."""


class From(Word):
    """The calling party of one target."""

    user: str | None = None


class Target(Word, rename={"from_": "from", "sip_uri": "sipUri", "confirm_hook": "confirmHook"}):
    """A target as written."""

    type: str
    number: str | None = None
    sip_uri: str | None = None
    name: str | None = None
    auth: Credentials | None = None
    trunk: str | None = None
    confirm_hook: Hook | None = None
    headers: dict[str, Any] = {}
    from_: From | None = None

    @property
    def address(self) -> str:
        """The number or the SIP URI that the carrier calls."""
        if self.type == "phone":
            return self.number or "" if self.trunk else dialled(self.number or "")
        if self.type == "sip":
            return self.sip_uri or ""
        name = self.name or ""
        return f"sip:{name}" if "@" in name else f"sip:{name}@{REALM}"

    @property
    def identity(self) -> str:
        """The same for two ways to write one address: of a number the plus does not count, of a URI the case of scheme and host."""
        address = self.address
        if self.type == "phone":
            return address.removeprefix("+")
        scheme, _, rest = address.partition(":")
        user, at, host = rest.rpartition("@")
        return f"{scheme.lower()}:{user}{at}{host.lower()}"

    @property
    def sip_address(self) -> str:
        """The SIP URI that a far end is told to call."""
        return f"sip:{self.number}@{REALM}" if self.type == "phone" else self.address

    @property
    def label(self) -> str:
        """What hooks call the party: the number, the name or the URI as written."""
        return self.number or self.name or self.sip_uri or ""


def unique_targets(targets: list[Target]) -> list[Target]:
    """Returns each address once, in the place where it stands first; of a number, the one that has its plus."""
    first: dict[str, Target] = {}
    for target in targets:
        known = first.setdefault(target.identity, target)
        if target.address.startswith("+") and not known.address.startswith("+"):
            first[target.identity] = target
    return list(first.values())


def header_values(headers: dict[str, Any]) -> dict[str, str]:
    """Returns SIP headers with their values as text: true becomes `true`, 5 becomes `5`."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in headers.items()}
