"""Each benchmark once, as small as it goes: that it still measures what it says."""

import sys
from pathlib import Path
from typing import Any, cast

import pytest

from candor.bench import crash, delivery, groups, grow, panel, reload, start, turns
from candor.bench.sayings import TURNS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="reads the processes of Linux"),
]


async def test_that_killed_processes_lose_and_double_nothing(tmp_path: Path) -> None:
    figures = await crash.run(tmp_path / "data", kills=2, people=6)
    assert figures["inbound_lost"] == 0
    assert figures["inbound_unanswered"] == 0
    assert figures["doubled"] == 0
    assert figures["missing"] == 0


async def test_that_a_saved_script_reaches_every_process(tmp_path: Path) -> None:
    figures = await reload.run(tmp_path / "data", saves=5)
    assert figures["processes"] == 3
    assert 0 <= cast("float", figures["p99_ms"]) < 10_000


async def test_that_delivery_keeps_the_limits_and_the_order(tmp_path: Path) -> None:
    figures = await delivery.run(tmp_path / "data", chats=5)
    assert figures["refused_429"] == 0
    assert figures["chats_out_of_order"] == 0
    assert figures["not_sent"] == 0


async def test_that_lessons_due_at_once_are_led_in_order(tmp_path: Path) -> None:
    figures = await groups.run(tmp_path / "data", groups=3, agreements=2)
    assert figures["groups_out_of_order"] == 0
    assert figures["texts_doubled"] == 0
    assert figures["refused_429"] == 0
    assert figures["not_sent"] == 0
    assert cast("float", figures["yes_to_invitation_p95_s"]) > 0


async def test_that_growth_is_measured_turn_by_turn(tmp_path: Path) -> None:
    (figures,) = await grow.run(tmp_path / "data", sizes=(10, 50), runs=1, turns=2)
    smallest = cast("dict[str, Any]", figures["conversations_10"])
    assert smallest["turns"] == 2 * grow.BLOCKS
    assert smallest["own_cpu_ms"] > 0


async def test_that_turns_are_answered_beside_the_floor(tmp_path: Path) -> None:
    figures = await turns.run(tmp_path / "data", concurrency=(2,))
    for engine in ("offline", "model_400ms"):
        level = cast("dict[str, Any]", figures[engine])["at_once_2"]
        for measured in (level["candor"], level["floor"]):
            assert measured["turns"] == 2 * TURNS
            assert measured["errors"] == 0


async def test_that_a_start_is_measured_up_to_its_health(tmp_path: Path) -> None:
    figures = await start.run(tmp_path / "data")
    assert figures["first_exit_code"] == 0
    assert figures["second_exit_code"] == 0
    assert cast("float", figures["second_resident_mib"]) > 0


async def test_that_every_page_is_measured(tmp_path: Path) -> None:
    (figures,) = await panel.run(tmp_path / "data", dialogues=1000, runs=1, requests=1)
    assert figures["pages"] == len(panel.PAGES)
    assert all(name in figures for name, _ in panel.PAGES)
