"""Validates requests to the carrier by what its SDK would send: the same route, the same body, and every type that of its TypedDict.

Where there are facts from elsewhere, their checker is asked as well (the SDK once more, and the published OpenAPI document).
"""

import collections.abc
import importlib
import importlib.util
import inspect
import json
import re
import types
import typing
import warnings
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pydantic
import telnyx
import typing_extensions
from telnyx._utils import PropertyInfo
from telnyx.resources.calls import ActionsResource, CallsResource
from telnyx.resources.conferences import ActionsResource as ConferenceActionsResource
from telnyx.resources.conferences import ConferencesResource
from telnyx.resources.messages import MessagesResource
from telnyx.resources.queues import CallsResource as QueueCallsResource
from telnyx.resources.queues import QueuesResource

from tests.oracles.facts import published

CHECKER = published("tools/check_command.py")
BASE = "https://carrier.example/v2"

Body = dict[str, Any]


PATH = re.compile(r'"(/(?:calls|queues|conferences|messages)[^"]*)"')
PARAMS = re.compile(r"\b(\w+_params)\.(\w+Params)\b")
RESOURCES: dict[str, tuple[type, str, str]] = {
    "calls": (CallsResource, "telnyx.types", ""),
    "calls.actions": (ActionsResource, "telnyx.types.calls", ""),
    "messages": (MessagesResource, "telnyx.types", ""),
    "queues": (QueuesResource, "telnyx.types", ""),
    "queues.calls": (QueueCallsResource, "telnyx.types.queues", ""),
    "conferences": (ConferencesResource, "telnyx.types", ""),
    "conferences.actions": (ConferenceActionsResource, "telnyx.types.conferences", "conference_"),
}
"""Where the SDK has its methods: the class, the package of their parameters, and what the carrier's names of actions begin with."""
COMMANDS = {
    "calls.dial": "dial",
    "calls.retrieve_status": "retrieve_call",
    "messages.send": "send_message",
    "queues.retrieve": "retrieve_call_queue",
    "queues.calls.retrieve": "retrieve_call_from_queue",
    "queues.calls.list": "list_queue_calls",
    "conferences.create": "create_conference",
    "conferences.list": "list_conferences",
    "conferences.list_participants": "list_conference_participants",
    "conferences.update_participant": "update_conference_participant",
}
"""The carrier's names of commands that are no actions, by the SDK's method."""


class Operation(NamedTuple):
    """The SDK's method of a command, its path, and the type of its parameters."""

    method: str
    path: str
    params: Any


def _operations() -> dict[str, Operation]:
    """Returns the SDK's methods by the carrier's name of their command, which is in the path that the source of a method has."""
    found = {}
    for place, (resource, types_, prefix) in RESOURCES.items():
        for name, method in inspect.getmembers(resource, inspect.isfunction):
            source = inspect.getsource(method)
            if path := PATH.search(source):
                params = PARAMS.search(source)
                is_action = place.endswith(".actions")
                command = prefix + path[1].rpartition("/")[2] if is_action else COMMANDS.get(f"{place}.{name}", "")
                typed = getattr(importlib.import_module(f"{types_}.{params[1]}"), params[2]) if params else None
                if command:
                    found[command] = Operation(f"{place}.{name}", path[1], typed)
    return found


OPERATIONS = _operations()
"""By the carrier's name of a command."""
LOOSER = {"preferred_codecs"}
"""The SDK has one value for answer where its own prose, and that of every other command, has a list."""
WRONG = {"transcription_engine_config": ("transcription_engine", "Deepgram")}
"""The SDK's types of Deepgram have the model's name for the engine's; the OpenAPI document, which is asked as well, has the engine's."""
NEWER = {"diversion", "reason", "route_to_mobile"}
"""Parameters of the SDK (4.189) that the OpenAPI document of 2026-07-16 does not have yet."""

OPEN = {("conversation_relay_start", "transcription_engine_config")}
"""By command, objects that the SDK leaves open for other keys, which the checker does not know."""


def judge(name: str, method: str, path: str, body: Body) -> None:
    """Fails unless the carrier would take this request; the path begins after the base URL."""
    __tracebackhide__ = True
    operation = OPERATIONS[name]
    if operation.params and method != "GET":
        ids = {name: "x" for name in re.findall(r"{(\w+)}", operation.path) if name in _hints(operation.params)}  # some are in the path
        checked = {key: value for key, value in body.items() if key not in LOOSER and not (key in WRONG and _is_wrong(body))}
        _model(operation.params).model_validate({**ids, **checked})
    assert (method, f"/v2{path}", body) == _sent(operation, path, body)
    if (checker := _checker()) and path != "/messages":
        body = {key: {} if (name, key) in OPEN else value for key, value in body.items()}
        verdict = checker.check({"method": method, "path": path, "body": body})
        assert verdict["openapi" if _is_wrong(body) else "ok"], verdict
        older = {key: value for key, value in body.items() if key not in NEWER}
        verdict = verdict if older == body else checker.check({"method": method, "path": path, "body": older})
        assert method == "GET" or verdict["openapi"]["ok"], verdict


def _is_wrong(body: Body) -> bool:
    """Returns whether the SDK's types of this body are wrong."""
    return any(key in body and body.get(name) == value for key, (name, value) in WRONG.items())


def _sent(operation: Operation, path: str, body: Body) -> tuple[str, str, Body]:
    """Returns what the SDK sends for the same body."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={})

    asked = urlsplit(path)
    given: Body = {**dict(parse_qsl(asked.query)), **body}
    filters = {key[len("filter[") : -1]: given.pop(key) for key in list(given) if key.startswith("filter[")}
    given |= {"filter": filters} if filters else {}
    arguments = {names(operation).get(key, key): value for key, value in given.items()}
    template = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(operation.path))
    ids = re.fullmatch(template, asked.path)
    assert ids, f"{path} is not {operation.path}"
    with telnyx.Telnyx(api_key="key", base_url=BASE, http_client=httpx.Client(transport=httpx.MockTransport(answer))) as client:
        call: Any = client
        for part in operation.method.split("."):
            call = getattr(call, part)
        call(**{name: unquote(one) for name, one in ids.groupdict().items()}, **arguments)
    (sent,) = requests
    query = f"?{asked.query}" if asked.query and dict(parse_qsl(asked.query)) == dict(sent.url.params) else ""
    sent_path = asked.path if unquote(asked.path) == sent.url.path.removeprefix("/v2") else sent.url.path.removeprefix("/v2")
    return sent.method, f"/v2{sent_path}{query}", json.loads(sent.content) if sent.content else {}


# --------------------------------------------------------------------------- the SDK's types, made strict


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


class _Open(pydantic.BaseModel):
    """A type that the SDK itself leaves open for other keys."""

    model_config = pydantic.ConfigDict(extra="allow", strict=True)


def names(operation: Operation) -> dict[str, str]:
    """By the name on the wire, the SDK's name of an argument, where they differ (`from` is `from_`)."""
    return {alias: name for name, kind in _hints(operation.params).items() if (alias := _alias(kind)) != ""} if operation.params else {}


def _hints(typed: Any) -> dict[str, Any]:
    return typing_extensions.get_type_hints(typed, include_extras=True)


def _alias(kind: Any) -> str:
    """Returns the name that a TypedDict's annotation gives a key on the wire."""
    for mark in getattr(kind, "__metadata__", ()):
        if isinstance(mark, PropertyInfo) and mark.alias:
            return mark.alias
    return next((alias for inner in typing.get_args(kind)[:1] if (alias := _alias(inner))), "")


@cache
def _model(typed: Any) -> type[pydantic.BaseModel]:
    """Returns a TypedDict as a model that accepts no other key and no other type."""
    fields: dict[str, Any] = {}
    for name, kind in _hints(typed).items():
        required = name in typed.__required_keys__ or typing.get_origin(kind) is typing_extensions.Required
        fields[name] = (_kind(kind), pydantic.Field(... if required else None, alias=_alias(kind) or None))
    is_open = getattr(typed, "__extra_items__", typing_extensions.NoExtraItems) is not typing_extensions.NoExtraItems
    return pydantic.create_model(typed.__name__, __base__=_Open if is_open else _Strict, **fields)


def _kind(kind: Any) -> Any:
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if hasattr(kind, "__metadata__") or origin in (typing_extensions.Required, typing_extensions.NotRequired):
        return _kind(inside[0])
    if typing_extensions.is_typeddict(kind):
        return _model(kind)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_kind(one) for one in inside)]  # noqa: UP007 - it is made here
    if origin in (collections.abc.Iterable, collections.abc.Sequence, list):
        return list[_kind(inside[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[str, _kind(inside[1])]  # type: ignore[misc]
    return Any if kind is object else kind


# --------------------------------------------------------------------------- the checker of the published OpenAPI document


@cache
def _checker() -> Any:
    if not CHECKER.is_file():
        return None
    spec = importlib.util.spec_from_file_location("check_command", CHECKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings(action="ignore"):  # it leaves closing its files to Python
        spec.loader.exec_module(module)
        module.check({"method": "POST", "path": "/calls/x/actions/answer", "body": {}})
    return module
