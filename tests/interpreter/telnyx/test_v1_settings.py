"""Settings with `[carrier] api = 1`: every error is reported at the start, one sentence for each."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.server import settings
from callverbs.interpreter.server.settings import Settings, SettingsError
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout

Values = dict[str, Any]
GOOD = {"api": 1, "api_key": "KEY:SECRET", "public_key": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U="}
CALL = {"app": "https://example.com/call"}


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value)


def read(
    folder: Path,
    carrier: dict[str, Any],
    app: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
    kind: str = "telnyx",
) -> Settings:
    file = folder / "callverbs.toml"
    file.write_text(f"carrier = {toml(carrier)}\napplications = {{main = {toml(app or CALL)}}}\n")
    return settings.read({"carrier": kind}, environment or {}, file)


def reasons(folder: Path, carrier: dict[str, Any], app: dict[str, Any] | None = None, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, carrier, app, environment)
    return caught.value.reasons


def test_the_required_settings(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD).carrier
    assert (found.api, found.base_url, found.signature) == (1, "https://api.telnyx.com", SignatureLayout())
    from_environment = read(tmp_path, {"api": 1}, environment={"TELNYX_API_KEY": "a:b", "TELNYX_PUBLIC_KEY": "c"}).carrier
    assert (from_environment.api_key, from_environment.public_key) == ("a:b", "c")
    assert read(tmp_path, {**GOOD, "api": 2}).carrier.base_url == "https://api.telnyx.com/v2"


@pytest.mark.parametrize(
    ("carrier", "sentence"),
    [
        ({"api_key": ""}, "the carrier's API key is not key:secret"),
        ({"api_key": "KEY0123"}, "the carrier's API key is not key:secret"),
        ({"api_key": "KEY:"}, "the carrier's API key is not key:secret"),
        ({"api_key": ":SECRET"}, "the carrier's API key is not key:secret"),
        ({"public_key": ""}, "the secret of the carrier's webhook signatures is missing: set TELNYX_PUBLIC_KEY"),
        ({"base_url": "https://api.telnyx.com/v2/"}, "https://api.telnyx.com/v2/ is version 2 of the carrier's API, and api = 1 is set"),
        ({"signature": {"signed": "{body}"}}, "carrier.signature: signed must hold {timestamp} exactly once, not {body}"),
        ({"signature": {"encoding": "base32"}}, "carrier.signature.encoding"),
        ({"signature": {"separator": ""}}, "carrier.signature.separator"),
        ({"signature": {"signature_header": "X Telnyx"}}, "carrier.signature.signature_header"),
        ({"signature": {"unknown": "x"}}, "carrier.signature"),
    ],
)
def test_wrong_settings_are_refused_with_the_reason(tmp_path: Path, carrier: dict[str, Any], sentence: str) -> None:
    (found,) = reasons(tmp_path, {**GOOD, **carrier})
    assert sentence in found


def test_a_base_url_of_the_environment_is_checked_too(tmp_path: Path) -> None:
    (found,) = reasons(tmp_path, GOOD, TELNYX_BASE_URL="https://api.telnyx.com/v2")
    assert "leave base_url out, or set api = 2" in found


def test_the_layout_is_read(tmp_path: Path) -> None:
    written = {"signature_header": "X-Hmac", "signature_field": "", "timestamp_header": "X-Time", "timestamp_field": "", "separator": ";",
               "encoding": "hex", "signed": "{timestamp}:{body}"}  # fmt: skip
    found = read(tmp_path, {**GOOD, "signature": written}).carrier.signature
    assert found == msgspec.convert(written, SignatureLayout)
    assert found != SignatureLayout()


def test_a_document_is_checked_for_the_version_of_the_settings(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text("- verb: answer\n- verb: say\n  text: Hello\n- dial:\n    target: [{type: phone, number: '+14155550100'}]\n")
    app = {"app": "flow.yaml"}
    assert reasons(tmp_path, GOOD, app) == [
        f"{flow}:2:9: CV701 callverbs has no speak in version 1 of the carrier's API: set api = 2",
        f"{flow}:4:3: CV701 callverbs has no bridge in version 1 of the carrier's API: use transfer, or set api = 2",
    ]
    assert read(tmp_path, GOOD | {"api": 2}, app).applications
    assert read(tmp_path, GOOD, app, kind="simulated").carrier.api == 2  # the simulated carrier speaks version 2

    flow.write_text("- transfer: {mode: blind, blindMethod: refer, target: [{type: phone, number: '+14155550100'}]}\n")
    (found,) = reasons(tmp_path, GOOD, app)
    assert "CV113 blindMethod: callverbs has no refer in version 1 of the carrier's API: use dial, or set api = 2" in found
    flow.write_text("- transfer: {mode: blind, callerName: Sales, target: [{type: phone, number: '+14155550100'}]}\n")
    assert read(tmp_path, GOOD, app).applications  # what has no effect is no error


def test_an_apology_that_could_never_be_spoken(tmp_path: Path) -> None:
    app = {**CALL, "apology": "We are sorry."}
    (found,) = reasons(tmp_path, GOOD, app)
    assert found == (
        "the apology of the application main could never be spoken: callverbs has no speak in version 1 of the carrier's API: set api = 2"
    )
    assert read(tmp_path, {**GOOD, "api": 2}, app).applications
