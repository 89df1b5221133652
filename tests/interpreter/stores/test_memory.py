"""The store for tests."""

import pytest

from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Store
from tests.interpreter.stores.contract import Contract


class TestMemory(Contract):
    @pytest.fixture
    async def store(self) -> Store:
        return MemoryStore()
