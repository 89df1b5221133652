"""Leases: an entry whose worker has died is sent again if that is safe, and the carrier is asked first if it is not."""

import pytest

from callverbs.interpreter.engine import leases
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import LeaseExpired, LeaseRenewed
from callverbs.verbs.language.messages import HookRequest, OutboxMessage
from callverbs.verbs.language.spec import Synthesizer
from tests.interpreter.engine.sessions import NOW, WORKER, entry, leg, programs, sent, session

SPEAK = commands.Speak(leg="a", text="hi", voice=Synthesizer())
HOOK = HookRequest(kind="action", url="https://app.example/menu")
DIAL = commands.Dial(leg="b1", party=commands.Party(to="+14155550101"))
EXPIRED = LeaseExpired(at=NOW, n=9)
RENEWED = LeaseRenewed(at=NOW, n=9)


# --------------------------------------------------------------------------- renewed


def test_a_lease_is_renewed_for_the_worker_that_holds_it() -> None:
    now = session()
    held = entry(now, 9, SPEAK, lease_until=NOW)
    leases.lease_renewed(programs(now), RENEWED)
    assert held.lease_until == NOW + 5.0


@pytest.mark.parametrize("fields", [{"worker": "another"}, {"lease_until": 0.0}, {"answered_at": NOW - 1}])
def test_no_other_lease_is_renewed(fields: dict[str, object]) -> None:
    now = session()
    held = entry(now, 9, SPEAK, **{"lease_until": NOW, **fields})
    before = held.lease_until
    leases.lease_renewed(programs(now), RENEWED)
    assert held.lease_until == before


# --------------------------------------------------------------------------- expired


@pytest.mark.parametrize("age", [0.0, 6.0, 50.0])
def test_within_the_time_in_which_the_carrier_ignores_repeats_an_entry_is_sent_again(age: float) -> None:
    now = session()
    held = entry(now, 9, SPEAK, worker="dead", made_at=NOW - age, lease_until=NOW)
    found = programs(now)
    leases.lease_expired(found, EXPIRED)
    assert sent(found) == ["speak a"]
    assert (held.worker, held.lease_until, held.made_at) == (WORKER, NOW + 5.0, NOW - age)


@pytest.mark.parametrize("fields", [{"lease_until": NOW + 0.1}, {"lease_until": 0.0}, {"answered_at": NOW - 1}])
def test_an_entry_that_is_held_in_doubt_or_answered_is_left_alone(fields: dict[str, object]) -> None:
    now = session()
    entry(now, 9, SPEAK, **{"lease_until": NOW - 1, **fields})
    found = programs(now)
    leases.lease_expired(found, EXPIRED)
    assert (sent(found), found.turn.problems) == ([], [])


@pytest.mark.parametrize("message", [HOOK, commands.RetrieveCall(leg="a")])
def test_what_can_be_asked_twice_is_sent_anew_later(message: OutboxMessage) -> None:
    now = session()
    held = entry(now, 9, message, worker="dead", made_at=NOW - 50.1, lease_until=NOW)
    found = programs(now)
    leases.lease_expired(found, EXPIRED)
    assert found.turn.new == [held]
    assert (held.made_at, held.worker) == (NOW, WORKER)


def test_what_still_waits_for_another_one_was_never_sent() -> None:
    now = session()
    entry(now, 8, commands.StopMedia(leg="a"))
    held = entry(now, 9, SPEAK, worker="dead", made_at=NOW - 60, lease_until=NOW)
    found = programs(now)
    leases.lease_expired(found, EXPIRED)
    assert (found.turn.new, held.made_at) == ([held], NOW)


def test_the_carrier_is_asked_before_a_command_is_sent_that_may_have_been_taken() -> None:
    now = session()
    held = entry(now, 9, SPEAK, worker="dead", made_at=NOW - 50.1, lease_until=NOW)
    found = programs(now)
    leases.lease_expired(found, EXPIRED)
    assert sent(found) == ["retrieve_call a"]
    assert held.lease_until == 0.0, "it is in doubt"


@pytest.mark.parametrize("message", [DIAL, commands.Refer(leg="a", to="sip:x@y.example")])
def test_a_call_that_may_have_been_placed_counts_as_failed(message: OutboxMessage) -> None:
    now = session(leg(), leg("b1", state="new", call_control_id=""))
    entry(now, 9, message, worker="dead", made_at=NOW - 50.1, lease_until=NOW)
    found = programs(now)
    leases.lease_expired(found, EXPIRED)
    assert now.open_entry(9) is None
    assert "nobody knows whether the call was placed" in found.turn.problems[0].text
    assert not [one for one in sent(found) if one.startswith(("dial", "refer"))]
