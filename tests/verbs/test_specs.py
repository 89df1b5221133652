"""A document and the structs that read it agree: names and defaults of every struct equal those of its schema."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import FieldInfo

from callverbs import schemas
from callverbs.verbs import REGISTRY, schema_name
from callverbs.verbs.language.call_request import CallRequest, CallSpec
from callverbs.verbs.language.slow_hook import FillerNoiseSpec, HookDelaySpec
from callverbs.verbs.language.spec import Amd, AmdTimers, Credentials, HookSpec, Recognizer, Synthesizer
from callverbs.verbs.language.target import From, Target
from callverbs.verbs.parts.barge_in import BargeInSpec
from callverbs.verbs.parts.call_recording import RecordOptions
from callverbs.verbs.parts.dtmf_capture import Capture
from callverbs.verbs.parts.media_stream import BidirectionalAudio
from callverbs.verbs.parts.transfer_spec import Brief, Confirm, Disposition

SILENT: tuple[Any, ...] = (None, "", {}, [], (), "default")
"""Defaults that need no word in a schema: nothing, or as the settings say."""


def part(path: str) -> dict[str, Any]:
    """Returns a part of a schema: `components/target#from`."""
    name, _, inside = path.partition("#")
    schema = schemas.load(name)
    for step in filter(None, inside.split("/")):
        schema = schema["properties"][step]
    return schema


STRUCTS: dict[str, type[msgspec.Struct]] = {
    **{schema_name(name): verb.spec_type() for name, verb in REGISTRY.items()},
    "components/target": Target,
    "components/target#from": From,
    "components/auth": Credentials,
    "components/hook": HookSpec,
    "verbs/listen#bidirectionalAudio": BidirectionalAudio,
    "components/synthesizer": Synthesizer,
    "components/recognizer": Recognizer,
    "components/amd": Amd,
    "components/filler_noise": FillerNoiseSpec,
    "components/hook_delay": HookDelaySpec,
    "components/amd#timers": AmdTimers,
    "verbs/config#bargeIn": BargeInSpec,
    "verbs/config#record": RecordOptions,
    "verbs/dial#dtmfCapture": Capture,
    "verbs/transfer#disposition": Disposition,
    "verbs/transfer#brief": Brief,
    "verbs/transfer#confirm": Confirm,
}


@pytest.mark.parametrize("path", STRUCTS)
def test_a_struct_is_its_schema(path: str) -> None:
    schema, fields = part(path), {field.encode_name: field for field in msgspec.structs.fields(STRUCTS[path])}
    written = {name: one for name, one in schema["properties"].items() if _is_read(path, name, one)}
    assert set(written) == set(fields)
    for name, one in written.items():
        assert fields[name].required == (name in schema.get("required", [])) or _depends(path, name), name
        if not fields[name].required:
            assert _same(one.get("default"), _default(fields[name])), f"{name}: {one.get('default')!r} and {_default(fields[name])!r}"


def _is_read(path: str, name: str, schema: dict[str, Any]) -> bool:
    """What has no effect here is not read. The phrase of a rejection has none at the carrier, but hooks report it."""
    return name not in ("verb", "_") and ("x-unsupported" not in schema or (path, name) == ("verbs/sip_decline", "reason"))


def _depends(path: str, name: str) -> bool:
    """Returns whether the schema requires what the struct leaves open, because the struct stands for "nothing" besides."""
    return (path, name) in (("components/synthesizer", "vendor"), ("components/recognizer", "vendor"))


def _default(field: FieldInfo) -> Any:
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return msgspec.to_builtins(default)


def _same(written: Any, read: Any) -> bool:
    if written is None:
        return read in SILENT or isinstance(read, dict)
    return bool(written == (list(read) if isinstance(read, tuple) else read))


def test_a_request_of_the_operator_is_its_schema() -> None:
    schema = schemas.load("components/call")
    call = {field.encode_name: field for field in msgspec.structs.fields(CallSpec)}
    more = {"from_": "from", "app": "app", "tag": "tag", "call_hook": "call_hook", "status_hook": "call_status_hook"}
    assert {field.name for field in msgspec.structs.fields(CallRequest)} == {*more, "spec"}
    assert set(schema["properties"]) == {*call, *more.values()}
    for name, field in call.items():
        assert field.required == (name in schema["required"]), name
        if not field.required:
            written = schema["properties"][name].get("default")
            assert _same(written, _default(field)) or (written is None and _default(field) == 0), name
