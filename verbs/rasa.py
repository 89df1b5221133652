"""`rasa`: let the party talk with a Rasa bot. What is said goes to its REST webhook, and what that answers is spoken, turn by turn."""

from typing import Any, ClassVar, Literal

import msgspec
from msgspec import field

from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, KeyPressed, ProgramEnded
from callverbs.verbs.language.spec import Hook, Recognizer, Spec, Synthesizer
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.bot_answer import BotAnswerError, heard_texts
from callverbs.verbs.parts.event_hook import EventReports
from callverbs.verbs.parts.listening import Listening, recognizer_for
from callverbs.verbs.parts.speech import losses, utterances
from callverbs.verbs.parts.utterance import PartialResults, Utterance
from callverbs.verbs.say import SaySpec

MAX_UNANSWERED_EVENTS = 16
"""Events that the event hook has not answered; of more it is not told."""

Result = Literal["timeout", "webhookError", "failed", "redirect", "caller hungup", "stopped"]


class RasaSpec(Spec):
    """A rasa as written. `timeout` is in seconds, from the end of what the bot says."""

    url: str
    prompt: str = ""
    recognizer: Recognizer | None = None
    tts: Synthesizer = Synthesizer()
    timeout: float = 10.0
    event_hook: Hook | None = None
    action_hook: Hook | None = None

    # What a gather has for its speech, and nobody writes here.
    speech_timeout: ClassVar[None] = None
    partial_result_hook: ClassVar[None] = None


class Rasa(EventReports, Listening, Verb[RasaSpec], needs_answer=True):
    """speaking → listening → something was said: asking → the bot has answered: speaking.

    Something complete that is said while the bot speaks stops it, and is the input. What is said while the bot is asked is lost (jambonz
    rasa.js). Whatever happens to the bot, the call goes on.
    """

    phase: Literal["speaking", "listening", "asking"] = "speaking"
    utterance: Utterance = field(default_factory=Utterance)
    """What was said so far in this turn; closed while the bot is asked."""
    partial: PartialResults = field(default_factory=PartialResults)
    unanswered_events: int = 0

    def start(self, call: VerbContext) -> None:
        self.spec = msgspec.structs.replace(self.spec, recognizer=call.recognizer(self.spec.recognizer))
        self._speak(call, [self.spec.prompt])

    # ------------------------------------------------------------- the bot speaks

    def _speak(self, call: VerbContext, texts: list[str]) -> None:
        """Begins a turn. What was said before is not for it, so it listens anew; the carrier's transcription goes on."""
        self.utterance = Utterance()
        call.listen_to_speech(recognizer_for(call, self.spec.recognizer), interim=True)
        for loss in losses(texts):
            call.note(loss)
        if utterances(texts):
            self.phase = "speaking"
            call.run(call.leg.name, [SaySpec(text=texts, synthesizer=self.spec.tts)])
        else:
            self._listen(call)

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        if event.result != "gone":
            self._listen(call)

    # ------------------------------------------------------------- the party speaks

    def _listen(self, call: VerbContext) -> None:
        self.phase = "listening"
        if not self.waits_for_silence:
            call.start_timer(self.on_time_timer, self.spec.timeout)

    def speech_began(self, call: VerbContext) -> None:
        if self.phase == "listening":
            call.stop_timer(self.on_time_timer)
            self._listen(call)

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        if self.end_speech_by_key(call, event.digit):
            call.stop_timer(self.on_time_timer)

    def on_time_timer(self, call: VerbContext) -> None:
        if self.utterance.phrases:
            self.on_silence_timer(call)
        else:
            self._finish(call, "timeout")

    def speech_ended(self, call: VerbContext, reason: str, words: dict[str, Any]) -> None:
        """Asks the bot. What was recognised with too little confidence was not said."""
        call.stop_timer(self.on_silence_timer)
        if reason == "stt-low-confidence":
            self.utterance = Utterance()
            self.speech_began(call)
            return
        message = words["speech"]["alternatives"][0]["transcript"]
        call.stop_timer(self.on_time_timer)
        call.stop(call.leg.name)
        self.phase = "asking"
        self.utterance.close()
        self._tell(call, "userMessage", message)
        call.post(self.spec.url, self.on_bot_reply, {"sender": call.leg.call_leg_id, "message": message})

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        self._finish(call, "failed", event.title)

    # ------------------------------------------------------------- the bot answers

    def on_bot_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if reply.failed:
            self._finish(call, "webhookError", reply.reason)
            return
        try:
            texts = heard_texts(reply.data)
        except BotAnswerError as error:
            self._finish(call, "webhookError", str(error))
            return
        self._tell(call, "botMessage", reply.data)
        self._speak(call, texts)

    # ------------------------------------------------------------- the application

    def _tell(self, call: VerbContext, event: str, message: Any) -> None:
        if self.unanswered_events >= MAX_UNANSWERED_EVENTS:
            call.note(f"the eventHook has not answered {MAX_UNANSWERED_EVENTS} events: it is not told of {event}")
        elif self.spec.event_hook:
            self.unanswered_events += 1
            self.report_event(call, event, message=message)

    def on_event_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        """Verbs in the reply replace the conversation, and what follows it (jambonz rasa.js)."""
        self.unanswered_events -= 1
        if not reply.verbs:
            return
        if self.spec.action_hook:
            label = {"verb_id": self.label} if self.label else {}
            call.notify(self.spec.action_hook, extra={"rasa_result": "redirect", **label})
        call.replace_rest(reply.verbs)

    def on_interrupted(self, call: VerbContext) -> None:
        self._finish(call, "caller hungup" if call.leg.gone else "stopped")

    def _finish(self, call: VerbContext, result: Result, reason: str = "") -> None:
        call.finish(rasa_result=result, **({"rasa_reason": reason} if reason else {}))
