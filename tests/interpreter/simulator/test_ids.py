"""Counted ids are the same in every run; random ones are never."""

import uuid

from callverbs.interpreter.simulator.ids import UUID_KINDS, CountedIds, RandomIds


def test_counted_ids_are_the_same_every_time() -> None:
    one, two = CountedIds(), CountedIds()
    first = [one.call_control_id(), one.uuid("leg"), one.uuid("session"), one.uuid("event"), one.uuid("event")]
    assert first == [two.call_control_id(), two.uuid("leg"), two.uuid("session"), two.uuid("event"), two.uuid("event")]
    assert first[0] == "v3:leg-1"
    assert len(set(first)) == 5


def test_every_uuid_is_one() -> None:
    for ids in (CountedIds(), RandomIds()):
        for kind in UUID_KINDS:
            made = {ids.uuid(kind) for _ in range(20)}
            assert len(made) == 20
            assert {uuid.UUID(one).version for one in made} == {4}
        assert ids.call_control_id().startswith("v3:")
