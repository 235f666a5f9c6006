"""What comments bring: every column of the marketing view, and hours that are learnt from it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from tests.integration.commenting.conftest import APPROVER, DRAFTS, POST_TEXT, Stage

from candor.commenting.comment import Comment, Engagement
from candor.commenting.marketing import MarketingBy

MOSCOW = ZoneInfo("Europe/Moscow")
_SEED = (
    """
    INSERT INTO sales_scripts (id, key, kind, title, language, version, created_at, updated_at)
    OVERRIDING SYSTEM VALUE VALUES (1, 'first', 'sales', 'Первый', 'ru', 1, :now, :now)
    """,
    """
    INSERT INTO script_versions (script_id, version, document, author, created_at)
    VALUES (1, 1, '{}', 'test', :now)
    """,
    """
    INSERT INTO script_triggers (script_id, version, key, action, fits, unless)
    VALUES (1, 1, 'agrees', 'open_group', '[]', '[]'), (1, 1, 'asks', 'hand_off', '[]', '[]')
    """,
)
_CLIENT = """
    WITH client AS (
        INSERT INTO users (telegram_user_id, language, created_at, last_seen_at)
        VALUES (:person, 'ru', :now, :now) RETURNING id
    ), chat AS (
        INSERT INTO chats (account_id, chat_id, type, client_id, created_at)
        SELECT :account, :person, 'private', id, :now FROM client RETURNING id, client_id
    ), talk AS (
        INSERT INTO client_conversations (client_id, account_id, chat, handling_since, script_id,
            script_version, origin, created_at, active_at)
        SELECT client_id, :account, id, :now, 1, 1, :origin, :now, :now FROM chat RETURNING id
    )
    INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id, direction,
        author, text, created_at, trigger)
    SELECT talk.id, :account, :person, said.number, 'in', 'client', said.words, :now, said.trigger
    FROM talk, jsonb_to_recordset(CAST(:said AS jsonb)) AS said
        (number bigint, words text, trigger text)
"""


async def client(
    stage: Stage, comment: Comment, person: int, *said: tuple[str, str | None]
) -> None:
    """A person who followed the comment's link and said this."""
    lines = ", ".join(
        f'{{"number": {number}, "words": "{words}", "trigger": {_json(trigger)}}}'
        for number, (words, trigger) in enumerate(said, 1)
    )
    values = {
        "person": person,
        "account": comment.account_id,
        "origin": f"c_{comment.id}",
        "said": f"[{lines}]",
        "now": stage.clock.now(),
    }
    async with stage.engine.begin() as connection:
        await connection.execute(text(_CLIENT), values)


def _json(trigger: str | None) -> str:
    return "null" if trigger is None else f'"{trigger}"'


async def published(stage: Stage) -> Comment:
    await stage.scripted(daily_cap=3)
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    await stage.run_lanes()
    return await stage.comment(pending.id)


@pytest.mark.parametrize("by", ["channel", "account", "topic", "wording"])
async def test_that_every_column_counts_what_happened(stage: Stage, by: MarketingBy) -> None:
    comment = await published(stage)
    async with stage.engine.begin() as connection:
        for statement in _SEED:
            await connection.execute(text(statement), {"now": stage.clock.now()})
        await connection.execute(text("UPDATE generated_comments SET cost = '0.0125'"))
    await client(stage, comment, 1, ("/start c_1", None))
    await client(stage, comment, 2, ("/start c_1", None), ("Расскажите о курсе", None))
    await client(stage, comment, 3, ("Хочу человека", "asks"))
    await client(stage, comment, 4, ("Да, добавляйте", "agrees"), ("Спасибо", None))
    async with stage.units() as unit:
        seen = Engagement(views=120, replies=3, reactions=7)
        await unit.comments.note_engagement(comment.id, seen, now=stage.clock.now())
    now = stage.clock.now()
    (row,) = await stage.reports.marketing(by, now - timedelta(days=1), now + timedelta(days=1))
    assert (row.published, row.views, row.replies, row.reactions) == (1, 120, 3, 7)
    assert (row.clicks, row.dialogues, row.agreements) == (4, 3, 1)
    assert str(row.cost) == "0.0125"


async def test_that_rejected_drafts_cost_and_count_as_nothing_else(stage: Stage) -> None:
    await stage.scripted()
    pending = await stage.pending()
    async with stage.engine.begin() as connection:
        await connection.execute(text("UPDATE generated_comments SET cost = '0.002'"))
    await stage.approval.reject(pending.id, "не наш тон", APPROVER)
    now = stage.clock.now()
    (row,) = await stage.reports.marketing(
        "channel", now - timedelta(days=1), now + timedelta(days=1)
    )
    assert (row.published, row.views, str(row.cost)) == (0, None, "0.002")


async def test_that_the_hour_that_brought_answers_is_preferred(stage: Stage) -> None:
    comment = await published(stage)
    good = datetime(2026, 3, 1, 15, 20, tzinfo=MOSCOW)
    async with stage.engine.begin() as connection:
        # Yesterday's comment went out after three in Moscow and was talked about.
        await connection.execute(
            text(
                "UPDATE generated_comments SET sent_at = :at, created_at = :at, engagement_at = :at,"
                """ engagement = '{"replies": 5, "reactions": 4}' WHERE id = :id"""
            ),
            {"at": good, "id": comment.id},
        )
        await connection.execute(text("UPDATE comment_schedules SET slot_at = :at"), {"at": good})
    assert stage.clock.now().astimezone(MOSCOW).hour == 12
    stage.model.drafts = [
        "Повторение слов легче держать рядом с привычкой: карточки лежат у двери, и по пути их "
        "можно перелистать дважды."
    ]
    await stage.monitor.record_post(stage.arrived(2, POST_TEXT + " Напишите ниже."))
    await stage.run_lanes()
    (pending,) = await stage.comments("pending")
    assert DRAFTS[0] not in pending.text
    scheduled = await stage.approval.approve(pending.id, pending.text, APPROVER)
    assert scheduled.scheduled_for is not None
    assert scheduled.scheduled_for.astimezone(MOSCOW).hour == 15
