"""The media files that a document plays."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.schemas import ValuePath


def media_files(document: Document) -> Iterator[tuple[ValuePath, str]]:
    """Yields the path and the URL of every file that is played."""
    for verb in document.all_verbs():
        for key, owner in (("url", "play"), ("dialMusic", "dial")):
            if verb.item.name != owner:
                continue
            if isinstance(url := verb.item.body.get(key), str):
                yield (*verb.path, key), url
            for index, element in enumerate(verb.elements(key)):
                if isinstance(element, str):
                    yield (*verb.path, key, index), element
        confirm = verb.item.body.get("confirm")
        if isinstance(confirm, dict) and isinstance(url := confirm.get("prompt"), str) and url.startswith(("http:", "https:")):
            yield (*verb.path, "confirm", "prompt"), url
        carrier = verb.item.body.get("carrier")
        if isinstance(carrier, dict) and isinstance(url := carrier.get("audio_url"), str):
            yield (*verb.path, "carrier", "audio_url"), url
