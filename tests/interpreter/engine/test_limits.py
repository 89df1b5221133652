"""Bounds of a call: just as much as allowed works, one more ends the call in order, and the record says which setting says so."""

from typing import Any

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from callverbs.interpreter.engine import limits
from callverbs.interpreter.engine.session import Session
from callverbs.interpreter.engine.step import begin, step
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import PREMIUM_PREFIXES, SATELLITE_PREFIXES, CallLimits, Full
from callverbs.verbs.language.commands import Dial, Reject
from callverbs.verbs.language.events import LegHungUp, LegInitiated
from tests.interpreter.engine.running import PHONES, SAY, Call, running

REDIRECT = {"verb": "redirect", "actionHook": "/again"}
ANSWER = {"verb": "answer"}
DIAL = {"verb": "dial", "actionHook": "/d", "target": PHONES[:1]}


def limited(*document: Any, apology: Any = "Sorry.", **most: Any) -> Call:
    """Returns an answered call that runs a document within these limits."""
    call = running(ANSWER, *document, app={"limits": most, "apology": apology})
    call.first = call.on("answered a")
    return call


def reached(call: Call) -> list[str]:
    """Returns what the record says of limits."""
    return [problem.text for problem in call.harness.problems if problem.whose == "settings"]


def test_a_redirect_to_itself_ends() -> None:
    """The first hook, and three more. What would be the fifth ends the call: the caller hears the apology, and is hung up."""
    call = limited(REDIRECT, hooks_per_minute=4)
    call.harness.now -= 1
    for _ in range(2):
        assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["ask /again"]
    assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["speak a"]
    assert reached(call) == [
        "4 requests to hooks in a minute are the most: the call ends (hooks_per_minute under [limits] of the settings)"
    ]
    assert call.harness.session.limit == "hooks_per_minute"
    assert call.on("speak_ended a") == ["hang_up a"]
    assert call.on("hung_up a") == []
    assert call.harness.session.ended


def test_without_an_apology_it_hangs_up() -> None:
    call = limited(REDIRECT, apology="", hooks_per_minute=2)
    assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["hang_up a"]


def test_an_unanswered_caller_is_rejected() -> None:
    call = running(REDIRECT, app={"limits": {"hooks_per_minute": 2}, "apology": "Sorry."})
    assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["reject a"]


def test_a_minute_later_there_is_room_again() -> None:
    call = limited(REDIRECT, hooks_per_minute=2)
    call.harness.now += 60
    assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["ask /again"]
    assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["ask /again"]
    assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == ["speak a"]


def test_what_counts_in_a_call_has_no_minute() -> None:
    call = limited(REDIRECT, hooks_per_call=3)
    for expected in (["ask /again"], ["speak a"]):
        call.harness.now += 100
        assert call.on({"hook": "/again", "verbs": [REDIRECT]}) == expected
    assert "hooks_per_call under [limits]" in reached(call)[0]


@pytest.mark.parametrize("setting", ["dials_per_minute", "dials_per_call"])
def test_a_dial_that_fails_and_dials_again(setting: str) -> None:
    call = limited(DIAL, **{setting: 2})
    call.on("refused dial b1")
    assert call.on({"hook": "/d", "verbs": [DIAL]}) == ["dial b2"]
    call.on("refused dial b2")
    assert call.on({"hook": "/d", "verbs": [DIAL]}) == ["speak a"]
    assert f"{setting} under [limits]" in reached(call)[0]


@pytest.mark.parametrize("setting", ["verbs_per_minute", "verbs_per_call"])
def test_verbs_that_wait_for_nothing(setting: str) -> None:
    """The answer and three tags are four verbs. Nothing of the step beyond is done."""
    tag = {"verb": "tag", "data": {"x": 1}}
    assert limited(tag, tag, tag, SAY, **{setting: 5}).first == ["speak a"]
    call = limited(tag, tag, tag, SAY, apology="", **{setting: 4})
    assert call.first == ["hang_up a"]
    assert call.harness.session.legs["a"].customer_data is None
    assert f"{setting} under [limits]" in reached(call)[0]


def test_parties_at_once() -> None:
    both = {**DIAL, "target": PHONES}
    assert limited(both, legs=3).first == ["dial b1", "dial b2"]
    call = limited(both, legs=2)
    assert call.first == ["speak a"]
    assert list(call.harness.session.legs) == ["a"]


def test_the_longest_call() -> None:
    """The caller is talking: the callee is let go, and the dial's hook hears of it."""
    call = limited(DIAL, call_seconds=100)
    call.on("answered b1")
    assert call.on("timer call_length") == ["stop_media a", "hang_up b1", "ask /d", "speak a"][1:]
    assert call.harness.now == 1101
    assert call.on("hung_up b1", "speak_ended a") == ["hang_up a"]
    call.on("hung_up a", {"hook": "/d"})
    assert call.harness.session.ended


def test_a_call_that_is_being_ended_has_no_second_limit() -> None:
    call = limited(REDIRECT, hooks_per_minute=2, call_seconds=100)
    call.on({"hook": "/again", "verbs": [REDIRECT]})
    assert call.on("timer call_length") == []
    assert len(reached(call)) == 1


def test_a_state_that_is_too_long() -> None:
    tag = {"verb": "tag", "data": {"x": "y" * 20_000}}
    assert limited(tag, SAY, snapshot_bytes=60_000).first == ["speak a"]
    call = limited(tag, SAY, snapshot_bytes=20_000, apology="")
    assert reached(call) == ["20000 bytes of state are the most: the call ends (snapshot_bytes under [limits] of the settings)"]
    assert "hang_up a" in call.first or call.harness.session.legs["a"].ending


def test_the_event_at_the_limit_is_not_lost() -> None:
    """A callee hangs up, whose dial's hook would be one too many: the leg is gone all the same."""
    call = limited(DIAL, SAY, hooks_per_call=1)
    call.on("answered b1")
    assert call.on("hung_up b1") == ["ask /d", "speak a"]
    assert call.harness.session.legs["b1"].gone


def test_a_call_that_is_one_too_many_is_rejected_as_busy() -> None:
    full = Full(text="2 calls at once are the most", section="server")
    event = LegInitiated(id="1", at=5.0, call_control_id="cc", direction="inbound", from_="+1", to="+2")
    outcome = step(begin("S", App(call_hook="/call", full=full), event), event)
    assert not outcome.unknown_leg
    assert [one.message for one in outcome.new] == [Reject(leg="a", busy=True)]
    (problem,) = outcome.problems
    assert problem.text == "2 calls at once are the most: the call ends (calls under [server] of the settings)"
    over = step(outcome.snapshot, LegHungUp(id="2", at=6.0, call_control_id="cc", leg="a"))
    assert over.ended


# --------------------------------------------------------------------------- numbers that are not called


@pytest.mark.parametrize(
    ("address", "most", "refused"),
    [
        ("+14155550100", {}, ""),
        ("+19005550100", {}, "+1900 is among refused_prefixes"),
        ("sip:+881612345@sip.example.com", {}, "+881 is among refused_prefixes"),
        ("sips:sales@example.com", {}, ""),
        ("911", {}, ""),
        ("+881612345", {"called_prefixes": ("+8816",)}, ""),
        ("+881612345", {"called_prefixes": ("+8",)}, "+881 is among refused_prefixes"),
        ("+881612345", {"refused_prefixes": ()}, ""),
        ("+14155550100", {"called_prefixes": ("+49", "+44")}, "called_prefixes under [limits]"),
        ("+4930123456", {"called_prefixes": ("+49", "+44")}, ""),
    ],
)
def test_numbers_that_are_not_called(address: str, most: dict[str, Any], refused: str) -> None:
    found = limits.refused_number(CallLimits(**most), address)
    assert refused in found
    assert bool(found) == bool(refused)


def test_a_dial_to_a_refused_number_fails() -> None:
    """The carrier's border does not send it. The dial fails like any other, and the record names the setting."""
    call = limited({**DIAL, "target": [{"type": "phone", "number": "+881612345678"}]})
    (dial,) = [one.message for one in call.harness.session.outbox if isinstance(one.message, Dial)]
    assert dial.party.refusal.startswith("+881612345678 is not called")
    call.on({"refused": "dial b1", "status": 0, "code": "refused", "title": dial.party.refusal})
    assert reached(call) == [f"dial b1: {dial.party.refusal}"]


def example(region: str, kind: int) -> str:
    found = phonenumbers.example_number_for_type(region, kind)
    return phonenumbers.format_number(found, PhoneNumberFormat.E164) if found else ""


def test_no_ordinary_number_is_refused() -> None:
    """Of every country: libphonenumber's examples of a landline, a mobile, a toll-free number."""
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP)
    found = [example(region, kind) for region in phonenumbers.SUPPORTED_REGIONS for kind in kinds]
    assert [number for number in found if number.startswith(PREMIUM_PREFIXES + SATELLITE_PREFIXES)] == []


def test_every_prefix_is_that_of_a_premium_number() -> None:
    examples = [example(region, PhoneNumberType.PREMIUM_RATE) for region in phonenumbers.SUPPORTED_REGIONS]
    refused = [number for number in examples if number.startswith(PREMIUM_PREFIXES)]
    assert len(refused) >= 60
    codes = {str(phonenumbers.parse(number).country_code) for number in refused}
    unknown = [prefix for prefix in PREMIUM_PREFIXES if not any(prefix[1:].startswith(code) for code in codes)]
    assert unknown == []


# --------------------------------------------------------------------------- legs that are over


def forgetting(now: Session) -> list[str]:
    return list(now.legs)


def test_legs_are_forgotten_when_no_verb_needs_them() -> None:
    call = limited(DIAL)
    for n in range(1, 6):
        call.on(f"refused dial b{n}", {"hook": "/d", "verbs": [DIAL]})
        call.harness.now += 40
    assert forgetting(call.harness.session) == ["a", "b4", "b5", "b6"]


def test_a_callee_who_rings_after_being_forgotten_is_hung_up() -> None:
    call = limited(DIAL)
    call.on("refused dial b1", {"hook": "/d", "verbs": [SAY]})
    call.harness.now += 100
    call.on("speak_started a")
    assert forgetting(call.harness.session) == ["a"]
    assert call.on("hung_up b1") == []
    assert forgetting(call.harness.session) == ["a"], "the late end of a leg that is over changes nothing"
    assert call.on("answered b1") == ["hang_up b1"]
    assert call.on("hung_up b1") == []
    outcome = call.harness.take(call.harness.event("answered b7"))
    assert outcome.unknown_leg, "this call never had such a leg"
