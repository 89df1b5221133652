"""A terminal, and a folder with a flow and its scenario."""

from pathlib import Path

import pytest

from tests.interpreter.cli.terminal import Terminal

FLOW = """
- gather: {numDigits: 1, timeout: 5, actionHook: /menu, say: {text: Press 1 for sales.}}
- say: {text: Goodbye.}
"""
SCENARIO = """
scenario: sales
flow: flow.yaml
hooks:
  /menu: {when: {digits: 1}, reply: [{say: {text: This is sales.}}]}
caller: {presses: 1}
expect: [{say: This is sales.}]
"""


@pytest.fixture
def callverbs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    (tmp_path / "flow.yaml").write_text(FLOW)
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    return tmp_path
