"""The public API: every example of docs/python.md runs, names load lazily, and what cannot be used says why."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import callverbs
from callverbs.interpreter.telnyx.signature import Signer

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MENU = [{"verb": "gather", "numDigits": 1, "actionHook": "/menu", "say": {"text": "Press 1."}}]


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"example {number}" for number in range(1, len(EXAMPLES) + 1)])
def test_an_example_of_the_page_runs(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    exec(compile(example, "docs/python.md", "exec"), {"__name__": "example"})


def test_importing_the_package_imports_nothing_else() -> None:
    heavy = ("msgspec", "quart", "httpx", "jsonschema", "yaml", "asyncio", "typing")
    program = f"import sys, callverbs; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in callverbs.__all__:
        assert getattr(callverbs, name)
        assert name in dir(callverbs)
    with pytest.raises(AttributeError, match="has no attribute nothing"):
        callverbs.nothing  # noqa: B018


@pytest.mark.parametrize("document", ['[{"verb": "pause"}]', "- verb: pause\n", [{"verb": "pause"}]])
def test_a_document_is_a_text_or_a_list(document: Any) -> None:
    assert [one.code for one in callverbs.lint(document)] == ["CV103"]


def test_a_document_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text("- verb: pause\n")
    (finding,) = callverbs.lint(file)
    assert (finding.path, finding.line) == (str(file), 1)
    assert not callverbs.simulate(file).passed
    with pytest.raises(FileNotFoundError):
        callverbs.lint(tmp_path / "nothing.yaml")


def test_a_simulated_carrier_is_started_by_serve_only() -> None:
    settings = callverbs.read_settings(app="https://example.com/call", carrier="simulated", store="memory:")
    with pytest.raises(Exception, match="callverbs serve"):
        callverbs.create_app(settings)


def test_a_selector_without_a_rule_is_told() -> None:
    with pytest.raises(ValueError, match="there is no rule CV999"):
        callverbs.lint(MENU, select=["CV999"])


def test_rules_are_chosen_as_on_the_command_line() -> None:
    assert [one.code for one in callverbs.lint(MENU, select=["nothing-after-menu"])] == ["CV410"]
    assert "CV605" in [one.code for one in callverbs.lint(MENU, base_url="")]
    assert len(callverbs.lint(MENU, profile="strict")) > len(callverbs.lint(MENU, profile="minimal"))


def test_a_scenario_is_a_file_a_text_or_a_mapping(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("flow: flow.yaml\nexpect:\n  - say: Hello\n")
    (tmp_path / "flow.yaml").write_text("- say: {text: Hello}\n")
    assert callverbs.simulate(scenario=file).passed
    hello = [{"verb": "say", "text": "Hello"}]
    assert callverbs.simulate(hello, "expect: [{say: Hello}]").passed
    failed = callverbs.simulate(hello, {"expect": [{"say": "Goodbye"}]})
    assert not failed.passed
    assert "Goodbye" in failed.failures[0]


def test_a_scenario_that_cannot_be_used_says_where() -> None:
    with pytest.raises(ValueError, match=r"scenario:1:1: there is no property expct; did you mean expect\?"):
        callverbs.simulate(MENU, "expct: []")


def test_keys_are_pressed() -> None:
    call = callverbs.simulate(MENU, press=["1"])
    assert call.hooks[-1].payload["digits"] == "1"
    assert call.hooks[-1].status == 204
    assert call.seconds > 1


async def test_the_server_is_mounted_in_another_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_API_KEY", "KEY0123")
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", Signer(bytes(32)).public_key)
    settings = callverbs.read_settings(app="https://example.com/call", store="memory:")
    calls = callverbs.create_app(settings)
    await calls.startup()
    try:
        client = calls.test_client()
        assert (await client.get("/phone/healthz", root_path="/phone")).status_code == 200
        refused = await client.post("/phone/webhooks/telnyx", root_path="/phone", data=b"{}")
        assert (refused.status_code, await refused.get_data(as_text=True)) == (
            403,
            "the headers telnyx-signature-ed25519 and telnyx-timestamp are missing",
        )
    finally:
        await calls.shutdown()
