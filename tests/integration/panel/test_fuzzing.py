"""Schemathesis over the whole document: whatever is sent, the answer is never a server error."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.panel.conftest import RunningPanel

from candor.panel.ports import PanelSettings


@pytest.fixture
def panel_settings() -> PanelSettings:
    return PanelSettings(business_name="Lighthouse School", token_calls_per_minute=1_000_000)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_no_input_makes_a_server_error(panel: RunningPanel, tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{panel.address}/api/openapi.json",
        *("-H", f"Authorization: Bearer {panel.token()}"),
        *("--checks", "not_a_server_error,response_schema_conformance,status_code_conformance"),
        *("--phases", "coverage,fuzzing", "--max-examples", "5", "--seed", "7"),
        *("--suppress-health-check", "all", "--continue-on-failure"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    told = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    assert done.returncode == 0, told[-6000:] + done.stderr[-2000:]
