"""The rule page-for-audio (CV514)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.media_files import media_files
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

PAGE_SUFFIXES = (
    "html",
    "htm",
    "xhtml",
    "pdf",
    "txt",
    "md",
    "doc",
    "docx",
    "odt",
    "rtf",
    "jpg",
    "jpeg",
    "png",
    "gif",
    "svg",
    "zip",
    "m3u",
    "pls",
)
DOWNLOADS = re.compile(r"/uc\b|[?&](?:dl|raw|download)=(?:1|true)\b|[?&]export=download\b|/raw/|/download\b")
"""Links of the hosts below that lead to the file itself."""
PAGE_HOSTS = (
    *("drive.google.com", "docs.google.com", "dropbox.com", "onedrive.live.com", "1drv.ms", "sharepoint.com", "box.com", "icloud.com"),
    *("wetransfer.com", "we.tl", "mega.nz", "mediafire.com", "youtube.com", "youtu.be", "vimeo.com", "soundcloud.com", "spotify.com"),
)
"""Hosts whose links lead to pages, on which people listen or download."""


class PageForAudio(Rule, code="CV514", severity=WARNING):
    """A URL leads to a page, and not to an audio file: the link of a cloud drive or of a video, or a file such as `.html` or `.pdf`.

    Links that download at once are not reported: `?dl=1`, `/uc?export=download`, `/raw/`.

    Why: the carrier gets a page of HTML, and the caller hears noise, or nothing.

    Bad:

        [{"verb": "play", "url": "https://drive.google.com/file/d/1a2b3c/view?usp=sharing"}]

    Good:

        [{"verb": "play", "url": "https://example.com/welcome.mp3"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in media_files(document):
            if reason := self._explain(url):
                yield self.diagnostic(path, f"{reason}: write the URL of a WAV or MP3 file")

    def _explain(self, url: str) -> str:
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return ""
        if any(host == one or host.endswith(f".{one}") for one in PAGE_HOSTS) and not DOWNLOADS.search(url):
            return f"a link of {host} leads to a page"
        if host == "github.com" and "/blob/" in parts.path and not DOWNLOADS.search(url):
            return "this is the page of the file: write raw for blob"
        suffix = parts.path.rpartition(".")[2].lower()
        return f"a .{suffix} file is no audio" if "." in parts.path and suffix in PAGE_SUFFIXES else ""
