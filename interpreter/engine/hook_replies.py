"""What the application has answered to a request: the verbs of its reply, or its data, or nothing that can be used."""

from typing import Any

import msgspec

from callverbs import verbs
from callverbs.interpreter.engine import hook_payload, outbox
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import OutboxEntry, Program
from callverbs.interpreter.text.lines import Span
from callverbs.interpreter.text.source import json_error, pointer_span
from callverbs.verbs import REGISTRY, DocumentError
from callverbs.verbs.language.context import Reply
from callverbs.verbs.language.events import HookFailed, HookReplied
from callverbs.verbs.language.messages import AllowedVerbs, HookRequest
from callverbs.verbs.language.spec import Spec

WHOM = {"screening": "a callee who is being screened", "waiting": "somebody who is held", "queueing": "somebody who waits in a queue"}
"""To whom verbs with this fact may run."""


class ReplyError(Exception):
    """The application's reply is not a document: why, at which JSON pointer, and where in the text."""

    def __init__(self, reason: str, pointer: str = "", span: Span | None = None) -> None:
        self.pointer, self.span = pointer, span
        super().__init__(reason)


def replied(programs: Programs, event: HookReplied) -> None:
    """Handles a reply. One that is no document counts as a failure, and is recorded."""
    entry = outbox.mark_answered(programs.turn, event.n)
    if entry is None or not isinstance(entry.message, HookRequest):
        return
    if entry.message.kind in ("status", "notify"):
        _pass_to_verb(programs, entry, entry.message, Reply())
        return
    request, program = entry.message, _asking_program(programs, entry.n)
    try:
        if request.kind == "data":
            reply = Reply(data=_json(event))
        else:
            reply = Reply(_verbs(programs.turn, request, event, "screening" if program and program.screening else request.allowed))
    except ReplyError as error:
        span = error.span or pointer_span(event.body, error.pointer)
        programs.turn.problem("application", str(error), request.url, event.status, error.pointer, span)
        _go_on_without(programs, entry, request, program, str(error))
        return
    if not reply.verbs and request.kind == "call":
        reason = "the first hook has given no verbs, so there is nothing to run"
        programs.turn.problem("application", reason, request.url, event.status)
    if program:
        programs.resume(program, reply.verbs)
    else:
        _pass_to_verb(programs, entry, request, reply)


def failed(programs: Programs, event: HookFailed) -> None:
    """Handles a request that the application has not answered."""
    entry = outbox.mark_answered(programs.turn, event.n)
    if entry and isinstance(entry.message, HookRequest):
        programs.turn.problem("application", event.reason, entry.message.url, event.status)
        _go_on_without(programs, entry, entry.message, _asking_program(programs, entry.n), event.reason)


def _pass_to_verb(programs: Programs, entry: OutboxEntry, request: HookRequest, reply: Reply) -> None:
    verb = programs.session.verbs.get(entry.owner)
    handler = getattr(verb, f"on_{request.reply}_reply", None)
    if verb and handler:
        programs.call(verb, handler, request.about, reply)


def _go_on_without(programs: Programs, entry: OutboxEntry, request: HookRequest, program: Program | None, reason: str) -> None:
    """Goes on as if the hook had answered nothing. The status hook hears of an actionHook (jambonz gather.js; here of every verb)."""
    asked_for = program or programs.session.verbs.get(entry.owner)
    if request.kind == "action" and asked_for:
        leg = programs.session.legs[asked_for.leg]
        hook_payload.tell_status_hook(programs.turn, leg, {"error": "invalid actionHook response", "reason": reason})
    if program:
        program.stranded = True
        programs.resume(program, ())
    else:
        _pass_to_verb(programs, entry, request, Reply(failed=True, reason=reason))


def _asking_program(programs: Programs, n: int) -> Program | None:
    """Returns the program that waits for the reply to an actionHook."""
    return next((program for program in programs.session.programs.values() if program.asking == n), None)


def _verbs(turn: Turn, request: HookRequest, event: HookReplied, allowed: AllowedVerbs) -> tuple[Spec, ...]:
    """Returns the verbs of a reply. What is not JSON by its content type holds none (http-requestor.js). Raises ReplyError."""
    if not event.body.strip():
        return ()
    if "application/json" not in event.content_type.lower():
        if event.body.lstrip().startswith(("[", "{")):
            kind = event.content_type or "of no content type"
            text = f"the reply is {kind}, not application/json: no verb of it is run"
            turn.problem("application", text, request.url, event.status)
        return ()
    value = _json(event)
    if not isinstance(value, list):
        if request.allowed == "screening" and value is not None:
            raise ReplyError("the reply to a confirmHook is not a list of verbs")
        if value:  # null and {} are what some frameworks make of nothing
            turn.problem("application", "the reply is not a list of verbs: nothing is replaced", request.url, event.status)
        return ()
    return _read(turn, value, allowed)


def _json(event: HookReplied) -> Any:
    """Returns the JSON of a reply. Raises ReplyError."""
    try:
        return msgspec.json.decode(event.body)
    except msgspec.DecodeError as error:
        why, span = json_error(event.body) or (str(error), None)
        raise ReplyError(f"the reply is not JSON: {why}", span=span) from None
    except RecursionError:
        raise ReplyError("the reply is nested too deeply") from None


def _read(turn: Turn, value: list[object], allowed: AllowedVerbs) -> tuple[Spec, ...]:
    try:
        document = verbs.read(value)
    except DocumentError as error:
        raise ReplyError(str(error), error.diagnostics[0].pointer) from None
    for one in document.notes:
        turn.note(f"{one.message} ({one.pointer})")
    for index, spec in enumerate(document.verbs):
        name = str(spec.__struct_config__.tag)
        if allowed and not getattr(REGISTRY[name], allowed):
            raise ReplyError(f"{name} cannot be run to {WHOM[allowed]}", f"/{index}")
    return document.verbs
