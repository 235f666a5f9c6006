"""`groups`: lessons due in the same minute, and the way from a client's yes to the invitation.

Part one: many active groups, one teacher, one partner, every task due at the same moment, with the
limits of the sandbox on. Part two: people say yes to the sample script while groups are prepared for
them; counted is the time from the stored yes to the stored invitation, which is all but Telegram's
own pace.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from sqlalchemy import text

from candor.bench.delivery import CountedLimits
from candor.bench.results import percentile
from candor.bench.stage import FIRST_PERSON, Child, Stage, bot_name, set_stage, wait_until
from candor.common.ids import (
    AccountId,
    ClientId,
    GroupId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.education.closing import LEAD_LANE
from candor.education.partner import Partner
from candor.education.ports import Group
from candor.messaging.incoming import IncomingMessage

GROUPS: Final = 1000
AGREEMENTS: Final = 40
AT_ONCE: Final = 4
"""So many people talk at the same time in part two."""
OWNER: Final = 600_000_000
_TEXTS: Final = 2
"""In each group: the task, and the partner's reaction to it."""
_SETTLE_SECONDS: Final = 8.0
"""Until a started worker is at rest."""
_READING_SECONDS: Final = 1.2
"""A person's pause, longer than the chat's own limit."""
_SETTLED: Final = (
    "UPDATE conversation_messages SET answered_at = created_at",
    "UPDATE client_conversations SET waiting_since = NULL",
    "DELETE FROM lanes",
)
_PARTNER: Final = "lighthouse_bench_partner_bot"
_WORDS: Final = ("здравствуйте", "хочу для работы", "да, добавляйте")
_SCRIPT: Final = """
key: bench-lessons
kind: education
title: Занятие
language: ru
steps:
  - key: task
    say: Сегодня короткое задание.
    task: Напишите одну фразу о себе.
    reactions:
      - {partner: curious, kind: question, text: А если фраза совсем короткая?}
    send_at: now
"""


async def run(
    data_dir: Path, *, groups: int = GROUPS, agreements: int = AGREEMENTS
) -> dict[str, object]:
    """One run of both parts on one stage."""
    async with set_stage(data_dir) as stage:
        limits = CountedLimits(stage.sandbox.world.clock)
        stage.sandbox.api.limits = limits
        partner = await _partner(stage)
        await stage.container.scripts.import_script(_SCRIPT, author="bench")
        chats = await _active_groups(stage, groups, partner)
        candor = stage.start(roles="worker")
        memory = await _lead_all(stage, candor, chats)
        candor.stop()
        figures = _figures(stage, chats, limits.refused) | memory
        figures["not_sent"] = await _count(stage, "outbox", "status <> 'sent'")
        figures |= await _agreements(stage, agreements, first=groups)
    return figures


# --- part one


async def _partner(stage: Stage) -> Partner:
    made = await stage.ask("POST", "/bots", {"username": _PARTNER, "name": "Почемучка"})
    account = await stage.container.accounts.add_bot(
        SecretStr(str(made["token"])), role="partner", title="Почемучка", actor="bench"
    )
    partner = Partner(account.id, "Почемучка", _PARTNER, "curious")
    async with stage.container.units() as unit:
        await unit.student_bots.add(partner, now=stage.container.clock.now())
    return partner


async def _active_groups(stage: Stage, count: int, partner: Partner) -> list[int]:
    """Groups whose client has joined; it is noon for every client."""
    await stage.ask("POST", "/users", {"id": OWNER, "first_name": "Ольга"})
    chats = [await _chat(stage, number) for number in range(count)]
    for number in range(count):
        await stage.container.messaging.inbox.receive(_hello(stage, number))
    now = stage.container.clock.now()
    async with stage.container.engine.begin() as connection:
        for statement in _SETTLED:
            await connection.execute(text(statement))
        await connection.execute(text("UPDATE users SET time_zone = :zone"), {"zone": _zone(now)})
    async with stage.container.units() as unit:
        for number, chat in enumerate(chats):
            client = await unit.users.find(TelegramUserId(FIRST_PERSON + number))
            if client is not None:
                made = await unit.groups.add(_group(client.id, chat, now))
                await unit.student_bots.put_in_group(made.id, (partner,))
    return chats


async def _chat(stage: Stage, number: int) -> int:
    made = await stage.ask(
        "POST",
        "/chats",
        {"type": "supergroup", "title": f"Группа {number}", "owner_id": OWNER},
    )
    chat = int(str(made["id"]))
    for username, place in ((bot_name(0), "admin"), (_PARTNER, "member")):
        body = {"username": username, "as": place}
        await stage.ask("POST", f"/chats/{chat}/members", body)
    return chat


def _group(client: ClientId, chat: int, now: datetime) -> Group:
    return Group(
        id=GroupId(0),
        account_id=AccountId(1),
        status="active",
        source="pool",
        title="Занятие",
        language="ru",
        created_at=now,
        client_id=client,
        chat_id=TelegramChatId(chat),
        script_key="bench-lessons",
        consent_at=now,
        consent_version="bench",
        joined_at=now,
    )


def _hello(stage: Stage, number: int) -> IncomingMessage:
    return IncomingMessage(
        account_id=AccountId(1),
        chat_id=TelegramChatId(FIRST_PERSON + number),
        sender_id=TelegramUserId(FIRST_PERSON + number),
        message_id=TelegramMessageId(1_000_000 + number),
        text=_WORDS[0],
        sent_at=stage.container.clock.now(),
        first_name=f"Клиент {number}",
    )


def _zone(now: datetime) -> str:
    """A zone in which it is about noon: lessons keep the client's quiet hours."""
    hours = now.hour - 12
    return f"Etc/GMT{hours:+d}" if hours else "UTC"


async def _lead_all(stage: Stage, candor: Child, chats: Sequence[int]) -> dict[str, object]:
    """All tasks fall due at one moment; the process is watched until all reactions are sent."""
    await asyncio.sleep(_SETTLE_SECONDS)
    stage.check(candor)
    at_rest = candor.memory_mib()
    now = stage.container.clock.now()
    async with stage.container.units() as unit:
        for number in await _group_ids(stage):
            await unit.lanes.wake(LEAD_LANE, number, at=now)
    memory: list[float] = []

    async def is_said() -> bool:
        stage.check(candor)
        memory.append(candor.memory_mib())
        return all(stage.ear.count(chat) >= _TEXTS for chat in chats)

    seconds = 120 + len(chats) * _TEXTS / 3
    await wait_until(is_said, seconds=seconds, what="Leading all groups")
    half = len(memory) // 2
    return {
        "memory_at_rest_mib": round(at_rest, 1),
        "memory_first_half_mib": round(max(memory[:half] or [at_rest]), 1),
        "memory_second_half_mib": round(max(memory[half:]), 1),
    }


async def _group_ids(stage: Stage) -> list[int]:
    async with stage.container.engine.connect() as connection:
        found = await connection.execute(text("SELECT id FROM education_groups ORDER BY id"))
        return [int(row[0]) for row in found]


def _figures(stage: Stage, chats: Sequence[int], refused: int) -> dict[str, object]:
    tasks = sorted(stage.ear.heard[chat][0].at for chat in chats)
    wrong = sum(not _is_in_order([heard.text for heard in stage.ear.heard[c]]) for c in chats)
    span = tasks[-1] - tasks[0]
    return {
        "groups": len(chats),
        "tasks_seconds": round(span, 2),
        "tasks_per_second": round((len(tasks) - 1) / span, 2) if span else 0.0,
        "refused_429": refused,
        "groups_out_of_order": wrong,
        "texts_doubled": sum(stage.ear.count(chat) > _TEXTS for chat in chats),
    }


def _is_in_order(said: Sequence[str]) -> bool:
    """The task first, then the partner, who names itself."""
    return "одну фразу о себе" in said[0] and "ИИ-напарник" in said[1]


# --- part two


async def _agreements(stage: Stage, count: int, *, first: int) -> dict[str, object]:
    for number in range(count):
        chat = await _chat(stage, first + number)
        await stage.container.education.pool.register(
            account_id=AccountId(1), chat_id=TelegramChatId(chat)
        )
    candor = stage.start(roles="telegram,worker")
    await stage.wakes(candor)
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> float:
        async with room:
            return await _agree(stage, first + number)

    arrivals = await asyncio.gather(*(one(number) for number in range(count)))
    candor.stop()
    own = await _own_seconds(stage)
    return {
        "agreements": count,
        "yes_to_invitation_p50_s": round(percentile(own, 0.5), 3),
        "yes_to_invitation_p95_s": round(percentile(own, 0.95), 3),
        "with_telegrams_pace_p95_s": round(percentile(arrivals, 0.95), 3),
    }


async def _agree(stage: Stage, number: int) -> float:
    """The dialogue up to the link; seconds from the yes to its arrival."""
    person = await stage.person(number)
    heard = 0
    for word in _WORDS[:-1]:
        chat = await stage.write(person, word)
        await stage.ear.after(chat, heard, seconds=60)
        await asyncio.sleep(_READING_SECONDS)
        heard = stage.ear.count(chat)
    clock = asyncio.get_running_loop()
    began = clock.time()
    chat = await stage.write(person, _WORDS[-1])
    while "https://t.me/+" not in (await stage.ear.after(chat, heard, seconds=60)).text:
        heard += 1
    return clock.time() - began


async def _own_seconds(stage: Stage) -> list[float]:
    """From the stored yes to the stored invitation, dialogue by dialogue."""
    statement = """
        SELECT extract(epoch FROM g.invited_at - max(m.created_at)) FROM education_groups g
        JOIN conversation_messages m ON m.conversation_id = g.conversation_id
            AND m.direction = 'in' AND m.created_at <= g.invited_at
        GROUP BY g.id, g.invited_at
    """
    async with stage.container.engine.connect() as connection:
        found = await connection.execute(text(statement))
        return [float(row[0]) for row in found]


async def _count(stage: Stage, table: str, condition: str) -> int:
    async with stage.container.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT count(*) FROM {table} WHERE {condition}"))
        return int(found.scalar_one())
