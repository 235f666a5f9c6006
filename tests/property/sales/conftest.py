"""The shop of the integration tests, used here too."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import FrozenClock
from candor.storage.unit_of_work import Units


def _load() -> ModuleType:
    name = "candor_sales_shop"
    if name not in sys.modules:
        path = Path(__file__).parents[2] / "integration" / "sales" / "conftest.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
async def shop(engine: AsyncEngine, units: Units, clock: FrozenClock) -> object:
    made = _load().Shop(engine, units, clock)
    await made.execute(
        "INSERT INTO telegram_account_sessions (kind, role, title, status, status_at, secret,"
        " disclosed_at, created_at)"
        " VALUES ('bot', 'sales', 'Bot', 'active', now(), 'x', now(), now())"
    )
    return made
