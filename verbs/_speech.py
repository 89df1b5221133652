"""Cuts what is to be spoken into pieces that the carrier takes: text after sentences, SSML between its tags."""

import re
from collections.abc import Iterator, Sequence

import schemas

SENTENCE = re.compile(r"(?<=[.!?;:。！？])\s+")
WORD = re.compile(r"\s+")
TAG = re.compile(r"(<[^>]*>)")
TAG_NAME = re.compile(r"</?\s*([^\s/>]+)")


def longest() -> int:
    """The carrier's limit of one payload, in characters; markup counts."""
    limit: int = schemas.load("components/limits")["$defs"]["payload"]["maxLength"]
    return limit


def is_ssml(text: str) -> bool:
    """Whether a text is Speech Synthesis Markup."""
    return text.lstrip().startswith("<speak")


def utterances(text: str | Sequence[str]) -> list[str]:
    """What is spoken with one command each, in order."""
    return [piece for item in ([text] if isinstance(text, str) else text) for piece in pieces(item, longest())]


def pieces(text: str, limit: int) -> list[str]:
    """A text in pieces of at most `limit` characters, cut where it hurts least."""
    if len(text) <= limit:
        return [text]
    return list(_cut_ssml(text, limit) if is_ssml(text) else _cut_text(text, limit))


def _cut_text(text: str, limit: int) -> Iterator[str]:
    piece = ""
    for part in _parts(text, limit):
        if piece and len(piece) + 1 + len(part) > limit:
            yield piece
            piece = part
        else:
            piece = f"{piece} {part}" if piece else part
    if piece:
        yield piece


def _parts(text: str, limit: int) -> Iterator[str]:
    """Sentences; words, where a sentence is too long; the bare characters, where a word is."""
    for sentence in filter(None, SENTENCE.split(text.strip())):
        if len(sentence) <= limit:
            yield sentence
            continue
        for word in WORD.split(sentence):
            yield from (word[start : start + limit] for start in range(0, len(word), limit))


def _cut_ssml(text: str, limit: int) -> Iterator[str]:
    """Every piece closes the elements that are open at its end, and the next one opens them again."""
    opened: list[str] = []
    piece = ""
    for token in filter(None, TAG.split(text.strip())):
        if token.startswith("<"):
            after = _after(opened, token)
            if len(piece) + len(token) + len(_closing(after)) > limit and piece != "".join(opened):
                yield piece + _closing(opened)
                piece = "".join(opened)
            opened = after
            piece += token
            continue
        for words in _pieces_of_words(token, limit - len("".join(opened)) - len(_closing(opened))):
            if len(piece) + len(words) + len(_closing(opened)) > limit:
                yield piece + _closing(opened)
                piece = "".join(opened)
            piece += words
    if piece:
        yield piece


def _pieces_of_words(text: str, limit: int) -> Iterator[str]:
    """Text between two tags: sentences with the space that follows them, shorter where one is too long."""
    for sentence in re.split(r"(?<=[.!?;:。！？])(?=\s)", text):
        if len(sentence) <= limit:
            yield sentence
        else:
            yield from (f" {piece}" for piece in _cut_text(sentence, max(limit - 1, 1)))


def _after(opened: list[str], tag: str) -> list[str]:
    if tag.startswith("</"):
        return opened[:-1]
    if tag.endswith("/>") or tag.startswith(("<!", "<?")):
        return opened
    return [*opened, tag]


def _closing(opened: list[str]) -> str:
    names = [match[1] for tag in reversed(opened) if (match := TAG_NAME.match(tag))]
    return "".join(f"</{name}>" for name in names)
