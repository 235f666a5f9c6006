"""Clients as CSV for spreadsheets and other programs, safe to open: no cell can become a formula."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Final

from candor.clients.record import ClientRecord

HEADING: Final = (
    "id",
    "telegram_id",
    "username",
    "name",
    "language",
    "time_zone",
    "source",
    "source_details",
    "milestone",
    "tags",
    "owner",
    "consents",
    "dialogues",
    "created_at",
    "last_seen_at",
    "opted_out_at",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def harmless_cell(text: str) -> str:
    """The text, or with an apostrophe in front where a spreadsheet would run it as a formula."""
    bare = text.lstrip(" \u00a0")
    return f"'{text}" if text.startswith(_FORMULA) or bare.startswith(_FORMULA) else text


def heading() -> str:
    """The first line, after the mark by which spreadsheets know UTF-8."""
    return "\ufeff" + _line(HEADING)


def lines(records: Iterable[ClientRecord]) -> str:
    return "".join(_line(_cells(record)) for record in records)


def _cells(record: ClientRecord) -> tuple[str, ...]:
    details = (
        json.dumps(dict(record.source_details), ensure_ascii=False) if record.source_details else ""
    )
    return (
        str(record.id),
        str(record.telegram_user_id),
        record.username or "",
        record.name,
        record.language,
        record.time_zone or "",
        record.source,
        details,
        record.milestone,
        "; ".join(record.tags),
        record.owner or "",
        "; ".join(record.consents),
        str(record.conversations),
        record.created_at.isoformat(),
        record.last_seen_at.isoformat(),
        record.opted_out_at.isoformat() if record.opted_out_at else "",
    )


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(harmless_cell(cell) for cell in cells)
    return written.getvalue()
