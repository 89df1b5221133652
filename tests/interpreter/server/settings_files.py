"""Settings files in few words."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import Settings, SettingsError
from callverbs.interpreter.telnyx.signature import Signer

KEY = Signer(bytes(range(32))).public_key
URL = "https://app.example/call"
ACCOUNT = {"api_key": "KEY", "public_key": KEY}
APP = {"app": URL}


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value)


def read(file: Path, written: Mapping[str, Any], environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Returns the settings of a file, in which the account is right unless it says otherwise."""
    sections = {"carrier": ACCOUNT, "applications": {"main": APP}, **written}
    file.write_text("".join(f"{section} = {toml(value)}\n" for section, value in sections.items()))
    return settings.read(flags, environment or {}, file)


def reasons(file: Path, written: Mapping[str, Any], environment: Mapping[str, str] | None = None, **flags: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(file, written, environment, **flags)
    assert str(caught.value) == "\n".join(caught.value.reasons)
    return caught.value.reasons
