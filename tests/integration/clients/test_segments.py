"""Segments: any filters together give exactly those whom they name, in order, from either side."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from candor.clients.record import ClientFilter, ClientRecord
from candor.common.ids import OperatorId
from candor.common.paging import Cut, Part
from candor.storage.repositories import clients_segments
from candor.storage.unit_of_work import Units

NOW = datetime.now(UTC)
PEOPLE = 360
FILL = """
    INSERT INTO operators (email, role, password_hash, created_at)
        VALUES ('anna@example.org', 'operator', 'x', now());
    INSERT INTO users (telegram_user_id, first_name, username, language, created_at, last_seen_at,
        opted_out_at, source, milestone, tags, consents, owner_id, merged_into)
    SELECT n, (ARRAY['Анна','Борис','Olga'])[1 + n % 3], 'user_' || n,
        CASE WHEN n % 20 = 0 THEN 'en' ELSE 'ru' END, now() - interval '1 year',
        now() - (n * 7 % 360) * interval '1 day', CASE WHEN n % 50 = 0 THEN now() END,
        CASE WHEN n < 100 THEN 'comment' ELSE 'direct' END,
        CASE WHEN n % 4 = 0 THEN 'agreed' ELSE 'dialogue' END,
        CASE WHEN n <= 40 THEN '{spring}'::text[] WHEN n BETWEEN 150 AND 190 THEN '{summer}'::text[]
            WHEN n > 350 THEN '{new,spring}'::text[] ELSE '{}'::text[] END,
        CASE WHEN n % 10 = 0 THEN '{dialogue,marketing}'::text[] ELSE '{dialogue}'::text[] END,
        CASE WHEN n % 30 = 0 THEN 1 END, CASE WHEN n % 90 = 7 THEN 1 END
    FROM generate_series(1, 360) AS n;
    ANALYZE users
"""
CHOICES: dict[str, Sequence[Any]] = {
    "q": ("", "", "ан", "user", "бор user"),
    "milestone": (None, None, "agreed"),
    "source": (None, None, "comment", "direct"),
    "tag": ("", "", "spring", "summer", "new", "no such"),
    "owner_id": (None, None, None, OperatorId(1)),
    "language": (None, None, None, "en"),
    "consent": (None, None, "dialogue", "marketing"),
    "opted_out": (None, None, None, True, False),
    "active_since": (None, None, None, NOW - timedelta(days=90)),
    "quiet_since": (None, None, None, NOW - timedelta(days=120)),
}


def fits(wanted: ClientFilter, one: ClientRecord) -> bool:
    """The filter in plain words."""
    words = f"{one.name} {one.username}".casefold().replace("_", " ").split()
    return (
        all(any(word.startswith(part) for word in words) for part in wanted.q.split())
        and wanted.milestone in (None, one.milestone)
        and wanted.source in (None, one.source)
        and (not wanted.tag or wanted.tag in one.tags)
        and wanted.owner_id in (None, one.owner_id)
        and wanted.language in (None, one.language)
        and (wanted.consent is None or wanted.consent in one.consents)
        and wanted.opted_out in (None, one.opted_out_at is not None)
        and (wanted.active_since is None or one.last_seen_at >= wanted.active_since)
        and (wanted.quiet_since is None or one.last_seen_at < wanted.quiet_since)
    )


def in_order(wanted: ClientFilter, records: Sequence[ClientRecord]) -> list[int]:
    def key(one: ClientRecord) -> tuple[Any, ...]:
        return (one.id,) if wanted.quiet_since is None else (one.last_seen_at.date(), one.id)

    return [one.id for one in sorted(records, key=key, reverse=True)]


async def page(units: Units, wanted: ClientFilter, cut: Cut) -> Part[ClientRecord]:
    async with units() as unit:
        return await unit.client_records.page(wanted, cut)


@pytest.mark.parametrize("seed", range(4))
async def test_that_any_filters_together_find_exactly_whom_they_name(
    units: Units, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(clients_segments, "SMALL", 0)
    monkeypatch.setattr(clients_segments, "SAMPLED", 8)
    monkeypatch.setattr(clients_segments, "DENSE", 2)
    async with units() as unit:
        for statement in FILL.split(";"):
            await unit._connection.execute(text(statement))
    everybody = (await page(units, ClientFilter(), Cut(limit=PEOPLE))).items
    assert len(everybody) == PEOPLE - 4, "those who were merged away are in no segment"
    chance = random.Random(seed)

    for _ in range(12):
        wanted = ClientFilter(**{name: chance.choice(some) for name, some in CHOICES.items()})
        expected = in_order(wanted, [one for one in everybody if fits(wanted, one)])
        async with units() as unit:
            assert await unit.client_records.count(wanted) == len(expected), wanted
        part, forward = await page(units, wanted, Cut(limit=7)), []
        assert part.total == len(expected), wanted
        while True:
            forward += [one.id for one in part.items]
            if part.next is None:
                break
            part = await page(units, wanted, Cut(limit=7, after=part.next))
        assert forward == expected, wanted
        if part.previous is not None:
            before = await page(units, wanted, Cut(limit=7, before=part.previous))
            at = len(forward) - len(part.items)
            assert [one.id for one in before.items] == expected[at - 7 : at], wanted
        third = await page(units, wanted, Cut(limit=7, offset=14))
        assert [one.id for one in third.items] == expected[14:21], wanted
