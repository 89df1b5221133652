"""What the parties say, recognised for the verbs that listen: who they are, and the one transcription that the carrier has of each leg.

Verbs share it. The last that has asked decides who recognises, and how; when it is over, the one before it does again. Every verb that
listens hears the results, except one that yields to another of them.
"""

from typing import TYPE_CHECKING

from msgspec import structs

from callverbs.interpreter.engine import outbox
from callverbs.interpreter.engine.outcome import Turn
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import SpeechTranscribed
from callverbs.verbs.language.leg import Leg, SpeechListener, Transcription
from callverbs.verbs.language.spec import Recognizer

if TYPE_CHECKING:
    from callverbs.interpreter.engine.programs import Programs


def listen(turn: Turn, leg: Leg, owner: int, recognizer: Recognizer, interim: bool) -> None:
    """Lets a running verb listen to a leg; what was said before is not for it. A verb that listens already asks for something else."""
    if leg.gone or leg.ending:
        return
    leg.transcription = leg.transcription or Transcription()
    since = max(leg.last_events.values(), default=0.0)
    leg.transcription.listeners = [*leg.transcription.others(owner), SpeechListener(owner, recognizer, interim, since)]
    _adapt(turn, leg)


def leave(turn: Turn, leg: Leg, owner: int) -> None:
    """Lets a running verb listen to a leg no longer."""
    if leg.transcription and leg.transcription.is_heard_by(owner):
        leg.transcription.listeners = leg.transcription.others(owner)
        _adapt(turn, leg)


def refused(turn: Turn, leg: Leg, n: int) -> list[int]:
    """Handles a transcription that the carrier has refused. Returns the verbs that have wanted it so; the others get theirs again."""
    transcription = leg.transcription
    if transcription is None or transcription.n != n:
        return []
    lost = [one for one in transcription.listeners if one.recognizer.recognises_like(transcription.recognizer)]
    transcription.n = 0
    transcription.listeners = [one for one in transcription.listeners if one not in lost]
    _adapt(turn, leg)
    return [one.owner for one in lost]


def heard(programs: "Programs", leg: Leg, event: SpeechTranscribed) -> None:
    """Gives what was said to the verbs that listen, once; when they are over, to nobody."""
    outbox.claim_event(leg, str(event.__struct_config__.tag), event.occurred_at)  # it says what is too late for the next listener
    transcription = leg.transcription
    if transcription is None or not transcription.take(event.occurred_at, event.is_final):
        return
    named = structs.replace(event, language=transcription.recognizer.language)
    verbs = programs.session.verbs
    listening = {verbs[one.owner].name for one in transcription.listeners if one.owner in verbs}
    for listener in transcription.listeners:
        verb = verbs.get(listener.owner)  # one before it may have ended it
        if verb and not listening.isdisjoint(verb.yields_to):
            listener.since = max(listener.since, event.occurred_at)
        elif verb and listener.wants(event.occurred_at, event.is_final):
            programs.handle(verb, named)


def _adapt(turn: Turn, leg: Leg) -> None:
    """Brings the carrier's transcription in line with who listens. What recognises as it is wanted goes on without a gap."""
    transcription = leg.transcription
    assert transcription
    wanted = transcription.listeners[-1] if transcription.listeners else None
    interim = any(one.interim for one in transcription.listeners)
    if wanted and transcription.n and wanted.recognizer.recognises_like(transcription.recognizer) and transcription.interim >= interim:
        return
    if transcription.n:
        outbox.send(turn, commands.StopTranscription(leg=leg.name), 0)
    if wanted:
        entry = outbox.send(turn, commands.StartTranscription(leg=leg.name, recognizer=wanted.recognizer, interim=interim), 0)
        transcription.n, transcription.recognizer, transcription.interim = entry.n if entry else 0, wanted.recognizer, interim
    else:
        leg.transcription = None
