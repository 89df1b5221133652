"""The control flow from document to document: a call goes on to what a hook replies. Hooks are followed only to local documents.

A local document is taken for what its hook always replies. Whatever is not known counts as a way out: an application that decides
something is a way out, too, and so is a document that cannot run.
"""

from collections.abc import Iterator
from typing import NamedTuple

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.schemas import ValuePath
from callverbs.verbs.parts.barge_in import DIALECT_HOOKS


class Exit(NamedTuple):
    """A hook whose reply replaces what is left of the program."""

    verb: DocumentVerb
    path: ValuePath
    url: str
    always: bool
    """Whether the verb never ends without asking it."""


class Exits(NamedTuple):
    """The hooks through which a call leaves a document."""

    exits: list[Exit]
    last: Exit | None
    """The one behind which nothing runs. None where the document can come to an end of its own."""


class Cycle(NamedTuple):
    """Documents that lead to each other, and to nothing else."""

    first: Exit
    documents: list[Document]
    """The documents in the order in which they run, from the linted one to one that has run already."""

    @property
    def is_own(self) -> bool:
        """Whether the linted document alone is run again and again."""
        return all(one is self.documents[0] for one in self.documents)


def hook_exits(verb: DocumentVerb, dialect: str = "jambonz") -> Iterator[Exit]:
    """Yields the hooks of a verb that can replace the program, in the order in which they are asked."""
    body = verb.item.body
    amd, disposition = body.get("amd"), body.get("disposition")
    if isinstance(amd, dict):
        yield from _hook(verb, amd.get("actionHook"), (*verb.path, "amd", "actionHook"), always=False)
    if isinstance(disposition, dict) and str(disposition.get("voicemailUrl", "")).startswith("http"):
        yield from _hook(verb, disposition["voicemailUrl"], (*verb.path, "disposition", "voicemailUrl"), always=False)
    barge_in = body.get("bargeIn")
    if isinstance(barge_in, dict) and barge_in.get("enable"):
        yield from _hook(
            verb, barge_in.get("actionHook") or DIALECT_HOOKS.get(dialect), (*verb.path, "bargeIn", "actionHook"), always=False
        )
    if "actionHook" in body:
        yield from _hook(verb, body["actionHook"], (*verb.path, "actionHook"), always=True)
    elif hook := verb.type.dialect_hooks.get(dialect):
        yield Exit(verb, verb.path, hook, always=True)


def _hook(verb: DocumentVerb, hook: object, path: ValuePath, always: bool) -> Iterator[Exit]:
    if isinstance(hook, dict):
        hook, path = hook.get("url"), (*path, "url")
    if isinstance(hook, str):
        yield Exit(verb, path, hook, always)


def find_exits(document: Document, connected: bool = True) -> Exits:
    """Returns the exits of a document; with `connected`, a verb that connects the caller with somebody ends it."""
    found: list[Exit] = []
    if document.diagnostics:
        return Exits(found, None)
    for verb in document.main_program:
        if verb.type.ends_call or (connected and verb.type.connects):
            break
        for one in hook_exits(verb, document.context.dialect):
            reply = document.follow(one.url)
            if reply is not None and reply.value == []:
                continue  # no verbs: the next one runs
            found.append(one)
            if reply is None:
                return Exits(found, None)
            if one.always:
                return Exits(found, one)
    return Exits(found, None)


def find_cycle(document: Document, connected: bool = True) -> Cycle | None:
    """Returns the cycle that a caller leaves only by hanging up; None where there is an exit, or nothing is known of the hooks."""
    if not (document.context.address or document.context.replies):
        return None
    first = find_exits(document, connected).last
    seen, pending = [document], [document]
    while pending:
        current = pending.pop()
        leaving = find_exits(current, connected)
        if leaving.last is None:
            return None
        for one in leaving.exits:
            reply = current.follow(one.url)
            if reply is not None and reply not in seen:
                seen.append(reply)
                pending.append(reply)
    return Cycle(first, _in_order_of_running(document, connected)) if first else None


def _in_order_of_running(document: Document, connected: bool) -> list[Document]:
    """Returns the documents of a cycle, each behind the one that leads to it, up to the first that has run already."""
    found = [document]
    while True:
        last = find_exits(found[-1], connected).last
        reply = last and found[-1].follow(last.url)
        if not reply:
            return found
        found.append(reply)
        if reply in found[:-1]:
            return found
