"""Cuts what is to be spoken into pieces that fit one command of the carrier: text after sentences, SSML between its tags."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from callverbs import schemas

WIDE_ENDS = "。！？"
"""Ends of sentences that no space follows."""
SENTENCE = re.compile(rf"(?<=[.!?;:])\s+|(?<=[{WIDE_ENDS}])\s*")
AFTER_SENTENCE = re.compile(rf"(?<=[.!?;:])(?=\s)|(?<=[{WIDE_ENDS}])")
WORD = re.compile(r"\s+")
CHARACTER = re.compile(r"&#?\w+;|.", re.DOTALL)
"""An entity of XML is one."""
MARKUP = re.compile(
    r"""(<(?:say-as|sub|phoneme|w|token)\b(?:[^<>"']|"[^"]*"|'[^']*')*>[^<]*</[^<>]*>  # what loses its sense in pieces
    |<!--(?:(?!<!--).)*?-->|<!\[CDATA\[(?:(?!<!\[CDATA\[).)*?\]\]>|<\?(?:(?!<\?).)*?\?>
    |</?[A-Za-z_](?:[^<>"']|"[^"]*"|'[^']*')*>)""",
    re.DOTALL | re.VERBOSE,
)
"""Every part of it stops at the next sign of its kind, so that many tags that are never closed take linear time."""
TAG = re.compile(
    r"""<!--(?:(?!<!--).)*?-->|<!\[CDATA\[((?:(?!<!\[CDATA\[).)*?)\]\]>|<\?(?:(?!<\?).)*?\?>|</?[A-Za-z_](?:[^<>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL,
)
TAG_NAME = re.compile(r"<([^\s/>]+)")
INAUDIBLE = re.compile(r"\s*$|<[!?]|</|<[^<]*[^/<]>$")
"""Markup and text that nobody hears."""


class OpenElements(NamedTuple):
    """Elements that are open: the tags that open them, the tags that close them, and what is open outside of the innermost."""

    begin: str
    end: str
    outer: "OpenElements | None"


NOTHING_OPEN = OpenElements("", "", None)


def payload_max_characters() -> int:
    """Returns the carrier's limit of one payload, in characters; markup counts."""
    limit: int = schemas.load("components/limits")["$defs"]["payload"]["maxLength"]
    return limit


def is_ssml(text: str) -> bool:
    """Returns whether a text is Speech Synthesis Markup."""
    return text.lstrip().startswith("<speak")


def utterances(text: str | Sequence[str]) -> list[str]:
    """Returns the texts that are spoken with one command each, in order; none for blanks, which the carrier refuses."""
    return [
        piece for item in ([text] if isinstance(text, str) else text) for piece in pieces(item, payload_max_characters()) if piece.strip()
    ]


def losses(text: str | Sequence[str]) -> list[str]:
    """Returns a sentence for every text that cannot be heard as it was written."""
    return [why for item in ([text] if isinstance(text, str) else text) if (why := loss(item))]


def pieces(text: str, limit: int) -> list[str]:
    """Cuts a text into pieces of at most `limit` characters, where it hurts least; SSML that leaves no room for words loses its tags."""
    if len(text) <= limit:
        return [text]
    found = list(_cut_ssml(text, limit)) if is_ssml(text) else []
    if not found or max(map(len, found)) > limit:
        found = list(_cut_text(_bare(text), limit))
    return found


def _bare(text: str) -> str:
    """Returns the words of SSML, without the markup."""
    return html.unescape(TAG.sub(r" \1 ", text)) if is_ssml(text) else text


def loss(text: str) -> str:
    """Returns what of a text cannot be heard as it was written, in a sentence; nothing where all of it can."""
    limit = payload_max_characters()
    if not text.strip():
        return "the text is blank: nothing is spoken"
    if len(text) <= limit or not is_ssml(text):
        return ""
    if not _bare(text).strip():
        return f"one element of this SSML is longer than {limit} characters, and nothing can be spoken without it"
    found = list(_cut_ssml(text, limit))
    whole = found and max(map(len, found)) <= limit
    return "" if whole else f"one element of this SSML is longer than {limit} characters: its words are spoken without the markup"


def _cut_text(text: str, limit: int) -> Iterator[str]:
    piece = ""
    for part in _parts(text, limit):
        space = " " if piece and piece[-1] not in WIDE_ENDS else ""
        if piece and len(piece) + len(space) + len(part) > limit:
            yield piece
            piece = part
        else:
            piece += space + part
    if piece:
        yield piece


def _parts(text: str, limit: int) -> Iterator[str]:
    """Yields sentences; words, where a sentence is too long; the bare characters, where a word is."""
    for sentence in filter(None, SENTENCE.split(text.strip())):
        if len(sentence) <= limit:
            yield sentence
            continue
        for word in WORD.split(sentence):
            yield from _characters(word, limit)


def _characters(word: str, limit: int) -> Iterator[str]:
    piece = ""
    for character in CHARACTER.findall(word):
        if piece and len(piece) + len(character) > limit:
            yield piece
            piece = ""
        piece += character
    yield piece


def _cut_ssml(text: str, limit: int) -> Iterator[str]:
    """Yields pieces of SSML: each closes the elements that are open at its end, and the next one opens them again.

    Pieces that say nothing are left out. Elements that leave no room by themselves are one piece that is too long.
    """
    opened = NOTHING_OPEN
    piece, says = "", False
    for token in filter(None, MARKUP.split(text.strip())):
        after = _after(opened, token)
        if len(after.begin) + len(after.end) > limit:
            yield after.begin + after.end
            return
        for part in [token] if MARKUP.fullmatch(token) else _texts(token, limit - len(opened.begin) - len(opened.end)):
            if len(piece) + len(part) + len(after.end) > limit:
                if says:
                    yield piece + opened.end
                piece, says = opened.begin, False
            piece += part
            says = says or not INAUDIBLE.match(part)
        opened = after
    if says:
        yield piece + opened.end


def _texts(text: str, limit: int) -> Iterator[str]:
    """Yields the text between two tags: sentences with the space before them, shorter where one is too long."""
    for sentence in AFTER_SENTENCE.split(text):
        if len(sentence) <= limit:
            yield sentence
        else:
            yield from (f" {piece}" for piece in _cut_text(sentence, max(limit - 1, 1)))


def _after(opened: OpenElements, token: str) -> OpenElements:
    """Returns the elements that are open after a token."""
    if token.startswith("</"):
        return opened.outer or opened
    name = TAG_NAME.match(token)
    if not name or token.endswith("/>") or token.startswith(("<!", "<?")) or "</" in token:
        return opened
    return OpenElements(opened.begin + token, f"</{name[1]}>{opened.end}", opened)
