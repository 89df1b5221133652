"""The store in memory passes the contract tests."""

import pytest

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.stores.memory import MemoryStore
from tests.interpreter.stores.contract import Contract


class TestMemory(Contract):
    @pytest.fixture
    async def store(self) -> Store:
        return MemoryStore()
