"""The rule other-audio (CV508)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.media_files import media_files
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

OTHER_AUDIO_SUFFIXES = (
    *("aac", "aif", "aiff", "amr", "au", "flac", "g722", "gsm", "m4a", "mid", "mka", "mkv", "mov", "mp2", "mp4", "oga", "ogg", "opus"),
    *("raw", "ul", "ulaw", "webm", "wma"),
)
"""Suffixes of audio and video that is neither WAV nor MP3. Those of pages and scripts are missing: they may well reply with either."""


class OtherAudio(Rule, code="CV508", severity=WARNING):
    """A file whose suffix is that of another format than WAV or MP3.

    Why: the carrier plays WAV and MP3. It takes the file for an MP3, and the caller hears noise, or nothing.

    Bad:

        [{"verb": "play", "url": "https://example.com/hello.ogg"}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello.mp3"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in media_files(document):
            suffix = _suffix(url)
            if suffix in OTHER_AUDIO_SUFFIXES:
                yield self.diagnostic(path, f"the carrier plays WAV and MP3, and this is .{suffix}")


def _suffix(url: str) -> str:
    try:
        name = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ""
    return name.rpartition(".")[2].lower() if "." in name else ""
