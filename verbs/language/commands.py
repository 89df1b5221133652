"""Every command to the carrier, as a frozen word. Legs go by our own names; times are in seconds.

What the carrier calls a command, and its limits, is known at its border only. Import the module and write `commands.Dial`: many
commands are called like a verb.
"""

from typing import Any, ClassVar, Literal

from callverbs.verbs.language.messages import OutboxMessage
from callverbs.verbs.language.party import Detection as Detection
from callverbs.verbs.language.party import Party as Party
from callverbs.verbs.language.spec import Credentials, Recognizer, Synthesizer

FOREVER = 0
"""The number of rounds that never end."""
FILE_MAX_SECONDS = 3600.0
PROMPT_MAX_SECONDS = 600.0
"""How long a file may play before its end counts as lost: the carrier does not tell how long it is."""


class Command(OutboxMessage):
    """Something that the carrier is to do with one leg."""

    awaits: ClassVar[str] = ""
    """The kind of event that ends it, where the carrier sends one."""
    media: ClassVar[bool] = False
    """It is heard on the leg, so it waits for the end of what was stopped before it."""

    repeatable: ClassVar[bool] = False
    """It may be sent again at any time: the carrier recognises it, or it changes nothing."""

    leg: str
    carrier: dict[str, Any] = {}
    """Parameters of the carrier's own, as the author wrote them."""

    def ordering_keys(self) -> tuple[str, ...]:
        return (self.leg,)

    def required_legs(self) -> tuple[str, ...]:
        """The legs whose ids at the carrier the request needs."""
        return (self.leg,)

    def created_leg(self) -> str:
        """The leg that the command creates, if it creates one."""
        return ""

    def expected_seconds(self) -> float:
        """How long it should take; 0 where nobody knows."""
        return 0.0


class Answer(Command):
    """Answer an inbound leg."""

    awaits: ClassVar[str] = "answer"


class Reject(Command):
    """Refuse an inbound leg that has not been answered."""

    awaits: ClassVar[str] = "hangup"
    busy: bool = False


class HangUp(Command):
    """End a leg."""

    awaits: ClassVar[str] = "hangup"
    headers: dict[str, str] = {}


class StartTranscription(Command):
    """Recognise what the party on a leg says, until its verb is over. With `interim`, also what was recognised so far."""

    recognizer: Recognizer
    interim: bool = False


class StopTranscription(Command):
    """Recognise no more of what the party says."""


class Speak(Command):
    """Speak text; SSML where it begins with <speak."""

    awaits: ClassVar[str] = "speak"
    media: ClassVar[bool] = True
    text: str
    voice: Synthesizer
    rounds: int = 1

    def expected_seconds(self) -> float:
        return self.rounds * speech_seconds(self.text)


class Play(Command):
    """Play a file from its URL, or one of our own sounds by its name."""

    awaits: ClassVar[str] = "playback"
    media: ClassVar[bool] = True
    url: str = ""
    sound: str = ""
    rounds: int = 1

    def expected_seconds(self) -> float:
        return self.rounds * FILE_MAX_SECONDS


class StopMedia(Command):
    """Stop what the leg hears, and what waits to be heard; or what is mixed over it."""

    overlay: bool = False


class GatherKeys(Command):
    """How keys are collected. `finish_on` is the key that ends the input; empty for none."""

    awaits: ClassVar[str] = "gather"
    media: ClassVar[bool] = True
    min_digits: int = 1
    max_digits: int = 128
    finish_on: str = ""
    timeout: float
    """From the end of the prompt to the end of the input, or to its first key where there is a time between keys."""
    inter_digit_timeout: float = 0.0
    """From one key to the next; 0 where only `timeout` counts."""
    tries: int = 1
    """How often the carrier gives the prompt, where what is pressed is not valid."""

    @property
    def wait_after_key(self) -> float:
        """Seconds after a key in which another one can come."""
        return self.inter_digit_timeout or self.timeout

    def expected_seconds(self) -> float:
        return self.timeout + self.wait_after_key


class Gather(GatherKeys):
    """Collect keys without a prompt."""


class GatherUsingSpeak(GatherKeys):
    """Speak a prompt that the first key stops, and collect keys."""

    text: str
    voice: Synthesizer

    def expected_seconds(self) -> float:
        return self.tries * (speech_seconds(self.text) + super().expected_seconds())


class GatherUsingAudio(GatherKeys):
    """Play a prompt that the first key stops, and collect keys."""

    url: str

    def expected_seconds(self) -> float:
        return self.tries * (PROMPT_MAX_SECONDS + super().expected_seconds())


class StopGather(Command):
    """Stop collecting keys."""


class StartStream(Command):
    """Stream the audio of a leg to a WebSocket, which the carrier connects to."""

    awaits: ClassVar[str] = "stream"
    media: ClassVar[bool] = True
    url: str
    tracks: Literal["inbound", "both"] = "inbound"
    """inbound: what the party says; both: what it hears as well, apart."""
    parameters: dict[str, str] = {}
    """What the WebSocket is told at the start."""
    token: str = ""
    """What it knows the carrier by."""
    packets: bool = False
    """The WebSocket sends back packets, as they come; else whole files."""
    sampling_rate: int = 8000
    """Of those packets, in Hz."""


class StopStream(Command):
    """Stop streaming the audio of a leg."""


class StartRelay(Command):
    """Let the party talk with an agent: what is said goes to its WebSocket as text, and the text that it sends is spoken."""

    awaits: ClassVar[str] = "relay"
    media: ClassVar[bool] = True
    socket: str
    voice: Synthesizer
    greeting: str = ""
    interruptible: str = "any"
    """What stops the agent's speech: any, speech, dtmf, none."""
    greeting_interruptible: str = "any"
    dtmf: bool = False
    """The agent gets the keys that are pressed."""
    parameters: dict[str, str] = {}
    """What the agent is told in the first frame."""


class AskForFields(Command):
    """Let the carrier's assistant find out values by talking."""

    awaits: ClassVar[str] = "assistant"
    media: ClassVar[bool] = True
    schema: dict[str, Any]
    """JSON Schema of an object with the values."""
    voice: Synthesizer
    greeting: str = ""
    closing: str = ""
    instructions: str = ""
    model: str = ""
    interruptions: bool = True
    """The party's speech stops the assistant's."""
    timeout: float
    """The longest silence of the party."""


class StartAssistant(Command):
    """Let the party talk with an assistant of the carrier's. What is empty or None is as the assistant has it there."""

    awaits: ClassVar[str] = "assistant"
    media: ClassVar[bool] = True
    assistant: str
    instructions: str = ""
    model: str = ""
    api_key_ref: str = ""
    external_llm: dict[str, Any] = {}
    fallback: dict[str, Any] = {}
    tools: list[dict[str, Any]] | None = None
    mcp_servers: list[dict[str, Any]] = []
    greeting: str = ""
    variables: dict[str, Any] = {}
    history: list[dict[str, Any]] = []
    interruptions: bool | None = None
    tells_messages: bool = False
    """What is said comes as MessagesUpdated."""


class StopAssistant(Command):
    """End the conversation with the carrier's assistant."""


class StopRelay(Command):
    """End the conversation with an agent."""


class StartRecording(Command):
    """Record a leg. Times are in seconds; `silence` 0 listens for none."""

    media: ClassVar[bool] = True
    format: Literal["mp3", "wav"] = "mp3"
    channels: Literal["single", "dual"] = "single"
    max_length: float
    silence: float = 0.0
    beep: bool = True
    trim: bool = False


class StopRecording(Command):
    """Stop recording a leg."""


class Dial(Command):
    """Call a party; `leg` is the new leg's name, `link_to` the leg whose conversation it joins."""

    party: Party
    connection: str = ""
    link_to: str = ""
    encryption: str = ""

    def required_legs(self) -> tuple[str, ...]:
        return (self.link_to,) if self.link_to else ()

    def created_leg(self) -> str:
        return self.leg


class Bridge(Command):
    """Let two legs hear each other; `leg` stays with us when the other one goes."""

    other: str

    def ordering_keys(self) -> tuple[str, ...]:
        return (self.leg, self.other)

    def required_legs(self) -> tuple[str, ...]:
        return (self.leg, self.other)


class Transfer(Command):
    """Let the carrier call a party and bridge it with `leg`, which stays with us afterwards; `other` is the new leg's name."""

    party: Party
    other: str

    def ordering_keys(self) -> tuple[str, ...]:
        return (self.leg, self.other)

    def created_leg(self) -> str:
        return self.other


class Refer(Command):
    """Tell the far end of a leg to call somebody itself."""

    to: str
    headers: dict[str, str] = {}
    auth: Credentials | None = None


class SendInfo(Command):
    """Send the far end a SIP INFO with a body of a MIME type. The carrier's answer comes as InfoSent."""

    body: str
    content_type: str


class SendDtmf(Command):
    """Send keys to the party, each for so many seconds; `w` is half a second of silence, `W` a second."""

    digits: str
    key_seconds: float


class Query(Command):
    """A question that changes nothing, so it waits for no other command, and may be asked twice."""

    repeatable: ClassVar[bool] = True

    def ordering_keys(self) -> tuple[str, ...]:
        return ()


class RetrieveCall(Query):
    """Ask whether a leg still lives."""


def speech_seconds(text: str) -> float:
    """Estimates how long a text takes to speak, rather too long than too short (14 characters a second is usual)."""
    return 1.0 + len(text) / 10.0
