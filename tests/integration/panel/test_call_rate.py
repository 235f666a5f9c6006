"""A token that calls too fast has to wait, and is told how long."""

import pytest
from tests.integration.panel.conftest import RunningPanel

from candor.panel.ports import PanelSettings


@pytest.fixture
def panel_settings() -> PanelSettings:
    return PanelSettings(business_name="Lighthouse School", token_calls_per_minute=6)


def test_that_a_token_that_calls_too_fast_has_to_wait(panel: RunningPanel) -> None:
    api = panel.program()
    assert api.get("/api/accounts").status_code == 200
    refused = api.get("/api/accounts")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert panel.program("viewer").get("/api/accounts").status_code == 200
