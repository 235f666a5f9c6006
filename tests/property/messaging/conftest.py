"""The small world of the integration tests, used here too."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import FrozenClock
from candor.storage.unit_of_work import Units


def _load() -> ModuleType:
    name = "candor_messaging_world"
    if name not in sys.modules:
        path = Path(__file__).parents[2] / "integration" / "messaging" / "conftest.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
async def world(engine: AsyncEngine, units: Units, clock: FrozenClock) -> object:
    module = _load()
    await module.add_account(engine, clock)
    return module.World(engine, units, clock, module.ScriptedTelegram(clock))
