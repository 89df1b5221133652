"""What becomes of each effect that a verb has recorded: one function each, and a table of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from callverbs.interpreter.engine import background, hook_payload, limits, outbox, recordings, transcriptions
from callverbs.interpreter.engine.roots import CALLER, Root
from callverbs.verbs.language import effects
from callverbs.verbs.language.effects import Effect
from callverbs.verbs.language.messages import AllowedVerbs, HookRequest
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.parts.hook_wait import hook_wait

if TYPE_CHECKING:
    from callverbs.interpreter.engine.programs import Programs


def _send_command(programs: "Programs", verb: RunningVerb, effect: effects.SendCommand) -> None:
    outbox.send(programs.turn, effect.command, verb.n)


def _record_leg(programs: "Programs", verb: RunningVerb, effect: effects.RecordLeg) -> None:
    recordings.record(programs.turn, effect.command, verb.n)


def _leave_recording(programs: "Programs", verb: RunningVerb, effect: effects.LeaveRecording) -> None:
    recordings.leave(programs.turn, verb.n, effect.hook, effect.extra)


def _listen_to_speech(programs: "Programs", verb: RunningVerb, effect: effects.ListenToSpeech) -> None:
    transcriptions.listen(programs.turn, programs.session.legs[verb.leg], verb.n, effect.recognizer, effect.interim)


def _ignore_speech(programs: "Programs", verb: RunningVerb, effect: effects.IgnoreSpeech) -> None:
    transcriptions.leave(programs.turn, programs.session.legs[verb.leg], verb.n)


def _stop_own_media(programs: "Programs", verb: RunningVerb, effect: effects.StopOwnMedia) -> None:
    outbox.stop_media(programs.turn, programs.session.legs[effect.leg], verb.n)


def _create_leg(programs: "Programs", verb: RunningVerb, effect: effects.CreateLeg) -> None:
    programs.session.last_leg += 1
    programs.session.legs[effect.leg.name] = effect.leg
    limits.check_legs(programs.session)


def _end_leg(programs: "Programs", verb: RunningVerb, effect: effects.EndLeg) -> None:
    """Ends a leg, and interrupts what the verb runs there; not on its own leg, whose end interrupts all of it in order."""
    programs.hang_up(programs.session.legs[effect.leg], effect.headers, effect.carrier, effect.busy)
    for program in programs.children(verb):
        if program.leg == effect.leg and effect.leg != verb.leg:
            programs.interrupt(program)


def _ask_hook(programs: "Programs", verb: RunningVerb, effect: effects.AskHook) -> None:
    request = hook_payload.request(
        programs.turn,
        effect.hook,
        effect.kind,
        programs.session.legs[effect.leg],
        effect.extra,
        reply=effect.reply,
        about=effect.about,
        allowed=effect.allowed,
        ordering_key=effect.ordering_key,
        sensitive=verb.is_sensitive,
    )
    outbox.add(programs.turn, request, verb.n if effect.reply else 0)


def _post(programs: "Programs", verb: RunningVerb, effect: effects.Post) -> None:
    session = programs.session
    request = HookRequest(
        kind="data",
        url=hook_payload.resolve(effect.url, session.base_url or session.app.base_url),
        payload=dict(effect.payload),
        reply=effect.reply,
        about=verb.leg,
        sensitive=verb.is_sensitive,
    )
    outbox.add(programs.turn, request, verb.n)


def _start_timer(programs: "Programs", verb: RunningVerb, effect: effects.StartTimer) -> None:
    outbox.start_timer(programs.turn, verb.n, effect.name, effect.seconds, effect.leg)


def _stop_timer(programs: "Programs", verb: RunningVerb, effect: effects.StopTimer) -> None:
    outbox.stop_timer(programs.turn, verb.n, effect.name, effect.leg)


def _start_program(programs: "Programs", verb: RunningVerb, effect: effects.StartProgram) -> None:
    programs.start(effect.leg, effect.verbs, verb.n, effect.screening)


def _stop_program(programs: "Programs", verb: RunningVerb, effect: effects.StopProgram) -> None:
    for program in programs.children(verb):
        if program.leg == effect.leg:
            programs.interrupt(program)


def _start_background(programs: "Programs", verb: RunningVerb, effect: effects.StartBackground) -> None:
    background.start(programs, effect.leg, effect.verb, beside=verb.n if effect.beside else 0)


def _stop_background(programs: "Programs", verb: RunningVerb, effect: effects.StopBackground) -> None:
    background.stop(programs, verb.leg, effect.name)


def _skip_heard(programs: "Programs", verb: RunningVerb, effect: effects.SkipHeard) -> None:
    background.skip_heard(programs, programs.session.legs[verb.leg])


def _finish(programs: "Programs", verb: RunningVerb, effect: effects.Finish) -> None:
    program = programs.remove_verb(verb)
    hook = verb.action_hook(programs.session.app)
    if hook:
        label = {"verb_id": verb.label} if verb.label else {}
        leg = programs.session.legs[verb.leg]
        result = {**effect.result, **label}
        if program and (written := verb.slow_hook):
            allowed: AllowedVerbs = "screening" if program.screening else ""
            if wait := hook_wait(written, leg.defaults, hook, result, allowed):
                wait.sensitive = verb.is_sensitive
                programs.run_verb(program, wait)
                return
        order = hook_payload.STATUS_ORDERING_KEY if leg.gone else ""  # nobody waits for the reply, so the call status can come first
        request = hook_payload.request(programs.turn, hook, "action", leg, result, ordering_key=order, sensitive=verb.is_sensitive)
        entry = outbox.add(programs.turn, request, 0)
        if program:
            program.asking = entry.n
    elif program:
        programs.advance(program)


def _replace_rest(programs: "Programs", verb: RunningVerb, effect: effects.ReplaceRest) -> None:
    if program := programs.remove_verb(verb):
        program.stranded = effect.stranded
        programs.resume(program, effect.verbs)


def _end_program(programs: "Programs", verb: RunningVerb, effect: effects.EndProgram) -> None:
    if program := programs.remove_verb(verb):
        program.rest, program.stranded = [], True
        programs.advance(program)


def _leave_program(programs: "Programs", verb: RunningVerb, effect: effects.LeaveProgram) -> None:
    program = programs.remove_verb(verb)
    if program is None:
        return
    if isinstance(programs.session.verbs.get(program.owner), Root):
        programs.turn.note(f"{verb.name} is skipped: the call waits in no queue")
    else:
        program.rest, program.left = [], True
    programs.advance(program)


def _replace_root(programs: "Programs", verb: RunningVerb, effect: effects.ReplaceRoot) -> None:
    caller = programs.session.legs[CALLER]
    root = next((one for one in programs.session.verbs.values() if isinstance(one, Root)), None)
    if root is None or caller.gone or caller.ending:
        return
    for entry in programs.session.outbox:
        if isinstance(entry.message, HookRequest) and entry.message.kind == "call":
            entry.owner = 0
    for program in programs.children(root):
        programs.interrupt(program)
    programs.start(CALLER, effect.verbs, root.n)


def _set_status(programs: "Programs", verb: RunningVerb, effect: effects.SetStatus) -> None:
    leg = programs.session.legs[effect.leg]
    hook_payload.report_status(programs.turn, leg, effect.call_status, effect.sip_status, effect.sip_reason)


def _set_customer_data(programs: "Programs", verb: RunningVerb, effect: effects.SetCustomerData) -> None:
    programs.session.legs[verb.leg].customer_data = effect.customer_data


def _set_defaults(programs: "Programs", verb: RunningVerb, effect: effects.SetDefaults) -> None:
    programs.session.legs[verb.leg].defaults = effect.defaults


def _move_hooks(programs: "Programs", verb: RunningVerb, effect: effects.MoveHooks) -> None:
    if effect.base_url is not None:
        programs.session.base_url = effect.base_url
    if effect.status_hook is not None:
        programs.session.status_hook = effect.status_hook


def _add_note(programs: "Programs", verb: RunningVerb, effect: effects.AddNote) -> None:
    programs.turn.note(effect.text)


EFFECT_HANDLERS: dict[type[Effect], Callable[["Programs", RunningVerb, Any], None]] = {
    effects.SendCommand: _send_command,
    effects.RecordLeg: _record_leg,
    effects.LeaveRecording: _leave_recording,
    effects.ListenToSpeech: _listen_to_speech,
    effects.IgnoreSpeech: _ignore_speech,
    effects.StopOwnMedia: _stop_own_media,
    effects.CreateLeg: _create_leg,
    effects.EndLeg: _end_leg,
    effects.AskHook: _ask_hook,
    effects.Post: _post,
    effects.StartTimer: _start_timer,
    effects.StopTimer: _stop_timer,
    effects.StartProgram: _start_program,
    effects.StopProgram: _stop_program,
    effects.StartBackground: _start_background,
    effects.StopBackground: _stop_background,
    effects.SkipHeard: _skip_heard,
    effects.Finish: _finish,
    effects.ReplaceRest: _replace_rest,
    effects.EndProgram: _end_program,
    effects.LeaveProgram: _leave_program,
    effects.ReplaceRoot: _replace_root,
    effects.SetStatus: _set_status,
    effects.SetCustomerData: _set_customer_data,
    effects.SetDefaults: _set_defaults,
    effects.MoveHooks: _move_hooks,
    effects.AddNote: _add_note,
}
