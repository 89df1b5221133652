"""Random commands and random people, in any order: nothing breaks, and the carrier's invariants hold."""

import contextlib
import re
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.simulator.people import PersonError
from callverbs.interpreter.simulator.stream_stubs import StreamStub
from tests.interpreter.simulator.harness import CarrierHarness

PEOPLE: dict[str, Any] = {
    "+4930001": {"answers": 0, "talks": None},
    "+4930002": {"answers": 2, "talks": 3, "presses": ["1", "22#"]},
    "+4930003": "busy",
    "+4930004": "no_answer",
    "+4930005": {"machine": {"greeting": 2}},
    "+4930006": {"answers": 1, "hears": [{"pattern": "sound", "press": "12"}], "hangs_up": 20, "held": {}},
    "+4930007": {"rejects": 480},
}
NUMBERS = sorted(PEOPLE)

REFUSING = "wss://nobody.example/audio"
STREAMS = {"wss://bot.example/audio": StreamStub(), "wss://shy.example/audio": StreamStub(closes=3), REFUSING: StreamStub(refused=True)}

number = st.sampled_from(NUMBERS)
leg = st.integers(0, 5)
Parts = st.SearchStrategy[dict[str, Any]]
stop: Parts = st.sampled_from([{}, {"stop": "all"}, {"stop": "current"}])
loop: Parts = st.sampled_from([{}, {"loop": 2}, {"loop": "infinity"}])
parks: Parts = st.sampled_from([{}, {"park_after_unbridge": "self"}])
once = st.booleans()
missing = st.sampled_from(["mp3", "gone"])
limits: Parts = st.sampled_from([{}, {"maximum_digits": 1}, {"minimum_digits": 2, "terminating_digit": ""}])


def merged(*parts: Parts) -> Parts:
    return st.tuples(*parts).map(lambda found: {key: value for one in found for key, value in one.items()})


def command(name: str, *parts: Parts) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just("command"), leg, st.just(name), merged(*parts))


def action(name: str, *arguments: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just("action"), leg, st.just(name), st.just(arguments))


moves = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.3, 1.0, 5.0, 40.0])),
    st.tuples(st.just("place"), number),
    st.tuples(st.just("dial"), number, st.none() | leg, once, once, parks),
    command("answer"),
    command("reject", st.just({"cause": "USER_BUSY"})),
    command("hangup"),
    command("speak", st.just({"voice": "AWS.Polly.Joanna", "payload": "?"}), stop, loop),
    command("playback_start", st.fixed_dictionaries({"audio_url": missing}), stop, loop),
    command("playback_stop", stop),
    command("streaming_start", st.fixed_dictionaries({"stream_url": st.sampled_from(sorted(STREAMS))})),
    command("streaming_stop"),
    command("gather", limits),
    command("gather_using_speak", st.just({"voice": "AWS.Polly.Joanna", "payload": "?", "maximum_tries": 1}), limits),
    command("gather_using_audio", st.fixed_dictionaries({"audio_url": missing, "maximum_tries": st.just(1)}), limits),
    command("gather_stop"),
    command("bridge", st.fixed_dictionaries({"call_control_id": leg}), parks),
    command("transfer", st.fixed_dictionaries({"to": number, "timeout_secs": st.just(5)}), parks),
    command("refer", st.just({"sip_address": "sip:bob@example.com"})),
    action("press", "1"),
    action("press", "2#"),
    action("hangup"),
    action("answer"),
    action("busy"),
    action("no_answer"),
    action("machine"),
    action("hold"),
)


class Act:
    """Makes one move after the other. Everything that is heard has a number that counts up."""

    def __init__(self) -> None:
        self.harness = CarrierHarness(PEOPLE, media={f"https://example.com/sound-{n}-gone": "missing" for n in range(99)}, streams=STREAMS)
        self.legs: list[str] = []
        self.heard = 0

    def leg(self, n: int | None) -> str | None:
        self.legs = [one.id for one in self.harness.carrier.legs()]
        return self.legs[n % len(self.legs)] if n is not None and self.legs else None

    def move(self, kind: str, *how: Any) -> None:
        getattr(self, f"_{kind}")(*how)

    def _wait(self, seconds: float) -> None:
        self.harness.run(seconds)

    def _place(self, number: str) -> None:
        self.harness.carrier.place(number, "+14155550199")

    def _dial(self, number: str, link: int | None, bridges: bool, prevents: bool, parks: dict[str, Any]) -> None:
        linked = self.leg(link)
        body = {"link_to": linked, "bridge_on_answer": bridges, "prevent_double_bridge": prevents, **parks} if linked else {}
        assert self.harness.try_dial(number, timeout_secs=10, **body).status in (200, 422)

    def _command(self, n: int, name: str, body: dict[str, Any]) -> None:
        body = {**body}
        self.heard += 1
        if "payload" in body:
            body["payload"] = f"sound {self.heard}"
        if "audio_url" in body:
            body["audio_url"] = f"https://example.com/sound-{self.heard}-{body['audio_url']}"
        if name == "bridge":
            body["call_control_id"] = self.leg(body["call_control_id"])
        if found := self.leg(n):
            assert self.harness.send(found, name, **body).status in (200, 422)

    def _action(self, n: int, name: str, arguments: tuple[Any, ...]) -> None:
        if found := self.leg(n):
            with contextlib.suppress(PersonError):
                getattr(self.harness.carrier, name)(found, *arguments)

    def finish(self) -> None:
        for one in self.harness.carrier.legs():
            if self.harness.view(one.id).state != "ended":  # the one before may have taken it along
                self.harness.carrier.hangup(one.id)
        self.harness.run()


def check_legs(harness: CarrierHarness) -> None:
    """A bridge has two legs, which are up."""
    legs = {one.id: one for one in harness.carrier.legs()}
    for one in legs.values():
        assert (one.state == "bridged") == (one.peer is not None)
        assert one.peer is None or legs[one.peer].peer == one.id


def check_webhooks(harness: CarrierHarness) -> None:
    """A leg begins once and ends once, and what begins on it ends."""
    for one in harness.carrier.legs():
        events = harness.event_types(one.id)
        counted = Counter(events)
        assert (events[0], events[-1], counted["initiated"], counted["hangup"]) == ("initiated", "hangup", 1, 1)
        assert counted["answered"] == bool(one.answered_at)
        for kind in ("speak", "playback"):
            statuses = [
                body["data"]["payload"].get("status") for body in harness.webhooks_of(one.id) if f".{kind}." in body["data"]["event_type"]
            ]
            announced = [status for status in statuses if status != "file_not_found"]
            assert len(announced) % 2 == 0
            assert all(status is None for status in announced[::2])
            assert all(announced[1::2])
        assert counted["streaming.started"] <= counted["streaming.stopped"], "what is streamed ends; one may be stopped before it begins"
        failed = [body["data"]["payload"] for body in harness.webhooks_of(one.id) if body["data"]["event_type"] == "streaming.failed"]
        assert all(payload["stream_params"]["stream_url"] == REFUSING for payload in failed)
        numbers = [int(re.findall("[0-9]+", heard.what)[0]) for heard in one.heard if "sound" in heard.what]
        assert numbers == sorted(numbers)
    times = [body["data"]["occurred_at"] for body in harness.webhooks]
    assert times == sorted(times)
    assert len({body["data"]["id"] for body in harness.webhooks}) == len(times) == len(set(times))


def play(wanted: list[tuple[Any, ...]]) -> CarrierHarness:
    act = Act()
    for move in wanted:
        act.move(*move)
        check_legs(act.harness)
    act.finish()
    check_legs(act.harness)
    assert act.harness.clock.next_due() is None
    return act.harness


@settings(max_examples=150)
@given(st.lists(moves, max_size=40))
def test_whatever_happens(wanted: list[tuple[Any, ...]]) -> None:
    harness = play([("place", NUMBERS[0]), ("command", 0, "answer", {}), *wanted])
    check_webhooks(harness)


@settings(max_examples=20)
@given(st.lists(moves, max_size=40))
def test_it_is_the_same_every_time(wanted: list[tuple[Any, ...]]) -> None:
    one, two = play(wanted), play(wanted)
    assert one.webhooks == two.webhooks
    assert one.times == two.times
    assert one.carrier.legs() == two.carrier.legs()
