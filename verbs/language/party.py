"""Whom the carrier is to call, and how it finds out whether a machine has answered."""

from callverbs.verbs.language.spec import Credentials
from callverbs.verbs.language.word import Word


class Detection(Word):
    """How the carrier finds out whether a machine has answered. Times in seconds."""

    max_words: int = 8
    decision: float = 15.0
    silence: float = 2.0


class Party(Word, rename={"from_": "from"}):
    """Whom to call and as whom: what dial and transfer have in common."""

    to: str
    from_: str = ""
    from_name: str = ""
    timeout: float = 60.0
    time_limit: float | None = None
    """None is the carrier's longest."""
    headers: dict[str, str] = {}
    auth: Credentials | None = None
    detection: Detection | None = None
    refusal: str = ""
    """Why the settings refuse to call it; it is not called then."""
