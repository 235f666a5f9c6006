"""A demo of its own with a model that knows three comments: without one nothing is to be approved."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.commenting.conftest import demo, model

__all__ = ["demo", "model"]
PATIENCE = 45_000
"""Milliseconds: the machine may be busy; nothing waits longer than it has to."""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)
