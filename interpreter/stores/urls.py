"""URLs of stores: how they are shown, which is without a password, and what stays the same where only the account changes."""

import re
from collections.abc import Sequence

KNOWN = re.compile(r"memory:|sqlite:///.+|postgres(?:ql)?://.+")
BEFORE_URL = re.compile(r"\s+(?=[a-z]+://)")
PASSWORD = re.compile(r"(?<=://)([^/@:]*):.*@|(?i:((?:password|sslpassword)=)[^&\s]*)")


def shown(url: str) -> str:
    """Returns a URL in which no password is left."""
    return PASSWORD.sub(lambda found: f"{found[2]}***" if found[2] else f"{found[1]}:***@", url)


def place(url: str) -> str:
    """Returns where a store is, whoever connects to it."""
    return re.sub("//[^/]*@", "//", shown(url))


def split(written: str | Sequence[str]) -> tuple[str, ...]:
    """Returns the URLs of a store as it is written: a list, or a text in which spaces separate several."""
    return tuple(BEFORE_URL.split(written) if isinstance(written, str) else written)


def diagnose(urls: Sequence[str]) -> list[str]:
    """Returns a sentence for each URL that names no store."""
    known = "sqlite:///PATH, postgresql://USER@HOST/NAME or memory:"
    wrong = [f"server.store names no store with {shown(url)!r}: write {known}" for url in urls if not KNOWN.fullmatch(url)]
    return wrong or ([] if len({place(url) for url in urls}) == len(urls) else ["server.store names the same shard twice"])
