"""What the linter knows of where a document will run. A document does not say it, and some rules need it."""

from msgspec import Struct


class LintContext(Struct, frozen=True, kw_only=True):
    """Where a document will run. A rule that needs a field finds nothing where the field is unset."""

    dialect: str = "jambonz"
    """The dialect of hooks and payloads: jambonz or cognigy."""
    api: int = 2
    """Version of the carrier's API."""
    base_url: str | None = None
    """Origin of relative hooks; "" where it is known that there is none."""
    numbers: tuple[str, ...] = ()
    """The numbers of the operator, in E.164; empty where unknown."""
    trunks: tuple[str, ...] | None = None
    """The names of the trunks that the applications of the settings have; None where no settings have any application."""
    address: str = ""
    """The URL or path that this document answers at, where that is known: a hook with this address leads to the document itself."""
    replies: dict[str, str] = {}
    """The local documents that reply to hooks: by URL or path of the hook, the path of a file."""


DEFAULT_CONTEXT = LintContext()
"""Nothing is known."""
