"""Judges webhooks by the carrier's published types: the SDK's models made strict. Where there are facts from elsewhere, the checker
of the published OpenAPI document is asked as well.

A webhook is judged by its shape: two that differ in ids and times only are judged once.
"""

import importlib.util
import json
import types
import typing
import warnings
from datetime import datetime
from functools import cache
from typing import Any

import pydantic
from telnyx import BaseModel
from telnyx.types.unwrap_webhook_event import UnwrapWebhookEvent

from tests.oracles.facts import published

CHECKER = published("tools/check_webhook.py")
ENVELOPE = {"record_type", "event_type", "id", "occurred_at", "payload"}
WITH_INNER_TIME = tuple(
    ["conference.created", "conference.ended"]
    + [f"conference.{of}{kind}.{what}" for of in ("", "participant.") for kind in ("speak", "playback") for what in ("started", "ended")]
)
"""Types whose models have the time in the payload."""
ADDRESSES = {"call_control_id", "call_leg_id", "call_session_id", "connection_id", "client_state"}
SEEN_LIVE = {"call.initiated": {"calling_party_type"}, "call.hangup": {"end_time"}, "call.gather.ended": {"gather_id"}}
"""Fields that the live carrier sends, and its published types do not have: the first two in a captured call of 2025-11-23, the third in
the documentation of the command."""
SCHEMALESS = ("call.sip_info.received",)
"""Types that the carrier's pages name, and no published type describes."""
CONFERENCE_MEDIA = tuple(f"conference.{kind}.{what}" for kind in ("speak", "playback") for what in ("started", "ended"))
NO_LEG = {"call_control_id", "call_leg_id", "call_session_id", "client_state"}
LEFT_OUT = {
    "call.recording.saved": {"call_control_id"},
    "conference.recording.saved": {"call_leg_id"},
    **dict.fromkeys(CONFERENCE_MEDIA, NO_LEG),
}
"""Addresses that the models of some types do not have."""
VALUES = ("state", "status", "result", "direction", "hangup_cause", "hangup_source", "sip_hangup_cause", "sip_notify_response")

Body = dict[str, Any]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")


@cache
def _model(model: type[BaseModel]) -> type[pydantic.BaseModel]:
    fields: dict[str, Any] = {
        name: (_kind(field.annotation), pydantic.Field(... if field.is_required() else None, alias=field.alias))
        for name, field in model.model_fields.items()
    }
    return pydantic.create_model(f"Strict{model.__name__}", __base__=_Strict, **fields)


def _kind(kind: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _model(kind)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_kind(one) for one in arguments)]  # noqa: UP007 - it is made here
    if origin is list:
        return list[_kind(arguments[0])]  # type: ignore[misc]
    return {str: pydantic.StrictStr, int: pydantic.StrictInt, bool: pydantic.StrictBool}.get(kind, kind) if kind is not datetime else kind


def _data_of(event: type[BaseModel]) -> type[BaseModel] | None:
    field = event.model_fields.get("data")
    kinds = typing.get_args(field.annotation) if field else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


@cache
def _models() -> dict[str, type[pydantic.BaseModel]]:
    """Returns the strict model of every event type that has one."""
    found = {}
    for event in typing.get_args(UnwrapWebhookEvent):
        model = _data_of(event)
        if model and "event_type" in model.model_fields:
            for literal in typing.get_args(model.model_fields["event_type"].annotation):
                for event_type in typing.get_args(literal):
                    found[event_type] = _model(model)
    return found


@cache
def _oracle() -> Any:
    if not CHECKER.is_file():
        return None
    spec = importlib.util.spec_from_file_location("check_webhook", CHECKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves closing its file to Python
        module.oa_index()
    return module


_judged: set[str] = set()


def judge(body: Body) -> None:
    """Raises AssertionError unless a webhook is one of the carrier's."""
    data = body["data"]
    payload = {key: value for key, value in data["payload"].items() if key not in SEEN_LIVE.get(data["event_type"], ())}
    data = {**data, "payload": payload}
    body = {**body, "data": data}
    assert set(body) == {"data", "meta"}
    assert set(data) == ENVELOPE - ({"occurred_at"} if data["event_type"] in (*WITH_INNER_TIME, "conference.recording.saved") else set())
    assert set(payload) >= ADDRESSES - LEFT_OUT.get(data["event_type"], set())
    assert body["meta"]["attempt"] >= 1
    if data["event_type"] in SCHEMALESS:
        return
    shape = json.dumps([data["event_type"], sorted((key, str(type(value))) for key, value in payload.items())])
    shape += str([payload.get(key) for key in VALUES])
    if shape in _judged:
        return
    _models()[data["event_type"]].model_validate_json(json.dumps(data))
    if oracle := _oracle():
        verdict = oracle.check(body)
        assert verdict["ok"], verdict
        assert verdict["openapi"]["ok"] is not False, verdict
    _judged.add(shape)
