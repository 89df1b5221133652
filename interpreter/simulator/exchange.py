"""The shared state of the simulated carrier: its legs, its clock, the people on its lines, and the webhooks that are on their way.

Webhooks are delivered in the order of their events, each `latency` seconds after its event.
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.clock import Callback, Clock, TimerHandle
from callverbs.interpreter.simulator.ids import Ids
from callverbs.interpreter.simulator.legs import AgentConnection, Conversation, Fork, Party, SimulatedLeg, Stream, StreamConnection
from callverbs.interpreter.simulator.meeting_places import Conference, SimulatedQueue
from callverbs.interpreter.simulator.people import Person, PersonDirectory
from callverbs.interpreter.simulator.refusals import CALL_ENDED, UNKNOWN_CALL, ApiResponse, Body, RefusalError, checked_body
from callverbs.interpreter.simulator.routing import Webhook
from callverbs.interpreter.simulator.without_effect import SILENT, without_effect

Deliver = Callable[[Webhook], None]
Connect = Callable[[SimulatedLeg, Stream], StreamConnection]
"""Connects a stream to its WebSocket, and tells `streaming` what comes of it."""
MediaDurations = Mapping[str, float | Literal["missing"]]
"""Durations of audio files in seconds, by URL or media name; "missing" for a file that does not exist."""

RecordingOutcomes = Mapping[str, float | Literal["error", "lost"]]
"""What becomes of recordings, by the name of the leg: seconds from the end to call.recording.saved, call.recording.error, or nothing."""

COMMAND_ID_SECONDS = 60.0
"""How long a command with the same command_id is ignored (KB, command retries)."""
Responses = dict[str, tuple[float, ApiResponse]]
"""By command_id, when a command was accepted, and the response."""
ENDED_LEG_SECONDS = 600.0
"""How long an ended leg can still be retrieved (SPEC: GET /calls answers for 10 minutes)."""
UNIX_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - format_micros writes the Z itself
TYPES_WITHOUT_NUMBERS = frozenset(
    {"call.speak.started", "call.speak.ended", "call.playback.started", "call.playback.ended", "call.enqueued", "call.dequeued"}
    | {"call.recording.saved", "call.recording.error"}
    | {"call.transcription", "call.fork.started", "call.fork.stopped", "siprec.started", "siprec.stopped", "call.sip_info.received"}
    | {"call.deepfake_detection.result", "call.deepfake_detection.error"}
    | {"streaming.started", "streaming.stopped", "streaming.failed"}
)
"""Types of webhooks that have neither `from` nor `to`."""
CONFERENCE_MEDIA_TYPES = frozenset(f"conference.{kind}.{what}" for kind in ("speak", "playback") for what in ("started", "ended"))
PARTICIPANT_MEDIA_TYPES = frozenset(
    f"conference.participant.{kind}.{what}" for kind in ("speak", "playback") for what in ("started", "ended")
)
TYPES_WITH_INNER_TIME = frozenset({"conference.created", "conference.ended"}) | CONFERENCE_MEDIA_TYPES | PARTICIPANT_MEDIA_TYPES
"""Types of webhooks whose time is in the payload."""
TYPES_WITHOUT_TIME = frozenset({"conference.recording.saved"})
"""Types of webhooks whose published types have no time of the event."""
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "call.recording.saved": ("call_control_id",),
    "conference.recording.saved": ("call_leg_id",),
    **dict.fromkeys(CONFERENCE_MEDIA_TYPES, ("call_control_id", "call_leg_id", "call_session_id", "client_state")),
}
"""Addresses that webhooks of some types do not have."""
RECORDINGS_URL = "https://s3.example.com/recordings"
"""Where recordings are, on the virtual clock: nobody serves them."""
RECORDING_URL_SECONDS = 600.0
"""How long the URL of a recording can be fetched (SDK CallRecordingSaved)."""
MAX_EVENTS = 1000
"""Commands and webhooks that are listed."""
MAX_SAVED_RECORDINGS = 1000
"""Recordings that are kept."""


class _NoFork:
    """A fork that sends nothing, where there is no network."""

    def close(self) -> None:
        """Does nothing."""


class SavedRecording(NamedTuple):
    """A recording that can be fetched: what is needed to make its file."""

    id: str
    leg: SimulatedLeg
    """Of a conference, the one that has made it."""
    format: Literal["mp3", "wav"]
    channels: Literal["single", "dual"]
    seconds: float
    saved_at: float
    started_at: float
    ended_at: float
    conference_id: str = ""


class Exchange:
    """What the parts of the simulated carrier share. `deliver` receives every webhook."""

    def __init__(
        self,
        clock: Clock,
        deliver: Deliver,
        people: PersonDirectory,
        ids: Ids,
        media: MediaDurations,
        account: Account,
        latency: float,
        agents: AgentDirectory,
    ) -> None:
        self.clock = clock
        self.people = people
        self.ids = ids
        self.media = media
        self.account = account
        self.recording_outcomes: RecordingOutcomes = {}
        self.recordings_url = RECORDINGS_URL
        self.legs: dict[str, SimulatedLeg] = {}
        self.agents = agents
        self.connect_agent: Callable[[SimulatedLeg, Conversation, Body], AgentConnection] | None = None
        """Connects a relay with the socket itself, where there is a network."""
        self.note: Callable[[SimulatedLeg, str], None] = _ignore_note
        """Is told what only a simulation knows: what an agent says, and what people say."""
        self.warn: Callable[[str], None] = _ignore_warning
        """Is told what is accepted, and has no effect here or at the carrier."""
        self.is_strict = True
        """Unknown parameters are refused."""
        self.queues: dict[str, SimulatedQueue] = {}
        self.conferences: dict[str, Conference] = {}
        self.events: deque[Body] = deque(maxlen=MAX_EVENTS)
        """The last commands and webhooks, as the carrier lists them."""
        self.recordings: dict[str, SavedRecording] = {}
        """The last recordings, by their ids."""
        self.end_conference_media: Callable[[Conference], None]
        """Ends what is played to a conference, and its recordings."""
        self.fork: Callable[[SimulatedLeg, Body], Fork] = lambda leg, body: _NoFork()
        """Sends the audio of a leg to UDP addresses, where there is a network."""
        self.create_party: Callable[[SimulatedLeg, Person], Party]
        """Returns the party of a new leg."""
        self.connect: Connect
        self._deliver = deliver
        self._latency = latency
        self._undelivered: deque[tuple[TimerHandle, Webhook]] = deque()
        self._ended: deque[SimulatedLeg] = deque()
        self._scheduled: set[TimerHandle] = set()
        self._last_event_micros = 0

    def checked(self, command: str, body: object) -> Body:
        """Returns the body of a command. Raises RefusalError with the first error in it.

        Parameters that the command does not have are an error if `is_strict`, else there is a warning: the carrier's own samples
        have some, and live.
        """
        checked = checked_body(command, body, None if self.is_strict else self.warn)
        for name in checked:
            if name not in SILENT and (why := without_effect(command, name)):
                self.warn(f"{command}: {name} is accepted and has no effect here: {why}")
        return checked

    def leg(self, call_control_id: object, pointer: str = "") -> SimulatedLeg:
        """Returns the leg of an id. Raises RefusalError where there is none."""
        leg = self.legs.get(call_control_id) if isinstance(call_control_id, str) else None
        if leg is None:
            raise RefusalError("90015", UNKNOWN_CALL, pointer)
        return leg

    def live_leg(self, call_control_id: object, pointer: str = "") -> SimulatedLeg:
        """Returns the leg of an id. Raises RefusalError where there is none, or it has ended."""
        leg = self.leg(call_control_id, pointer)
        if leg.ended:
            raise RefusalError("90018", CALL_ENDED, pointer)
        return leg

    def add(self, leg: SimulatedLeg) -> None:
        """Adds a new leg, and drops those that ended ENDED_LEG_SECONDS ago."""
        while self._ended and self._ended[0].ended_at + ENDED_LEG_SECONDS < self.clock.now():
            del self.legs[self._ended.popleft().id]
        self.legs[leg.id] = leg

    def retire(self, leg: SimulatedLeg) -> None:
        """Cancels the timers of a leg that has ended. It can still be retrieved for ENDED_LEG_SECONDS."""
        leg.ended_at = self.clock.now()
        for timer in leg.timers:
            timer.cancel()
        leg.timers.clear()
        self._ended.append(leg)

    def call_later(self, leg: SimulatedLeg, seconds: float, callback: Callback) -> TimerHandle:
        """Schedules a callback that runs unless the leg has ended by then."""

        def fire() -> None:
            leg.timers.discard(handle)
            if not leg.ended:
                callback()

        handle = self.clock.call_later(seconds, fire)
        leg.timers.add(handle)
        return handle

    def call_anyway(self, seconds: float, callback: Callback) -> TimerHandle:
        """Schedules a callback that runs whatever has become of the legs by then."""

        def fire() -> None:
            self._scheduled.discard(handle)
            callback()

        handle = self.clock.call_later(seconds, fire)
        self._scheduled.add(handle)
        return handle

    # ------------------------------------------------------------------ commands that come again

    def response_to_repeat(self, responses: Responses, body: object) -> ApiResponse | None:
        """Returns the response to an accepted command with the same command_id, if it is not older than COMMAND_ID_SECONDS."""
        command_id = body.get("command_id") if isinstance(body, dict) else None
        at, response = responses.get(command_id, (0.0, None)) if isinstance(command_id, str) else (0.0, None)
        return response if response and self.clock.now() - at < COMMAND_ID_SECONDS else None

    def remember(self, responses: Responses, body: Body, response: ApiResponse) -> ApiResponse:
        """Keeps the response to an accepted command, drops old ones, and returns it."""
        now = self.clock.now()
        while responses and now - next(iter(responses.values()))[0] >= COMMAND_ID_SECONDS:
            del responses[next(iter(responses))]
        if "command_id" in body:
            responses[body["command_id"]] = now, response
        return response

    # ------------------------------------------------------------------ recordings

    def save_recording(self, recording: SavedRecording) -> None:
        """Keeps a recording. Of too many the oldest is dropped."""
        if len(self.recordings) >= MAX_SAVED_RECORDINGS:
            del self.recordings[next(iter(self.recordings))]
        self.recordings[recording.id] = recording

    def saved_recording(self, recording_id: str) -> SavedRecording | None:
        """Returns a recording that can be fetched; None where there is none, or its URL has expired."""
        found = self.recordings.get(recording_id)
        return found if found and found.saved_at + RECORDING_URL_SECONDS >= self.clock.now() else None

    # ------------------------------------------------------------------ webhooks

    def send_webhook(self, leg: SimulatedLeg, event_type: str, fields: Body | None = None) -> None:
        """Sends a webhook about a leg; `fields` are those of its type."""
        payload: Body = {
            "call_control_id": leg.id,
            "call_leg_id": leg.leg_id,
            "call_session_id": leg.session.id,
            "connection_id": leg.connection_id,
            "client_state": leg.client_state,
        }
        for name in LEFT_OUT.get(event_type, ()):
            del payload[name]
        if event_type not in TYPES_WITHOUT_NUMBERS and not event_type.startswith("conference."):
            payload["from"] = leg.from_
            payload["to"] = leg.to
        if fields:
            payload.update({name: value for name, value in fields.items() if name not in LEFT_OUT.get(event_type, ())})
        data: Body = {
            "record_type": "event",
            "event_type": event_type,
            "id": self.ids.uuid("event"),
            "payload": payload,
        }
        if event_type not in TYPES_WITHOUT_TIME:
            (payload if event_type in TYPES_WITH_INNER_TIME else data)["occurred_at"] = self._occurred_at()
        self.add_event(leg, event_type, "webhook")
        for route in leg.routing.routes(event_type, self.account.application(leg.connection_id).route):
            body = {"data": data, "meta": {"attempt": 1, "delivered_to": route.url}}
            self._post(Webhook(body, route, leg.leg_id, leg.label))

    def add_event(self, leg: SimulatedLeg, name: str, kind: Literal["command", "webhook"]) -> None:
        """Adds to the list of what happened."""
        event: Body = {"record_type": "call_event", "type": kind, "name": name, "metadata": {}}
        ids = {"call_leg_id": leg.leg_id, "call_session_id": leg.session.id, "event_timestamp": format_time(self.clock.now())}
        self.events.append({**event, **ids})

    def _post(self, webhook: Webhook) -> None:
        self._undelivered.append((self.clock.call_later(self._latency, self._deliver_next), webhook))

    def _deliver_next(self) -> None:
        self._deliver(self._undelivered.popleft()[1])

    def close(self) -> None:
        """Cancels every timer, and drops the webhooks that are on their way."""
        for leg in self.legs.values():
            for timer in leg.timers:
                timer.cancel()
            leg.timers.clear()
        for handle in [*self._scheduled, *(handle for handle, _ in self._undelivered)]:
            handle.cancel()
        self._scheduled.clear()
        self._undelivered.clear()

    def clear(self) -> None:
        """Cancels every timer, and forgets what there was."""
        self.close()
        for kept in (self.legs, self.queues, self.conferences, self._ended, self.recordings, self.events):
            kept.clear()

    def _occurred_at(self) -> str:
        """Returns the time of an event: now, and at least a microsecond after that of the event before."""
        self._last_event_micros = max(self._last_event_micros + 1, round(self.clock.now() * 1e6))
        return format_micros(self._last_event_micros)


def _ignore_note(leg: SimulatedLeg, text: str) -> None:
    """Does nothing: over HTTP, the carrier has nobody to tell."""


def _ignore_warning(text: str) -> None:
    """Does nothing: nobody has asked."""


def format_micros(micros: int) -> str:
    """Returns microseconds since 1970 in the carrier's format of times."""
    return (UNIX_EPOCH + timedelta(microseconds=micros)).isoformat(timespec="microseconds") + "Z"


def format_time(at: float) -> str:
    """Returns UTC seconds in the carrier's format of times."""
    return format_micros(round(at * 1e6))
