"""Consents can be proved and taken back; journeys keep stages with times and causes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from candor.clients.consent import Consent
from candor.clients.journey import DiagnosticResult, StageEntry
from candor.common.ids import ClientId
from candor.storage.unit_of_work import Units

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CLIENT = ClientId(1)


async def add_client(units: Units) -> None:
    async with units() as unit:
        await unit._connection.execute(
            text(
                "INSERT INTO users (telegram_user_id, first_name, language, created_at,"
                " last_seen_at) VALUES (7, 'Ольга', 'ru', :now, :now)"
            ),
            {"now": NOW},
        )


def consent(version: str, at: datetime) -> Consent:
    return Consent(
        client_id=CLIENT,
        purpose="marketing",
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
