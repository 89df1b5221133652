"""`callverbs lsp` without the extra of the language server says what to install."""

import sys

import pytest

from tests.interpreter.cli.terminal import Terminal


def test_without_its_package_it_says_what_to_install(callverbs: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    monkeypatch.delitem(sys.modules, "callverbs.interpreter.lsp.server", raising=False)
    result = callverbs("lsp")
    assert result.code == 2
    assert 'pip install "callverbs[lsp]"' in result.err
