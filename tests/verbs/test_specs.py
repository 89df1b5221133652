"""What is written and what is read are the same: names and defaults of every struct equal those of its schema."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import FieldInfo

import schemas
from verbs import REGISTRY
from verbs._amd import Amd, Timers
from verbs._capture import Capture
from verbs._request import CallRequest, CallSpec
from verbs._spec import Credentials, HookSpec, Synthesizer
from verbs._target import From, Target
from verbs.transfer import Disposition

SILENT: tuple[Any, ...] = (None, "", {}, [], (), "default")
"""Defaults that need no word in a schema: nothing, or as the settings say."""


def part(path: str) -> dict[str, Any]:
    """A part of a schema: `components/target#from`."""
    name, _, inside = path.partition("#")
    schema = schemas.load(name)
    for step in filter(None, inside.split("/")):
        schema = schema["properties"][step]
    return schema


STRUCTS: dict[str, type[msgspec.Struct]] = {
    **{f"verbs/{name.replace(':', '_')}": verb.Spec for name, verb in REGISTRY.items()},
    "components/target": Target,
    "components/target#from": From,
    "components/auth": Credentials,
    "components/hook": HookSpec,
    "components/synthesizer": Synthesizer,
    "components/amd": Amd,
    "components/amd#timers": Timers,
    "verbs/dial#dtmfCapture": Capture,
    "verbs/transfer#disposition": Disposition,
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
    """What has no effect here is not read; the phrase of a rejection has none at the carrier, and hooks are told it."""
    return name not in ("verb", "_") and ("x-unsupported" not in schema or (path, name) == ("verbs/sip_decline", "reason"))


def _depends(path: str, name: str) -> bool:
    """Required by the schema, and yet open in the struct, which stands for "nothing" besides."""
    return (path, name) == ("components/synthesizer", "vendor")


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
