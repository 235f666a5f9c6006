"""Read-only figures for the dashboard. Nothing here writes."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.reports import (
    FUNNEL,
    FunnelDay,
    ModelUse,
    ScriptName,
    Standing,
    StatsFilter,
)
from candor.common.tally import DialogueShare, Tally
from candor.storage.repositories.education import is_ready_group, is_stuck_group
from candor.storage.tables.accounts import telegram_account_sessions as accounts
from candor.storage.tables.clients import users
from candor.storage.tables.commenting import generated_comments as comments
from candor.storage.tables.education import education_groups as groups
from candor.storage.tables.llm import llm_usage as usage
from candor.storage.tables.messaging import client_conversations as conversations
from candor.storage.tables.messaging import conversation_messages as messages
from candor.storage.tables.messaging import outbox
from candor.storage.tables.sales import sales_scripts as scripts
from candor.storage.tables.sales import script_triggers as triggers

Condition = ColumnElement[bool]


class PgReports:
    """The figures of a period, and how things stand now."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def tally(
        self, wanted: StatsFilter, *, after: datetime | None = None, dialogues: bool = True
    ) -> Tally:
        """What was counted in the period. `after`: it follows one that began then, and a dialogue
        that agreed in that one is not counted again. Without `dialogues` the versions are left out."""
        strategies, authors = await self._answers(wanted)
        return Tally(
            days=await self._funnel(wanted, after),
            strategies=strategies,
            authors=authors,
            reply_seconds=await self._reply_seconds(wanted),
            model=await self._model_use(wanted),
            dialogues=await self._dialogues(wanted) if dialogues else {},
        )

    async def script_names(self) -> dict[int, ScriptName]:
        statement = select(scripts.c.id, scripts.c.key, scripts.c.title)
        rows = await self._connection.execute(statement)
        return {number: ScriptName(key, title) for number, key, title in rows}

    async def standing(self) -> Standing:
        """One statement; every count is over a partial index or a small table. Without the clients."""
        waiting = (conversations.c.list_rank == 0) & (conversations.c.handling == "human")
        held = conversations.c.operator_id.is_not(None) & (conversations.c.handling == "human")
        for_ai = conversations.c.waiting_since.is_not(None) & (conversations.c.handling == "ai")
        stopped = accounts.c.status.in_(("paused", "restricted", "unlabelled"))
        counts = {
            "waiting_for_person": _count(conversations, waiting),
            "held_by_people": _count(conversations, held),
            "waiting_for_ai": _count(conversations, for_ai),
            "pending_comments": _count(comments, comments.c.status == "pending"),
            "active_accounts": _count(accounts, accounts.c.status == "active"),
            "stopped_accounts": _count(accounts, stopped & accounts.c.removed_at.is_(None)),
            "prepared_groups": _count(groups, is_ready_group()),
            "active_groups": _count(groups, groups.c.status == "active"),
            "stuck_groups": _count(groups, is_stuck_group()),
            "unconfirmed": _count(outbox, outbox.c.status == "unconfirmed"),
        }
        statement = select(*(value.label(name) for name, value in counts.items()))
        row = (await self._connection.execute(statement)).mappings().one()
        return Standing(**row)

    async def clients(self) -> int:
        """How many people; of a million it takes a tenth of a second."""
        everybody = select(func.count()).where(users.c.merged_into.is_(None))
        return int(await self._connection.scalar(everybody) or 0)

    async def running_dialogues(self, script_id: int) -> dict[str, int]:
        """Dialogues that follow the script and are not ended, by their step ("": before the first);
        of the first 10,000."""
        found = (
            select(func.coalesce(conversations.c.stage, "").label("step"))
            .where(
                conversations.c.script_id == script_id,
                conversations.c.handling.in_(("ai", "human", "paused")),
            )
            .limit(10_000)
            .subquery()
        )
        statement = select(found.c.step, func.count()).group_by(found.c.step)
        rows = await self._connection.execute(statement)
        return dict(rows.tuples().all())

    # --- the funnel

    async def _funnel(self, wanted: StatsFilter, after: datetime | None) -> tuple[FunnelDay, ...]:
        days: dict[Any, dict[str, int]] = {}
        for stage, statement in _funnel_statements(wanted, after).items():
            for day, count in await self._connection.execute(statement):
                days.setdefault(day, dict.fromkeys(FUNNEL, 0))[stage] = count
        return tuple(FunnelDay(day, **days[day]) for day in sorted(days))

    async def _answers(self, wanted: StatsFilter) -> tuple[dict[str, int], dict[str, int]]:
        statement = (
            select(messages.c.strategy, messages.c.author, func.count())
            .where(messages.c.direction == "out", *_of_messages(wanted))
            .group_by(messages.c.strategy, messages.c.author)
        )
        strategies, authors = {"script_80": 0, "free_20": 0}, {"ai": 0, "human": 0}
        for strategy, author, count in await self._connection.execute(statement):
            authors[author] = authors.get(author, 0) + count
            if strategy and author == "ai":
                strategies[strategy] += count
        return strategies, authors

    async def _model_use(self, wanted: StatsFilter) -> ModelUse:
        """All calls of the period; under a filter those for the clients of its dialogues."""
        mine = tuple(_of_conversations(wanted))
        whose = [usage.c.client_id.in_(select(conversations.c.client_id).where(*mine))]
        statement = select(
            func.count(),
            func.coalesce(func.sum(usage.c.prompt_tokens), 0),
            func.coalesce(func.sum(usage.c.completion_tokens), 0),
            func.coalesce(func.sum(usage.c.cost), 0),
            func.coalesce(func.sum(usage.c.cost).filter(usage.c.purpose == "reply"), 0),
        ).where(_within(usage.c.at, wanted), *(whose if mine else ()))
        calls, prompt, completion, cost, replies = (await self._connection.execute(statement)).one()
        return ModelUse(
            calls, int(prompt), int(completion), Decimal(str(cost)), Decimal(str(replies))
        )

    async def _reply_seconds(self, wanted: StatsFilter) -> dict[float, int]:
        waited = func.extract("epoch", messages.c.answered_at - messages.c.created_at)
        seconds = func.round(cast(waited, Numeric), 2)
        statement = (
            select(seconds, func.count())
            .where(
                messages.c.direction == "in",
                messages.c.answered_at.is_not(None),
                messages.c.strategy.is_not(None) | messages.c.analysis.is_not(None),
                *_of_messages(wanted),
            )
            .group_by(seconds)
        )
        rows = await self._connection.execute(statement)
        return {float(value): count for value, count in rows}

    async def _dialogues(self, wanted: StatsFilter) -> dict[int, DialogueShare]:
        said = (
            select(
                messages.c.conversation_id,
                func.count().filter(messages.c.strategy == "script_80").label("script_80"),
                func.count().filter(messages.c.strategy == "free_20").label("free_20"),
                func.bool_or(_agreed()).label("agreed"),
            )
            .where(messages.c.direction == "out", messages.c.author == "ai", *_of_messages(wanted))
            .group_by(messages.c.conversation_id)
            .subquery()
        )
        statement = select(
            conversations.c.id,
            conversations.c.script_id,
            conversations.c.script_version,
            conversations.c.script_fit_score,
            said.c.script_80,
            said.c.free_20,
            func.coalesce(said.c.agreed, False),
        ).join_from(said, conversations, conversations.c.id == said.c.conversation_id)
        rows = await self._connection.execute(statement.where(conversations.c.script_id > 0))
        return {row[0]: DialogueShare(*row[1:]) for row in rows}


def _agreed() -> Condition:
    """The message carries a trigger that opens a study group."""
    opening = select(triggers.c.key).where(triggers.c.action == "open_group").distinct()
    return messages.c.trigger.in_(opening)


def _count(table: Any, condition: Condition) -> Any:
    return select(func.count()).select_from(table).where(condition).scalar_subquery()


def _day(column: Any, wanted: StatsFilter) -> Any:
    return cast(func.timezone(wanted.timezone, column), Date)


def _within(column: Any, wanted: StatsFilter) -> Condition:
    return and_(column >= wanted.since, column < wanted.until)


def _of_messages(wanted: StatsFilter) -> Iterable[Condition]:
    yield _within(messages.c.created_at, wanted)
    if wanted.account_id is not None:
        yield messages.c.account_id == wanted.account_id
    if wanted.script_id is not None or wanted.channel_id is not None:
        inner = select(conversations.c.id).where(*_of_conversations(wanted))
        yield messages.c.conversation_id.in_(inner)


def _of_conversations(wanted: StatsFilter) -> Iterable[Condition]:
    if wanted.account_id is not None:
        yield conversations.c.account_id == wanted.account_id
    if wanted.script_id is not None:
        yield conversations.c.script_id == wanted.script_id
    if wanted.script_version is not None:
        yield conversations.c.script_version == wanted.script_version
    if wanted.channel_id is not None:
        origins = select(func.concat("c_", comments.c.id)).where(
            comments.c.channel_id == wanted.channel_id
        )
        yield conversations.c.origin.in_(origins)


def _funnel_statements(wanted: StatsFilter, after: datetime | None) -> dict[str, Any]:
    """Per stage: a statement of days and counts."""
    made = conversations.c.created_at
    mine = tuple(_of_conversations(wanted))
    return {
        "comments": _by_day(comments.c.sent_at, wanted, comments, *_of_comments(wanted)),
        "clicks": _by_day(made, wanted, conversations, conversations.c.origin.like("c\\_%"), *mine),
        "dialogues": _by_day(made, wanted, conversations, *mine),
        "agreements": _agreements(wanted, after),
        "groups": _by_day(groups.c.joined_at, wanted, groups, *_of_groups(wanted)),
        "tasks_done": _by_day(
            func.coalesce(groups.c.task_done_at, groups.c.completed_at),
            wanted,
            groups,
            *_of_groups(wanted),
        ),
    }


def _by_day(at: Any, wanted: StatsFilter, table: Any, *conditions: Condition) -> Any:
    day = _day(at, wanted)
    return (
        select(day, func.count())
        .select_from(table)
        .where(_within(at, wanted), *conditions)
        .group_by(day)
    )


def _of_comments(wanted: StatsFilter) -> Iterable[Condition]:
    if wanted.account_id is not None:
        yield comments.c.account_id == wanted.account_id
    if wanted.channel_id is not None:
        yield comments.c.channel_id == wanted.channel_id


def _of_groups(wanted: StatsFilter) -> Iterable[Condition]:
    mine = tuple(_of_conversations(wanted))
    if mine:
        yield groups.c.conversation_id.in_(select(conversations.c.id).where(*mine))


def _agreements(wanted: StatsFilter, after: datetime | None) -> Any:
    """Each dialogue once, on the day of its first agreement; none that agreed since `after`."""
    agreed = messages.c.trigger.is_not(None) & _agreed()
    told = select(messages.c.conversation_id, func.min(messages.c.created_at).label("at"))
    first = (
        told.where(agreed, *_of_messages(wanted)).group_by(messages.c.conversation_id).subquery()
    )
    day = _day(first.c.at, wanted)
    statement = select(day, func.count()).group_by(day)
    if after is None:
        return statement
    before = (
        select(messages.c.id)
        .where(
            messages.c.conversation_id == first.c.conversation_id,
            messages.c.created_at >= after,
            messages.c.created_at < wanted.since,
            agreed,
        )
        .correlate(first)
    )
    return statement.where(~before.exists())
