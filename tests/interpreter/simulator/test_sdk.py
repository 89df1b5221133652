"""Every method of the carrier's SDK for calls, conferences and queues, and what a program reads of its account, at the simulated carrier.

What comes back is read by the SDK's models. No method may be missing here.
"""

import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from telnyx import APIStatusError, AsyncTelnyx

from callverbs.interpreter.simulator.agents import Agent, AgentDirectory
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.people import Person, PersonDirectory
from callverbs.interpreter.simulator.stream_stubs import StreamStub
from tests.interpreter.simulator.harness import FILE, OTHER, OURS, THEIRS

AGENT = "wss://agent.example/socket"
SILENT = Agent(fault="silent")
VOICE = "AWS.Polly.Joanna"
SPEECH = {"payload": "Hi", "voice": VOICE}
PEOPLE = PersonDirectory(default=Person(answers=0.0, talks=None))
RESOURCES = ("calls", "calls.actions", "conferences", "conferences.actions", "queues", "queues.calls")
NO_METHODS = {"with_raw_response", "with_streaming_response", "actions", "calls"}
NOT_SIMULATED = {"calls.actions.pay"}

# By method: its arguments, in which $a and $b are calls, $conference, $participant, $queue … what was made before. In this order.
ON_A_CALL: dict[str, dict[str, Any]] = {
    "answer": {},
    "update_client_state": {"client_state": "aGk="},
    "speak": SPEECH,
    "start_playback": {"audio_url": FILE},
    "stop_playback": {},
    "gather": {"maximum_digits": 1, "gather_id": "menu"},
    "stop_gather": {},
    "gather_using_speak": SPEECH,
    "gather_using_audio": {"audio_url": FILE},
    "start_recording": {"format": "mp3", "channels": "dual"},
    "pause_recording": {},
    "resume_recording": {},
    "stop_recording": {},
    "start_transcription": {"transcription_engine": "Google"},
    "stop_transcription": {},
    "start_streaming": {"stream_url": "wss://bot.example/audio"},
    "stop_streaming": {},
    "start_forking": {"rx": "udp:127.0.0.1:9"},
    "stop_forking": {},
    "start_siprec": {"connector_name": "recorder"},
    "stop_siprec": {},
    "start_noise_suppression": {"direction": "both"},
    "stop_noise_suppression": {},
    "send_dtmf": {"digits": "1"},
    "send_sip_info": {"body": "ping", "content_type": "text/plain"},
    "gather_using_ai": {"parameters": {"type": "object", "properties": {}}},
    "stop_ai_assistant": {},
    "start_conversation_relay": {"url": AGENT},
    "stop_conversation_relay": {},
    "start_ai_assistant": {"assistant": {"id": "assistant-1"}},
    "add_ai_assistant_messages": {"messages": [{"role": "user", "content": "Hi"}]},
    "join_ai_assistant": {"conversation_id": "$conversation", "participant": {"id": "$a", "role": "user"}},
    "bridge": {"call_control_id_to_bridge_with": "$b", "park_after_unbridge": "self"},
    "enqueue": {"queue_name": "support"},
}
ON_A_CONFERENCE: dict[str, dict[str, Any]] = {
    "join": {"call_control_id": "$b"},
    "mute": {"call_control_ids": ["$b"]},
    "unmute": {"call_control_ids": ["$b"]},
    "hold": {"call_control_ids": ["$b"], "audio_url": FILE},
    "unhold": {"call_control_ids": ["$b"]},
    "speak": SPEECH,
    "play": {"audio_url": FILE, "call_control_ids": ["$b"]},
    "stop": {},
    "send_dtmf": {"digits": "1"},
    "gather_dtmf_audio": {"call_control_id": "$b", "audio_url": FILE},
    "update": {"call_control_id": "$b", "supervisor_role": "monitor"},
    "record_start": {"format": "mp3"},
    "record_pause": {},
    "record_resume": {},
    "record_stop": {},
    "leave": {"call_control_id": "$b"},
    "end_conference": {},
}


class Program:
    """A program that uses the SDK, and notes which of its methods it has called."""

    def __init__(self, server: CarrierServer, client: AsyncTelnyx) -> None:
        self.server, self.client = server, client
        self.called: set[str] = set()
        self.known: dict[str, str] = {}

    async def call(self, name: str, /, *ids: str, **arguments: Any) -> Any:
        method: Any = self.client
        for part in name.split("."):
            method = getattr(method, part)
        self.called.add(name)
        return await method(*ids, **self._filled(arguments))

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        return self.known[value[1:]] if isinstance(value, str) and value.startswith("$") else value

    async def settle(self, until: Callable[[], bool]) -> None:
        await self.server.live.advance(1)
        assert until()

    async def answered(self) -> str:
        """Returns a party that was called and has answered."""
        dialled = await self.call("calls.dial", connection_id="1", from_=OURS, to=OTHER)
        leg: str = dialled.data.call_control_id
        await self.settle(lambda: self.server.carrier.leg(leg).state == "answered")
        return leg


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    agents = AgentDirectory({AGENT: SILENT, "ask": SILENT, "assistant-1": SILENT})
    streams = {"wss://bot.example/audio": StreamStub()}
    async with (
        CarrierServer(speed=0, people=PEOPLE, agents=agents, streams=streams) as server,
        AsyncTelnyx(api_key="KEY", base_url=server.base_url, max_retries=0) as client,
    ):
        yield Program(server, client)


def methods() -> set[str]:
    """Returns every method of the SDK that belongs to calls, conferences and queues."""
    found = set()
    client = AsyncTelnyx(api_key="KEY")
    for place in RESOURCES:
        resource: Any = client
        for part in place.split("."):
            resource = getattr(resource, part)
        for name, _ in inspect.getmembers(type(resource), inspect.isfunction):
            if not name.startswith("_") and name not in NO_METHODS:
                found.add(f"{place}.{name}")
    return found


async def test_every_method(program: Program) -> None:
    known, call = program.known, program.call
    known["a"] = program.server.carrier.place(THEIRS, OURS)
    known["b"] = await program.answered()
    for name, arguments in ON_A_CALL.items():
        data = (await call(f"calls.actions.{name}", known["a"], **arguments)).data
        assert data.result == "ok", name
        if name == "start_ai_assistant":
            known["conversation"] = data.conversation_id
        if name == "join_ai_assistant":
            await call("calls.actions.stop_ai_assistant", known["a"])
    assert (await call("calls.retrieve_status", known["a"])).data.is_alive

    await call("queues.create", queue_name="sales")
    assert {one.name async for one in program.client.queues.list()} == {"support", "sales"}
    program.called |= {"queues.list", "queues.calls.list"}
    assert (await call("queues.retrieve", "support")).data.current_size == 1
    assert (await call("queues.update", "sales", max_size=7)).data.max_size == 7
    assert [one.call_control_id async for one in program.client.queues.calls.list("support")] == [known["a"]]
    assert (await call("queues.calls.retrieve", known["a"], queue_name="support")).data.queue_position == 1
    await call("queues.calls.update", known["a"], queue_name="support", keep_after_hangup=True)
    await call("queues.calls.remove", known["a"], queue_name="support")
    await call("calls.actions.enqueue", known["a"], queue_name="sales")
    await call("calls.actions.leave_queue", known["a"])
    await call("queues.delete", "sales")

    known["b"] = await program.answered()  # the other one went when its bridge ended
    conference = (await call("conferences.create", call_control_id=known["a"], name="room")).data.id
    for name, arguments in ON_A_CONFERENCE.items():
        assert (await call(f"conferences.actions.{name}", conference, **arguments)).data.result == "ok", name
        if name == "join":
            listed = [one async for one in program.client.conferences.list_participants(conference)]
            participant = listed[1].id
            assert (await call("conferences.retrieve_participant", participant, id=conference)).data.id == participant
            updated = await call("conferences.update_participant", participant, id=conference, end_conference_on_exit=False)
            assert updated.data.conference_id == conference
    program.called |= {"conferences.list", "conferences.list_participants"}
    assert [one.id async for one in program.client.conferences.list()] == [conference]
    assert (await call("conferences.retrieve", conference)).data.status == "completed"

    boss = (await call("calls.dial", connection_id="1", from_=OURS, to=OTHER, supervise_call_control_id=known["b"])).data.call_control_id
    await program.settle(lambda: program.server.carrier.leg(boss).supervises == known["b"])
    assert (await call("calls.actions.switch_supervisor_role", boss, role="whisper")).data.result == "ok"
    await call("calls.actions.transfer", known["b"], to=OTHER)
    await call("calls.actions.refer", await program.answered(), sip_address="sip:bob@example.com")
    await call("calls.actions.hangup", known["b"])
    await call("calls.actions.reject", program.server.carrier.place(THEIRS, OURS), cause="USER_BUSY")
    with pytest.raises(APIStatusError) as refused:
        await call("calls.actions.pay", await program.answered())
    assert refused.value.status_code == 501
    assert methods() - program.called == set()
    assert {name for name in program.called if name.startswith(RESOURCES)} <= methods()


async def test_what_a_program_reads_of_its_account(program: Program) -> None:
    client = program.client
    a = await program.answered()
    await client.calls.actions.start_recording(a, format="wav", channels="single")
    await program.server.live.advance(5)
    await client.calls.actions.stop_recording(a)
    await program.server.live.advance(5)
    (recording,) = [one async for one in client.recordings.list()]
    assert (recording.call_control_id, recording.duration_millis, recording.channels) == (a, 5_000, "single")
    assert recording.id
    assert (await client.recordings.retrieve(recording.id)).data
    (active,) = [one async for one in client.connections.list_active_calls("1")]
    assert (active.call_control_id, active.call_duration) == (a, 11)
    assert [one.name async for one in client.call_events.list()][:2] == ["call.initiated", "call.answered"]
    assert (await client.connections.retrieve("1")).data
    assert [one.id async for one in client.connections.list()] == ["1"]
    assert (await client.recordings.delete(recording.id)).data
    assert [one async for one in client.recordings.list()] == []
    await client.recordings.actions.delete(ids=[recording.id])

    made = await client.call_control_applications.create(application_name="sales", webhook_event_url="https://app.example/sales")
    assert made.data
    assert made.data.id
    changed = await client.call_control_applications.update(
        made.data.id, application_name="support", webhook_event_url="https://app.example/b"
    )
    assert changed.data
    assert changed.data.application_name == "support"
    assert (await client.call_control_applications.retrieve(made.data.id)).data == changed.data
    assert [one.application_name async for one in client.call_control_applications.list()] == ["default", "support"]
    await client.call_control_applications.delete(made.data.id)
    for name, argument in (("call_control_applications", made.data.id), ("connections", "7"), ("recordings", recording.id)):
        with pytest.raises(APIStatusError) as refused:
            await getattr(client, name).retrieve(argument)
        assert refused.value.status_code == 404
