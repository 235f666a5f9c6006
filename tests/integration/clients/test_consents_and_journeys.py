"""Consents can be proved and taken back; journeys keep stages with times and causes."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from candor.clients.consent import CONSENT_PURPOSES, Consent, ConsentPurpose
from candor.clients.journey import DiagnosticResult, StageEntry
from candor.clients.record import ClientFilter
from candor.common.ids import ClientId
from candor.common.paging import Cut
from candor.storage.unit_of_work import Units

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CLIENT = ClientId(1)


async def add_client(units: Units, telegram_id: int = 7) -> None:
    async with units() as unit:
        await unit._connection.execute(
            text(
                "INSERT INTO users (telegram_user_id, first_name, language, created_at,"
                " last_seen_at) VALUES (:telegram_id, 'Ольга', 'ru', :now, :now)"
            ),
            {"now": NOW, "telegram_id": telegram_id},
        )


def consent(
    version: str,
    at: datetime,
    client_id: ClientId = CLIENT,
    purpose: ConsentPurpose = "marketing",
) -> Consent:
    return Consent(
        client_id=client_id,
        purpose=purpose,
        text_version=version,
        text="Присылайте новости",
        source="chat:1 message:5",
        granted_at=at,
    )


async def test_that_one_consent_stands_per_purpose_and_the_older_stays_provable(
    units: Units,
) -> None:
    await add_client(units)
    async with units() as unit:
        await unit.consents.grant(consent("1", NOW))
        await unit.consents.grant(consent("2", NOW + timedelta(days=1)))
        standing = await unit.consents.standing(CLIENT, "marketing")
        kept = await unit._connection.scalar(text("SELECT count(*) FROM user_consents"))

    assert standing is not None
    assert (standing.text_version, standing.text) == ("2", "Присылайте новости")
    assert kept == 2


async def test_that_a_withdrawn_consent_no_longer_stands(units: Units) -> None:
    await add_client(units)
    async with units() as unit:
        await unit.consents.grant(consent("1", NOW))
        assert await unit.consents.withdraw(CLIENT, now=NOW + timedelta(hours=1)) == 1
        assert await unit.consents.withdraw(CLIENT, now=NOW + timedelta(hours=2)) == 0
        assert await unit.consents.standing(CLIENT, "marketing") is None


@pytest.mark.parametrize("seed", range(6))
async def test_that_a_segment_holds_exactly_those_whose_consent_stands(
    units: Units, seed: int
) -> None:
    chance = random.Random(seed)
    people = [ClientId(number) for number in range(1, 6)]
    for number in people:
        await add_client(units, telegram_id=number)
    for hour in range(40):
        client, purpose = chance.choice(people), chance.choice(CONSENT_PURPOSES)
        at = NOW + timedelta(hours=hour)
        async with units() as unit:
            if chance.random() < 0.6:
                await unit.consents.grant(consent("1", at, client, purpose))
            elif chance.random() < 0.8:
                await unit.consents.withdraw(client, now=at, purpose=purpose)
            else:
                await unit.consents.withdraw(client, now=at)
    async with units() as unit:
        await unit.client_records.merge(people[0], people[1], now=NOW + timedelta(hours=50))

    async with units() as unit:
        for purpose in CONSENT_PURPOSES:
            page = await unit.client_records.page(ClientFilter(consent=purpose), Cut(limit=9))
            standing = [
                number
                for number in people
                if number != people[1] and await unit.consents.standing(number, purpose)
            ]
            assert sorted(record.id for record in page.items) == standing
            assert all(purpose in record.consents for record in page.items)


async def test_that_a_stage_is_left_when_the_next_is_entered(units: Units) -> None:
    await add_client(units)

    def entry(stage: str, hours: int) -> StageEntry:
        return StageEntry(
            client_id=CLIENT,
            journey="education",
            stage=stage,
            cause="lesson",
            entered_at=NOW + timedelta(hours=hours),
        )

    async with units() as unit:
        assert await unit.journey.enter(entry("lesson-1", 0))
        assert not await unit.journey.enter(entry("lesson-1", 1))
        assert await unit.journey.enter(entry("lesson-2", 2))
        stages = await unit.journey.of_client(CLIENT)

    assert [(s.stage, s.left_at) for s in stages] == [
        ("lesson-1", NOW + timedelta(hours=2)),
        ("lesson-2", None),
    ]


async def test_that_questionnaires_are_kept_newest_first(units: Units) -> None:
    await add_client(units)
    async with units() as unit:
        for goal in ("работа", "поездки"):
            await unit.journey.add_diagnostic(
                DiagnosticResult(
                    client_id=CLIENT,
                    kind="goals",
                    answers={"goal": goal},
                    result={"step": "need"},
                    created_at=NOW,
                )
            )
        found = await unit.journey.diagnostics_of(CLIENT)

    assert [d.answers["goal"] for d in found] == ["поездки", "работа"]
