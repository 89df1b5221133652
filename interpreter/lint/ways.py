"""Where a call can go on from a document: to its end, or to what a hook replies. It follows hooks only to local documents.

A local document is taken for what its hook always replies. Whatever is not known counts as a way out: an application that decides
something is a way out, too, and so is a document with faults.
"""

from collections.abc import Iterator
from typing import NamedTuple

from interpreter.lint.document import Document, Written
from interpreter.text.place import Steps

CONNECTS = ("dial", "transfer")
"""Verbs that let the caller talk to somebody, so that it is over when they have talked."""
DIALECT_HOOKS = {("cognigy", "dial"): "dial"}
"""Hooks that a dialect asks where none is written (verbs.dial)."""


class Way(NamedTuple):
    """A hook whose reply takes the place of what is left of the program."""

    verb: Written
    path: Steps
    url: str
    always: bool
    """Whether the verb never ends without asking it."""


class Course(NamedTuple):
    """How a document goes on."""

    ways: list[Way]
    last: Way | None
    """The hook that has the last word: nothing behind it runs. None where the document can come to an end of its own."""


class Trap(NamedTuple):
    """A way in with no way out."""

    way: Way
    round: list[Document]
    """What is run in turn: from the document to one that has been run already."""

    @property
    def is_own(self) -> bool:
        """Whether it is the document alone that is run again and again."""
        return all(one is self.round[0] for one in self.round)


def ways(written: Written, dialect: str = "jambonz") -> Iterator[Way]:
    """The hooks of a verb that can replace the program, in the order in which they are asked."""
    body = written.item.body
    amd, disposition = body.get("amd"), body.get("disposition")
    if isinstance(amd, dict):
        yield from _hook(written, amd.get("actionHook"), (*written.path, "amd", "actionHook"), always=False)
    if isinstance(disposition, dict) and str(disposition.get("voicemailUrl", "")).startswith("http"):
        yield from _hook(written, disposition["voicemailUrl"], (*written.path, "disposition", "voicemailUrl"), always=False)
    if "actionHook" in body:
        yield from _hook(written, body["actionHook"], (*written.path, "actionHook"), always=True)
    elif (dialect, written.item.name) in DIALECT_HOOKS:
        yield Way(written, written.path, DIALECT_HOOKS[dialect, written.item.name], always=True)


def _hook(written: Written, hook: object, path: Steps, always: bool) -> Iterator[Way]:
    if isinstance(hook, dict):
        hook, path = hook.get("url"), (*path, "url")
    if isinstance(hook, str):
        yield Way(written, path, hook, always)


def course(document: Document, connected: bool = True) -> Course:
    """How a document goes on; `connected` where talking to somebody counts as an end."""
    found: list[Way] = []
    if document.faults:
        return Course(found, None)
    for written in document.main:
        if written.kind.ends_call or (connected and written.item.name in CONNECTS):
            break
        for way in ways(written, document.surroundings.dialect):
            reply = document.follow(way.url)
            if reply is not None and reply.value == []:
                continue  # no verbs: the next one runs
            found.append(way)
            if reply is None:
                return Course(found, None)
            if way.always:
                return Course(found, way)
    return Course(found, None)


def trap(document: Document, connected: bool = True) -> Trap | None:
    """The way into what nobody comes out of, other than by hanging up; None where there is a way out, or nothing is known."""
    if not (document.surroundings.address or document.surroundings.replies):
        return None
    first = course(document, connected).last
    seen, ahead = [document], [document]
    while ahead:
        one = ahead.pop()
        going = course(one, connected)
        if going.last is None:
            return None
        for way in going.ways:
            then = one.follow(way.url)
            if then is not None and then not in seen:
                seen.append(then)
                ahead.append(then)
    return Trap(first, _round(document, connected)) if first else None


def _round(document: Document, connected: bool) -> list[Document]:
    found = [document]
    while True:
        last = course(found[-1], connected).last
        then = last and found[-1].follow(last.url)
        if not then:
            return found
        found.append(then)
        if then in found[:-1]:
            return found
