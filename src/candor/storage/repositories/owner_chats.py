"""`OwnerChatRepository` and `CommentCardRepository` in PostgreSQL."""

from datetime import datetime

from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.commenting.owner_card import CardKind, SentCard, ShownCard
from candor.common.ids import (
    AccountId,
    CommentId,
    OperatorId,
    OutboxId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.messaging.owner_chats import OwnerChat
from candor.storage.tables.commenting import comment_cards
from candor.storage.tables.messaging import outbox
from candor.storage.tables.owner_chats import owner_chats
from candor.storage.tables.panel import operators

_W = owner_chats.c
_O = operators.c
_LINKED = (
    select(owner_chats, _O.email, _O.language)
    .join(operators, _O.id == _W.operator_id)
    .where(
        _W.linked_at.is_not(None),
        _W.unlinked_at.is_(None),
        _O.is_disabled.is_(False),
        _O.role.in_(("owner", "operator")),
    )
    .order_by(_W.id)
)
_FORGET_CODES = text("DELETE FROM owner_chats WHERE operator_id = :operator AND linked_at IS NULL")


class PgOwnerChatRepository:
    """Chats of panel users, by code."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def offer(
        self, operator_id: OperatorId, *, code_hash: str, expires_at: datetime, now: datetime
    ) -> None:
        await self._connection.execute(_FORGET_CODES, {"operator": operator_id})
        await self._connection.execute(
            upsert(owner_chats).values(
                operator_id=operator_id,
                code_hash=code_hash,
                code_expires_at=expires_at,
                created_at=now,
            )
        )

    async def redeem(
        self,
        code_hash: str,
        *,
        account_id: AccountId,
        chat_id: TelegramChatId,
        user_id: TelegramUserId,
        user_name: str,
        now: datetime,
    ) -> OwnerChat | None:
        """Whoever had linked this chat before is unlinked: a chat belongs to one person."""
        offered = await self._connection.scalar(
            select(_W.id)
            .where(_W.code_hash == code_hash, _W.linked_at.is_(None), _W.code_expires_at > now)
            .with_for_update()
        )
        if offered is None:
            return None
        await self._connection.execute(
            update(owner_chats)
            .where(
                _W.account_id == account_id,
                _W.chat_id == chat_id,
                _W.linked_at.is_not(None),
                _W.unlinked_at.is_(None),
            )
            .values(unlinked_at=now)
        )
        await self._connection.execute(
            update(owner_chats)
            .where(_W.id == offered)
            .values(
                account_id=account_id,
                chat_id=chat_id,
                telegram_id=user_id,
                name=user_name[:200],
                linked_at=now,
            )
        )
        return await self._one(_LINKED.where(_W.id == offered))

    async def linked(self) -> tuple[OwnerChat, ...]:
        rows = await self._connection.execute(_LINKED)
        return tuple(_chat(row) for row in rows)

    async def of_chat(self, account_id: AccountId, chat_id: TelegramChatId) -> OwnerChat | None:
        return await self._one(_LINKED.where(_W.account_id == account_id, _W.chat_id == chat_id))

    async def unlink(self, owner_chat_id: int, *, now: datetime) -> bool:
        gone = await self._connection.execute(
            update(owner_chats)
            .where(_W.id == owner_chat_id, _W.linked_at.is_not(None), _W.unlinked_at.is_(None))
            .values(unlinked_at=now)
        )
        return bool(gone.rowcount)

    async def _one(self, query: Select[tuple[object, ...]]) -> OwnerChat | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _chat(row)


class PgCommentCardRepository:
    """Which messages in owners' chats are about which comment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def was_shown(
        self, comment_id: CommentId, owner_chat_id: int, kind: CardKind, occasion: str
    ) -> bool:
        C = comment_cards.c
        found = await self._connection.scalar(
            select(C.id).where(
                C.comment_id == comment_id,
                C.owner_chat_id == owner_chat_id,
                C.kind == kind,
                C.occasion == occasion,
            )
        )
        return found is not None

    async def add(self, card: ShownCard, *, outbox_id: OutboxId, now: datetime) -> None:
        await self._connection.execute(
            upsert(comment_cards)
            .values(
                comment_id=card.comment_id,
                owner_chat_id=card.owner_chat_id,
                kind=card.kind,
                occasion=card.occasion,
                outbox_id=outbox_id,
                created_at=now,
            )
            .on_conflict_do_nothing()
        )

    async def of_message(
        self, owner_chat_id: int, message_id: TelegramMessageId
    ) -> ShownCard | None:
        C = comment_cards.c
        rows = await self._connection.execute(
            select(C.comment_id, C.owner_chat_id, C.kind, C.occasion)
            .join(outbox, outbox.c.id == C.outbox_id)
            .where(
                C.owner_chat_id == owner_chat_id,
                outbox.c.message_id == message_id,
            )
            .limit(1)
        )
        row = rows.one_or_none()
        if row is None:
            return None
        return ShownCard(CommentId(row.comment_id), row.owner_chat_id, row.kind, row.occasion)

    async def has_any(self, comment_id: CommentId) -> bool:
        C = comment_cards.c
        found = await self._connection.scalar(
            select(C.id).where(C.comment_id == comment_id).limit(1)
        )
        return found is not None

    async def of_comment(self, comment_id: CommentId) -> tuple[SentCard, ...]:
        C, X = comment_cards.c, outbox.c
        rows = await self._connection.execute(
            select(comment_cards, X.text, X.sent_text, X.message_id, X.status)
            .join(outbox, X.id == C.outbox_id)
            .where(C.comment_id == comment_id, X.status.in_(("queued", "sending", "sent")))
            .order_by(C.id)
        )
        return tuple(_card(row) for row in rows)

    async def note_decision(self, card_id: int, decision: str) -> None:
        await self._connection.execute(
            update(comment_cards).where(comment_cards.c.id == card_id).values(decision=decision)
        )


def _card(row: Row[tuple[object, ...]]) -> SentCard:
    return SentCard(
        id=row.id,
        card=ShownCard(CommentId(row.comment_id), row.owner_chat_id, row.kind, row.occasion),
        text=row.text,
        sent_text=row.sent_text,
        message_id=None if row.message_id is None else TelegramMessageId(row.message_id),
        is_on_its_way=row.status != "sent",
        decision=row.decision,
        created_at=row.created_at,
    )


def _chat(row: Row[tuple[object, ...]]) -> OwnerChat:
    return OwnerChat(
        id=row.id,
        operator_id=OperatorId(row.operator_id),
        operator=row.email,
        language=row.language,
        account_id=AccountId(row.account_id),
        chat_id=TelegramChatId(row.chat_id),
        user_id=TelegramUserId(row.telegram_id),
        user_name=row.name,
        linked_at=row.linked_at,
    )
