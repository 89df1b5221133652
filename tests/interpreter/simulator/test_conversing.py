"""Conversations with agents at the simulated carrier: what they say, how they end, and which webhook tells it. Times from the start."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.agents import ASK, Agent, AgentDirectory
from callverbs.interpreter.simulator.people import PersonError
from tests.interpreter.simulator.harness import SPEECH, CarrierHarness

SOCKET = "wss://agent.example"
ENDED = "call.conversation.ended"


def started(agent: Agent | None, person: object = "answers", **body: Any) -> tuple[CarrierHarness, str]:
    """Returns a carrier, and the leg of a caller whose relay has been started."""
    calls = CarrierHarness(agents=AgentDirectory({SOCKET: agent} if agent else {}))
    leg = calls.inbound(person)
    response = calls.send(leg, "conversation_relay_start", url=SOCKET, **body)
    assert response.status == 200
    assert response.body["data"]["conversation_id"]
    return calls, leg


def ends(calls: CarrierHarness) -> list[tuple[str, int]]:
    """Returns the reasons of the conversations that ended, and how long they were."""
    payloads = [one["data"]["payload"] for one in calls.webhooks if one["data"]["event_type"] == ENDED]
    return [(one["reason"], one["duration_sec"]) for one in payloads]


@pytest.mark.parametrize(
    ("agent", "wanted"),
    [
        (Agent(says=("a" * 14, "b" * 28), after=2), ("completed", 9)),  # 2 + 1.3 + 2 + 2.3 + 2
        (Agent(says="a" * 14, fault="closed"), ("customer_disconnect", 3)),
        (Agent(fault="refused"), ("customer_disconnect", 0)),
        (Agent(), ("completed", 1)),
        (None, ("completed", 0)),
    ],
)
def test_how_an_agent_ends(agent: Agent | None, wanted: tuple[str, int]) -> None:
    calls, _ = started(agent)
    calls.run(60)
    assert ends(calls) == [wanted]


def test_the_caller_hears_the_greeting_first_and_can_react() -> None:
    calls, leg = started(Agent(says="Press 1 please"), {"hears": [{"pattern": "press 1", "press": "1"}]}, greeting="Hello")
    calls.run(60)
    assert [one.what for one in calls.view(leg).heard] == ["Hello", "Press 1 please"]
    assert calls.view(leg).keys == "1"
    assert [one["data"]["event_type"] for one in calls.webhooks] == ["call.dtmf.received", ENDED]


def test_a_silent_agent_stays_until_it_is_stopped_and_its_sentence_with_it() -> None:
    calls, leg = started(Agent(says="a" * 140, fault="silent"))
    calls.run(5)
    calls.do(leg, "conversation_relay_stop")
    assert not calls.view(leg).heard[0].whole
    calls.do(leg, "conversation_relay_stop")
    calls.run(600)
    assert ends(calls) == [("stopped", 5)]


def test_a_hangup_ends_the_conversation_first() -> None:
    calls, leg = started(Agent(fault="silent"))
    calls.run(5)
    calls.carrier.hangup(leg)
    calls.run(5)
    assert [one["data"]["event_type"] for one in calls.webhooks] == [ENDED, "call.hangup"]
    assert ends(calls) == [("hangup", 5)]


def test_the_end_of_an_agent_does_not_end_the_next_one() -> None:
    calls, leg = started(Agent(says="a" * 14, after=3))
    calls.do(leg, "conversation_relay_stop")
    assert calls.send(leg, "conversation_relay_start", url="wss://other.example", greeting="b" * 140).status == 200
    calls.run(5)
    assert ends(calls) == [("stopped", 0)]


def test_one_conversation_at_a_time_on_a_call_that_was_answered() -> None:
    calls, leg = started(Agent(fault="silent"))
    assert calls.send(leg, "conversation_relay_start", url=SOCKET).body["errors"][0]["code"] == "90061"
    calls.do(leg, "speak", **SPEECH)
    ringing = calls.carrier.place("+14155550123", "+14155550199")
    assert calls.send(ringing, "conversation_relay_start", url=SOCKET).body["errors"][0]["code"] == "90034"


def test_agents_of_a_list_are_used_one_after_the_other() -> None:
    first, second, last = Agent(says="1"), Agent(says="2", times=2), Agent(says="3")
    agents = AgentDirectory({SOCKET: [first, second, last], "wss://other.example": Agent(times=1)})
    assert [agents.take(SOCKET) for _ in range(5)] == [first, second, second, last, last]
    assert agents.unused == ["wss://other.example"]
    assert agents.take("wss://other.example")
    assert agents.take("wss://other.example") is None


@pytest.mark.parametrize("written", [{"says": ("",)}, {"after": "soon"}, {"times": -1}])
def test_what_no_agent_can_be(written: dict[str, Any]) -> None:
    with pytest.raises(PersonError):
        Agent(**written)


# --------------------------------------------------------------------------- the carrier's assistant

PARTIAL, GATHERED = "call.ai_gather.partial_results", "call.ai_gather.ended"
WANTED = {"type": "object", "properties": {"name": {"type": "string"}, "day": {"type": "string"}}, "required": ["name"]}


def asked(agent: Agent | None, **body: Any) -> CarrierHarness:
    """Returns a carrier whose assistant has asked a caller for values for five minutes."""
    calls = CarrierHarness(agents=AgentDirectory({ASK: agent} if agent else {}))
    leg = calls.inbound()
    assert calls.send(leg, "gather_using_ai", parameters=WANTED, **body).status == 200
    calls.run(300)
    return calls


def gathered(calls: CarrierHarness) -> list[tuple[str, Any, Any]]:
    """Returns the webhooks of values and of the end: type, values, and status or reason."""
    payloads = [(one["data"]["event_type"], one["data"]["payload"]) for one in calls.webhooks]
    return [
        (kind, payload.get("partial_results", payload.get("result")), payload.get("status", payload.get("reason")))
        for kind, payload in payloads
    ]


@pytest.mark.parametrize(
    ("agent", "wanted"),
    [
        (Agent(fields={"name": "Ann"}), [(GATHERED, {"name": "Ann"}, "valid"), (ENDED, None, "completed")]),
        (Agent(fields={"day": "Monday"}), [(GATHERED, {"day": "Monday"}, "invalid"), (ENDED, None, "completed")]),
        (None, [(GATHERED, {}, "invalid"), (ENDED, None, "completed")]),
        (Agent(fields={"name": "Ann"}, fault="closed"), [(ENDED, None, "error")]),
        (Agent(fields={"name": "Ann"}, fault="refused"), [(ENDED, None, "error")]),
        (Agent(fields={"name": "Ann"}, fault="silent"), []),
    ],
)
def test_what_an_assistant_finds_out(agent: Agent | None, wanted: list[tuple[str, Any, Any]]) -> None:
    assert gathered(asked(agent)) == wanted


def test_values_come_one_after_the_other_where_they_are_wanted() -> None:
    calls = asked(Agent(says="Your name?", fields={"name": "Ann", "day": "Monday"}), send_partial_results=True, gather_ended_speech="Bye")
    assert gathered(calls) == [
        (PARTIAL, {"name": "Ann"}, None),
        (PARTIAL, {"name": "Ann", "day": "Monday"}, None),
        (GATHERED, {"name": "Ann", "day": "Monday"}, "valid"),
        (ENDED, None, "completed"),
    ]
    assert calls.webhooks[-2]["data"]["payload"]["message_history"] == [{"role": "assistant", "content": "Your name?"}]
    assert [one.what for leg in calls.carrier.legs() for one in leg.heard] == ["Your name?", "Bye"]


def test_an_assistant_gives_up_after_a_long_silence() -> None:
    calls = asked(Agent(after=0), user_response_timeout_ms=5_000)
    assert [calls.times[-1] - calls.times[-2], ends(calls)] == [0, [("completed", 5)]]


def test_an_assistant_is_stopped() -> None:
    calls = CarrierHarness(agents=AgentDirectory({ASK: Agent(fields={"name": "Ann", "day": "Monday"}, after=10)}))
    leg = calls.inbound()
    calls.send(leg, "gather_using_ai", parameters=WANTED)
    calls.run(15)
    calls.do(leg, "ai_assistant_stop")
    calls.run(300)
    assert gathered(calls) == [(ENDED, None, "stopped")]
