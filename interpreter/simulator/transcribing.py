"""Transcribes what people say: which leg is listened to, and the webhooks of what was recognised so far and in the end.

A party speaks as fast as the carrier's voices. Who begins to listen in the middle of a sentence misses the words before.
"""

import re
from collections.abc import Iterator

from callverbs.interpreter.simulator import conversing, supervising
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.media import SPEECH_CHARACTERS_PER_SECOND
from callverbs.interpreter.simulator.people import Saying
from callverbs.interpreter.simulator.refusals import Body, RefusalError
from callverbs.interpreter.simulator.transcription_state import TranscriptionState

INTERIM_SECONDS = 0.8
"""From one interim result to the next."""
FINAL_SECONDS = 0.5
"""From the last word to the final result: the silence that ends an utterance."""
ENGINES_THAT_NAME_TRACKS = ("B", "Telnyx")
"""Only their results say which track they are of (SPEC, call.transcription: transcription_track)."""
WORD = re.compile(r"\S+")


def start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Begins to listen to a leg. Raises RefusalError where somebody does already."""
    if leg.transcription:
        raise RefusalError("90054", "this call is being transcribed already")
    settings = body.get("transcription_engine_config", {})
    leg.transcription = TranscriptionState(
        engine=body.get("transcription_engine", "Google"),
        interim=settings.get("interim_results", False),
        tracks=body.get("transcription_tracks", "inbound"),
        started_at=exchange.clock.now(),
    )
    leg.party.on_listened_to()


def stop(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Listens no more. What was said and not sent is lost; without a transcription nothing happens (undocumented)."""
    leg.transcription = None
    leg.party.on_not_listened_to()


def say(exchange: Exchange, leg: SimulatedLeg, saying: Saying) -> None:
    """Lets the party on a leg say something now."""
    began, seconds = exchange.clock.now(), len(saying.text) / SPEECH_CHARACTERS_PER_SECOND
    leg.said.append(saying.text)
    exchange.note(leg, f'"{saying.text}", says {leg.label}')
    tick = INTERIM_SECONDS
    while tick < seconds:
        exchange.call_later(leg, tick, lambda: _report(exchange, leg, saying, began, is_final=False))
        tick += INTERIM_SECONDS
    exchange.call_later(leg, seconds + FINAL_SECONDS, lambda: _report(exchange, leg, saying, began, is_final=True))
    understood = saying.text if saying.recognized is None else saying.recognized
    exchange.call_later(leg, seconds + FINAL_SECONDS, lambda: conversing.hear(exchange, leg, understood))


def _report(exchange: Exchange, leg: SimulatedLeg, saying: Saying, began: float, *, is_final: bool) -> None:
    """Sends what was recognised to whoever listens to the party: its own leg, and the one that hears it."""
    for listener, track in ((leg, "inbound"), *((one, "outbound") for one in supervising.hearers(leg))):
        transcription = listener.transcription
        if transcription is None or transcription.tracks not in (track, "both"):
            continue
        if not (is_final or transcription.interim):
            continue
        if transcript := _transcript(saying, began, transcription.started_at, exchange.clock.now()):
            data: Body = {"confidence": saying.confidence, "is_final": is_final, "transcript": transcript}
            if transcription.engine in ENGINES_THAT_NAME_TRACKS:
                data["transcription_track"] = track
            exchange.send_webhook(listener, "call.transcription", {"transcription_data": data})


def _transcript(saying: Saying, began: float, heard_from: float, now: float) -> str:
    """Returns what is recognised of a saying between two times; of one that is misheard, all or nothing."""
    words = [word for word, at in _words(saying.text) if began + at >= heard_from and began + at < now]
    if saying.recognized is None or not words:
        return " ".join(words)
    whole = len(words) == len(list(_words(saying.text)))
    return saying.recognized if whole else ""


def _words(text: str) -> Iterator[tuple[str, float]]:
    """Yields each word, and after how many seconds it begins."""
    for match in WORD.finditer(text):
        yield match[0], match.start() / SPEECH_CHARACTERS_PER_SECOND
