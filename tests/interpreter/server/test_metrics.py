"""What is counted and measured, and that the ports behave as without it."""

import logging
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.server.metrics import Metrics
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.commands import HangUp
from callverbs.verbs.language.events import CommandAccepted, CommandFailed, HookFailed, HookReplied, TimerFired
from callverbs.verbs.language.messages import HookRequest
from tests.interpreter.server.calls import BEGIN, CALL, Recorder, SlowStore, hung_up, initiated, replied
from tests.interpreter.server.served import TOKEN, without_sockets

CHANGE = Change("S", 0, b"{}", 0.0, 0.0, (), ())


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


class Ports:
    """A carrier and hooks that give the answer that they are told."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    async def send(self, session: str, entry: OutboxEntry, ids: dict[str, str]) -> Any:
        return self.answer

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Any:
        return self.answer


async def test_saves() -> None:
    metrics = Metrics()
    store = metrics.store(MemoryStore())
    assert [await store.save(CHANGE), await store.save(CHANGE)] == [True, False]
    assert [record.session for record in await store.recent()] == ["S"]
    assert (value(metrics, "callverbs_save_seconds_count"), value(metrics, "callverbs_save_conflicts_total")) == (2, 1)


async def test_a_save_that_fails() -> None:
    metrics, slow = Metrics(), SlowStore()
    slow.fails = True
    with pytest.raises(OSError, match="the disk is full"):
        await metrics.store(slow).save(CHANGE)
    assert value(metrics, "callverbs_store_errors_total") == 1


@pytest.mark.parametrize(
    ("answer", "result"), [(CommandAccepted(n=1), "taken"), (CommandFailed(n=1, status=401), "failed 401"), (CommandFailed(n=1), "failed")]
)
async def test_commands(answer: Any, result: str) -> None:
    metrics = Metrics()
    assert await metrics.carrier(Ports(answer)).send("S", OutboxEntry(1, HangUp(leg="a"), 0, 0.0), {}) is answer
    assert value(metrics, "callverbs_command_seconds_count", command="hang_up", result=result) == 1


@pytest.mark.parametrize(("answer", "result"), [(HookReplied(n=1), "replied"), (HookFailed(n=1, reason="no"), "failed")])
async def test_hooks(answer: Any, result: str) -> None:
    metrics = Metrics()
    entry = OutboxEntry(1, HookRequest(kind="call", url="/x"), 0, 0.0)
    assert await metrics.hooks(Ports(answer)).ask("S", "shop", entry) is answer
    assert value(metrics, "callverbs_hook_seconds_count", application="shop", result=result) == 1


async def test_steps() -> None:
    """A step, the same event again, and a timer that fires late."""
    metrics = Metrics()
    recorder = Recorder(step=metrics.step)
    await recorder.take(initiated(), initiated())
    assert (value(metrics, "callverbs_step_seconds_count"), value(metrics, "callverbs_repeated_events_total")) == (2, 1)
    await recorder.switchboard.receive(replied(recorder.saves[-1].new[0]), session=CALL)
    record = await recorder.store.load(CALL)
    assert record
    for n, late in ((0, 1.0), (77, 1.0)):
        metrics.step(record.snapshot, TimerFired(id=f"t{n}", at=BEGIN + 14_402, n=n), "w")
        assert value(metrics, "callverbs_late_timers_total") == late


async def test_a_call_over_http(caplog: pytest.LogCaptureFixture) -> None:
    """It is counted while it lasts and when it ends, with one line in the log; a refused request is counted, too."""
    caplog.set_level(logging.INFO, "callverbs")
    async with without_sockets() as (client, runtime):
        await runtime.switchboard.receive(initiated())
        text = (await client.get("/metrics")).text
        assert 'callverbs_calls{application="main"} 1.0' in text
        await runtime.switchboard.receive(hung_up())
        session = await runtime.store.find(["a"])
        record = await runtime.store.load(session or "")
        assert record
        for entry in msgspec.json.decode(record.snapshot).get("outbox", []):
            await runtime.switchboard.receive(HookFailed(id="x", n=entry["n"], reason="no"), session=session or "")
        assert (await client.get("/metrics", headers={"Authorization": "Bearer wrong"})).status_code == 401
        text = (await client.get("/metrics", headers=TOKEN)).text
    assert 'callverbs_calls{application="main"} 0.0' in text
    assert 'callverbs_calls_ended_total{application="main",status="no-answer"} 1.0' in text
    assert "callverbs_refused_requests_total 1.0" in text
    ended = [one for one in caplog.records if one.message == "call ended"]
    (fields,) = [one.fields for one in ended]  # type: ignore[attr-defined]
    assert (fields["application"], fields["status"], fields["direction"]) == ("main", "no-answer", "inbound")
    refused = [one.message for one in caplog.records if "is refused" in one.message]
    assert refused == ["a request of an operator is refused: GET /metrics from <local>"] or "127.0.0.1" in refused[0]
