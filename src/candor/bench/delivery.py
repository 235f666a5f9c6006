"""`delivery`: the outbox at Telegram's limits: 30 a second per bot, 1 a second per chat.

Many chats with few texts show the bot's rate, a few chats with many texts the chat's. The sandbox
counts every refusal (429) and sees in which order the texts of a chat arrive.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from sqlalchemy import text

from candor.bench.results import percentile
from candor.bench.stage import FIRST_PERSON, Stage, set_stage, wait_until
from candor.common.clock import Clock
from candor.common.ids import (
    AccountId,
    ChatRowId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.messaging.conversation import Provenance
from candor.messaging.incoming import IncomingMessage
from candor.messaging.outgoing import Outgoing
from candor.sandbox.botapi.limits import SendingLimits

CHATS: Final = 300
SHORT: Final = 3
"""Texts in an ordinary chat."""
LONG: Final = 12
"""Texts in each tenth chat."""
_EDGE_SECONDS: Final = 2.0
"""Left out at both ends of the series when the steady rate is computed."""


class CountedLimits(SendingLimits):
    """The sandbox's limits, counting what they refuse."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.refused = 0

    def seconds_to_wait(
        self, *, bot_id: int, chat_id: int, is_group: bool, messages: int = 1
    ) -> int:
        wait = super().seconds_to_wait(
            bot_id=bot_id, chat_id=chat_id, is_group=is_group, messages=messages
        )
        self.refused += bool(wait)
        return wait


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is to be sent: rows of the outbox."""

    chats: Sequence[ChatRowId]
    texts: int


async def run(data_dir: Path, *, chats: int = CHATS) -> dict[str, object]:
    """One run: fill the outbox, let Candor send it, look at what arrived."""
    async with set_stage(data_dir) as stage:
        limits = CountedLimits(stage.sandbox.world.clock)
        stage.sandbox.api.limits = limits
        mail = await _fill(stage, chats)
        candor = stage.start(roles="worker")

        async def is_sent() -> bool:
            stage.check(candor)
            return len(_arrivals(stage)) >= mail.texts

        await wait_until(is_sent, seconds=120 + mail.texts / 10, what="Sending all that was put")
        candor.stop()
        failed = await _count(stage, "status NOT IN ('sent', 'cancelled')")
    return _figures(stage, mail, limits.refused) | {"not_sent": failed}


async def _fill(stage: Stage, count: int) -> _Mail:
    """People have written once; what they wrote is settled, so that only our texts go out."""
    for number in range(count):
        person = await stage.person(number)
        await stage.write(person, "здравствуйте")
        await stage.container.messaging.inbox.receive(_hello(stage, number))
    async with stage.container.engine.begin() as connection:
        await connection.execute(text("UPDATE conversation_messages SET answered_at = created_at"))
        await connection.execute(text("UPDATE client_conversations SET waiting_since = NULL"))
        await connection.execute(text("DELETE FROM lanes"))
        found = await connection.execute(text("SELECT id FROM chats ORDER BY id"))
        chats = [ChatRowId(int(row[0])) for row in found]
    texts = [LONG if place % 10 == 0 else SHORT for place in range(len(chats))]
    for turn in range(max(texts)):
        for chat, wanted in zip(chats, texts, strict=True):
            if turn < wanted:
                await _put(stage, chat, turn)
    return _Mail(chats, sum(texts))


def _hello(stage: Stage, number: int) -> IncomingMessage:
    return IncomingMessage(
        account_id=AccountId(1),
        chat_id=TelegramChatId(FIRST_PERSON + number),
        sender_id=TelegramUserId(FIRST_PERSON + number),
        message_id=TelegramMessageId(1_000_000 + number),
        text="здравствуйте",
        sent_at=stage.container.clock.now(),
        first_name=f"Клиент {number}",
    )


async def _put(stage: Stage, chat: ChatRowId, number: int) -> None:
    outgoing = Outgoing(
        account_id=AccountId(1),
        chat=chat,
        purpose="notice",
        text=f"Сообщение {number:03}",
        author="ai",
        language="ru",
        label="dialogue",
        provenance=Provenance(written_by="code"),
    )
    async with stage.container.units() as unit:
        await stage.container.messaging.outbox.put(unit, outgoing)


def _arrivals(stage: Stage) -> list[float]:
    return sorted(heard.at for said in stage.ear.heard.values() for heard in said)


def _figures(stage: Stage, mail: _Mail, refused: int) -> dict[str, object]:
    at = _arrivals(stage)
    steady = [
        moment for moment in at if at[0] + _EDGE_SECONDS <= moment <= at[0] + _first_third(at)
    ]
    span = steady[-1] - steady[0] if len(steady) > 1 else 0.0
    gaps, disordered = _gaps(stage)
    return {
        "texts": mail.texts,
        "chats": len(mail.chats),
        "seconds": round(at[-1] - at[0], 2),
        "per_second_steady": round((len(steady) - 1) / span, 2) if span else 0.0,
        "most_in_one_second": _most_in_one_second(at),
        "chat_gap_least_s": round(min(gaps), 3),
        "chat_gap_p50_s": round(percentile(gaps, 0.5), 3),
        "refused_429": refused,
        "chats_out_of_order": disordered,
    }


def _first_third(at: Sequence[float]) -> float:
    """Later the long chats are alone, and their own limit is the slower one."""
    return max(_EDGE_SECONDS * 2, (at[-1] - at[0]) / 3)


def _most_in_one_second(at: Sequence[float]) -> int:
    most, start = 0, 0
    for end, moment in enumerate(at):
        while at[start] <= moment - 1:
            start += 1
        most = max(most, end - start + 1)
    return most


def _gaps(stage: Stage) -> tuple[list[float], int]:
    """The pauses between two texts of a chat, and the number of chats with a wrong order."""
    gaps: list[float] = []
    numbers: defaultdict[int, list[str]] = defaultdict(list)
    for chat, said in stage.ear.heard.items():
        gaps += [after.at - before.at for before, after in pairwise(said)]
        numbers[chat] = [heard.text.rsplit(" ", 1)[-1] for heard in said]
    wrong = sum(found != sorted(found) for found in numbers.values())
    return gaps or [0.0], wrong


async def _count(stage: Stage, condition: str) -> int:
    async with stage.container.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT count(*) FROM outbox WHERE {condition}"))
        return int(found.scalar_one())
