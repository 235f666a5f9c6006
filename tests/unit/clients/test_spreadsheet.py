"""No name that a stranger chose becomes a formula in the owner's spreadsheet."""

import csv
import io
from datetime import UTC, datetime

import pytest

from candor.clients.record import ClientRecord
from candor.clients.spreadsheet import HEADING, harmless_cell, heading, lines
from candor.common.ids import ClientId, TelegramUserId

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def record(name: str) -> ClientRecord:
    return ClientRecord(
        id=ClientId(1),
        telegram_user_id=TelegramUserId(7),
        name=name,
        username=None,
        language="ru",
        time_zone=None,
        source="comment",
        source_details={"comment": 3},
        milestone="dialogue",
        tags=("vip", "=1+1"),
        owner_id=None,
        owner=None,
        created_at=NOW,
        last_seen_at=NOW,
        opted_out_at=None,
        consents=("marketing",),
    )


@pytest.mark.parametrize(
    "name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1", "|cmd"]
)
def test_that_a_formula_is_disarmed(name: str) -> None:
    assert harmless_cell(name) == f"'{name}"


def test_that_ordinary_words_stay_as_they_are() -> None:
    assert harmless_cell("Анна-Мария (2=2)") == "Анна-Мария (2=2)"


def test_that_a_row_reads_back_with_every_column_and_without_a_formula() -> None:
    text = heading() + lines([record('=cmd|"/C calc"!A0, "quoted"\nsecond line')])
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    assert tuple(rows[0]) == HEADING
    found = dict(zip(rows[0], rows[1], strict=True))
    assert found["name"].startswith("'=cmd")
    assert found["tags"] == "vip; =1+1"
    assert found["consents"] == "marketing"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in rows[1])
