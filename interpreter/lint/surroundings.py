"""What the linter is told of where a document will run. A document does not say it, and some rules need it."""

from msgspec import Struct


class Surroundings(Struct, frozen=True, kw_only=True):
    """Where a document will run. What is left out makes no rule complain."""

    dialect: str = "jambonz"
    """Whose names hooks and payloads have: jambonz or cognigy."""
    api: int = 2
    """Version of the carrier's API."""
    base_url: str | None = None
    """Origin of relative hooks; "" where it is known that there is none."""
    numbers: tuple[str, ...] = ()
    """The numbers that are ours, in E.164; none where nobody has said."""
    address: str = ""
    """The URL or path that this document answers at, where that is known: a hook that leads there leads to itself."""
    replies: dict[str, str] = {}
    """What local documents reply to hooks: by URL or path of the hook, the path of a file."""


NOWHERE = Surroundings()
"""Nobody has said anything."""
