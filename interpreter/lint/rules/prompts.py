"""What a caller hears, word for word and file for file: what does not sound as it looks."""

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules import _markup as markup
from interpreter.lint.rules._rule import Profile, Rule
from interpreter.lint.rules._spoken import Spoken, spoken
from interpreter.text.place import Steps
from schemas import Fault, Fix

OTHER_AUDIO = (
    *("aac", "aif", "aiff", "amr", "au", "flac", "g722", "gsm", "m4a", "mid", "mka", "mkv", "mov", "mp2", "mp4", "oga", "ogg", "opus"),
    *("raw", "ul", "ulaw", "webm", "wma"),
)
"""Endings of audio and video that is neither WAV nor MP3. Endings of pages and scripts may well reply with either."""
MANY = 7
"""Digits in a row from which on a voice says millions."""
PUNCTUATION = ".,;:!?)"
OFTEN = 3
LENGTHY = 20
"""Characters from which on it is worth writing a text only once."""


class OtherAudio(Rule):
    """A file whose ending is that of another format than WAV or MP3.

    Why: the carrier plays WAV and MP3. It takes the file for an MP3, and the caller hears noise, or nothing.

    Bad:

        [{"verb": "play", "url": "https://example.com/hello.ogg"}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello.mp3"}]
    """

    code: ClassVar[str] = "CV508"
    name: ClassVar[str] = "other-audio"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, url in _files(document):
            ending = _ending(url)
            if ending in OTHER_AUDIO:
                yield self.fault(path, f"the carrier plays WAV and MP3, and this is .{ending}")


class OpenMedia(Rule):
    """A file is fetched over plain http.

    Why: whoever is on the way between the carrier and the server can hear what callers hear, and put something else in its place.

    Bad:

        [{"verb": "play", "url": "http://example.com/hello.mp3"}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello.mp3"}]
    """

    code: ClassVar[str] = "CV509"
    name: ClassVar[str] = "open-media"
    severity: ClassVar[Severity] = "warning"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, url in _files(document):
            if url.lower().startswith("http:"):
                fix = Fix("replace", f"https{url[4:]}", safe=False)
                yield self.fault(path, "this file is fetched over plain http: write https", fix=fix)


class LoopOfNone(Rule):
    """`loop` is 0.

    It counts as 1, as in jambonz' code. jambonz' documentation says that 0 never ends, which is written `forever`.

    Why: who wanted the music to go on hears it once, and then silence.

    Bad:

        [{"verb": "play", "url": "https://example.com/waves.mp3", "loop": 0}]

    Good:

        [{"verb": "play", "url": "https://example.com/waves.mp3", "loop": "forever"}]
    """

    code: ClassVar[str] = "CV510"
    name: ClassVar[str] = "loop-of-none"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each():
            loop = written.item.body.get("loop")
            none = set(loop) == {"0"} if isinstance(loop, str) else loop == 0 and not isinstance(loop, bool)
            if written.item.name in ("say", "play") and none:
                why = "0 is once: write 1, or forever for what has no end"
                yield self.fault((*written.path, "loop"), why, fix=Fix("replace", 1, safe=False))


class Unspeakable(Rule):
    """A text holds what sounds wrong when it is spoken: a URL, an emoji, or seven digits and more in a row.

    Digits within `say-as`, and everything within `sub`, are spoken as these say, and not reported.

    Why: the caller hears "h t t p s colon slash slash", "smiling face with sunglasses", or "four million one hundred and
    fifty-five thousand". Write it as it should be heard: `example dot com`, `415 555 0100`.

    Bad:

        [{"verb": "say", "text": "Your reference is 41555501. See https://example.com/status 😀"}]

    Good:

        [{"verb": "say", "text": "Your reference is 4 1 5 5, 5 5 0 1. See example dot com."}]
    """

    code: ClassVar[str] = "CV511"
    name: ClassVar[str] = "unspeakable-text"
    severity: ClassVar[Severity] = "warning"
    url: ClassVar[str] = r"(?i)\b(?:https?://|www\.)[^\s<>]*"
    emoji: ClassVar[str] = "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u26ff\u2705\u2728\u274c\u2764\u2b50]"
    digits: ClassVar[str] = rf"(?<![\w.,-])\+?[0-9]{{{MANY},}}(?![\w-])"

    def check(self, document: Document) -> Iterator[Fault]:
        for one in spoken(document):
            if why := self._why(one):
                yield self.fault(one.path, why)

    def _why(self, one: Spoken) -> str:
        parts = markup.read(one.text).words if one.is_ssml else [markup.Words(one.text, ())]
        for part in parts:
            if "sub" in part.inside or "phoneme" in part.inside:
                continue
            if found := re.search(self.url, part.text):
                return f"{_short(found[0].rstrip(PUNCTUATION))} is read out letter by letter: write how it should sound"
            if not part.text.isascii() and (found := re.search(self.emoji, part.text)):
                return f"{found[0]} is read out by its name, or left out: leave it to chats"
            if "say-as" not in part.inside and (found := re.search(self.digits, part.text)):
                return f"{_short(found[0])} is spoken as one number: put spaces between its digits, or use say-as"
        return ""


class RepeatedPrompt(Rule):
    """The same text stands in the document three times and more. The finding stands at the second one.

    In YAML an anchor (`&welcome`) and aliases (`*welcome`) hold it once; a recording can be played instead.

    Why: no caller notices, until one of the copies is changed and the others are forgotten.

    Bad:

        - say: {text: "Please stay on the line, we are trying again."}
        - pause: {length: 1}
        - say: {text: "Please stay on the line, we are trying again."}
        - pause: {length: 1}
        - say: {text: "Please stay on the line, we are trying again."}

    Good:

        - say: {text: &wait "Please stay on the line, we are trying again."}
        - pause: {length: 1}
        - say: {text: *wait}
        - pause: {length: 1}
        - say: {text: *wait}
    """

    code: ClassVar[str] = "CV512"
    name: ClassVar[str] = "repeated-prompt"
    severity: ClassVar[Severity] = "info"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        copies: dict[str, dict[int, Spoken]] = {}
        for one in spoken(document):
            if len(one.text) >= LENGTHY:
                copies.setdefault(one.text, {}).setdefault(id(one.text), one)  # an alias is the same text, not a copy of it
        for same in copies.values():
            if len(same) >= OFTEN:
                yield self.fault(list(same.values())[1].path, f"this text is written {len(same)} times in this document")


def _files(document: Document) -> Iterator[tuple[Steps, str]]:
    """Every file that is played."""
    for written in document.each():
        for key, there in (("url", written.item.name == "play"), ("dialMusic", written.item.name == "dial")):
            if there and isinstance(url := written.item.body.get(key), str):
                yield (*written.path, key), url
            for index, item in enumerate(written.many(key) if there else []):
                if isinstance(item, str):
                    yield (*written.path, key, index), item
        carrier = written.item.body.get("carrier")
        if isinstance(carrier, dict) and isinstance(url := carrier.get("audio_url"), str):
            yield (*written.path, "carrier", "audio_url"), url


def _ending(url: str) -> str:
    try:
        name = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
