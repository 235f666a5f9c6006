"""A small world whose every figure can be counted by hand; see `test_dashboard_figures.py`.

Period: 10 to 16 March 2026 (UTC); the one before: 3 to 9 March.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert

from candor.storage.tables.accounts import telegram_account_sessions
from candor.storage.tables.clients import users
from candor.storage.tables.commenting import (
    channel_permissions,
    generated_comments,
    telegram_channels,
    telegram_posts,
)
from candor.storage.tables.education import education_groups
from candor.storage.tables.llm import llm_usage
from candor.storage.tables.messaging import chats, client_conversations, conversation_messages
from candor.storage.tables.sales import sales_scripts, script_triggers, script_versions


def day(number: int, hour: int = 12) -> datetime:
    """A moment in March 2026."""
    return datetime(2026, 3, number, hour, tzinfo=UTC)


class KnownWorld:
    """Puts rows; every method answers the id of what it has put."""

    def __init__(self, connection: Connection, first_number: int = 1000) -> None:
        self._connection = connection
        self._numbers = count(first_number)

    def _put(self, table: Table, **values: Any) -> int:
        statement = insert(table).values(**values).returning(table.c.id)
        return int(self._connection.scalar(statement) or 0)

    def account(self, role: str, *, status: str = "active", title: str = "") -> int:
        return self._put(
            telegram_account_sessions,
            kind="bot",
            role=role,
            title=title or role,
            telegram_id=next(self._numbers),
            status=status,
            status_at=day(1),
            disclosed_at=day(1),
            secret=b"sealed",
            created_at=day(1),
        )

    def channel(self, username: str) -> int:
        channel = self._put(
            telegram_channels,
            username=username,
            is_monitored=True,
            comment_mode="approve",
            daily_cap=5,
            timezone="UTC",
            quiet_from="00:00",
            quiet_until="00:00",
            audience="unspecified",
            grant_code=username,
            offered={},
            created_at=day(1),
            updated_at=day(1),
        )
        self._put(
            channel_permissions,
            channel_id=channel,
            granted_by="owner",
            granted_by_id=1,
            granted_at=day(1),
            scope={},
            proof={},
            expires_at=day(31),
        )
        return channel

    def comment(
        self, channel: int, account: int, *, sent: datetime | None = None, permission: int = 1
    ) -> int:
        """Published at `sent`; None: it waits for approval."""
        post = self._put(
            telegram_posts,
            channel_id=channel,
            message_id=next(self._numbers),
            text="post",
            text_hash="h",
            posted_at=day(1),
            created_at=day(1),
            ready_at=day(1),
        )
        approval = {} if sent is None else {"approved_at": sent, "approved_hash": "h"}
        return self._put(
            generated_comments,
            post_id=post,
            channel_id=channel,
            account_id=account,
            text="comment",
            status="pending" if sent is None else "sent",
            sent_at=sent,
            permission_id=permission,
            language="en",
            post_hash="h",
            has_link=True,
            created_at=sent or day(10),
            updated_at=sent or day(10),
            expires_at=day(31),
            **approval,
        )

    def script(self, key: str, *, versions: int, agrees: bool) -> int:
        script = self._put(
            sales_scripts,
            key=key,
            kind="sales",
            title=key,
            language="en",
            version=versions,
            created_at=day(1),
            updated_at=day(1),
        )
        for version in range(1, versions + 1):
            self._connection.execute(
                insert(script_versions).values(
                    script_id=script,
                    version=version,
                    document={},
                    author="a",
                    created_at=day(1),
                )
            )
            self._put(
                script_triggers,
                script_id=script,
                version=version,
                key="agrees" if agrees else "wants_person",
                action="open_group" if agrees else "hand_off",
                fits=[],
                unless=[],
            )
        return script

    def dialogue(
        self,
        account: int,
        script: tuple[int, int],
        at: datetime,
        *,
        comment: int | None = None,
        score: float | None = None,
        handling: str = "ai",
        waits: bool = False,
        operator: int | None = None,
    ) -> "Dialogue":
        number = next(self._numbers)
        client = self._put(
            users,
            telegram_user_id=number,
            first_name=f"Client {number}",
            language="en",
            created_at=at,
            last_seen_at=at,
        )
        chat = self._put(
            chats,
            account_id=account,
            chat_id=number,
            type="private",
            client_id=client,
            created_at=at,
        )
        made = self._put(
            client_conversations,
            client_id=client,
            account_id=account,
            chat=chat,
            handling=handling,
            handling_since=at,
            operator_id=operator,
            script_id=script[0],
            script_version=script[1],
            script_fit_score=score,
            origin=None if comment is None else f"c_{comment}",
            created_at=at,
            active_at=at,
            waiting_since=at if waits else None,
        )
        return Dialogue(self, made, client, account, number)

    def message(self, dialogue: "Dialogue", at: datetime, **values: Any) -> int:
        return self._put(
            conversation_messages,
            conversation_id=dialogue.id,
            account_id=dialogue.account,
            chat_id=dialogue.number,
            message_id=next(self._numbers),
            text="words",
            created_at=at,
            **values,
        )

    def group(
        self,
        account: int,
        dialogue: "Dialogue | None" = None,
        *,
        joined: datetime | None = None,
        done: datetime | None = None,
        trouble: str = "",
    ) -> int:
        """Of a dialogue: active. Without one: prepared, in the pool."""
        of_client = (
            {}
            if dialogue is None
            else {
                "client_id": dialogue.client,
                "conversation_id": dialogue.id,
                "consent_at": joined,
            }
        )
        return self._put(
            education_groups,
            account_id=account,
            chat_id=-next(self._numbers),
            status="preparing" if dialogue is None else "active",
            source="pool",
            joined_at=joined,
            task_sent_at=joined,
            task_done_at=done,
            trouble=trouble,
            created_at=day(2),
            **of_client,
        )

    def model_call(
        self, at: datetime, cost: str, *, client: int | None = None, purpose: str = "reply"
    ) -> int:
        return self._put(
            llm_usage,
            at=at,
            purpose=purpose,
            client_id=client,
            model="stub",
            prompt_tokens=100,
            cached_tokens=0,
            completion_tokens=10,
            cost=Decimal(cost),
            cost_kind="exact",
            milliseconds=5,
        )


class Dialogue:
    def __init__(self, world: KnownWorld, id: int, client: int, account: int, number: int) -> None:
        self.world, self.id, self.client = world, id, client
        self.account, self.number = account, number

    def asks(self, at: datetime, *, answered_after: float) -> None:
        """Read by the AI and answered so many seconds later."""
        self.world.message(
            self,
            at,
            direction="in",
            author="client",
            analysis={"main_idea": "question"},
            answered_at=at + timedelta(seconds=answered_after),
        )

    def answered(self, at: datetime, strategy: str | None, *, trigger: str | None = None) -> None:
        """By the AI; `strategy` None: by a person."""
        self.world.message(
            self,
            at,
            direction="out",
            author="ai" if strategy else "human",
            strategy=strategy,
            trigger=trigger,
            delivery="sent",
            provenance={"by": "test"},
        )


@contextmanager
def known_world(address: str, *, first_number: int = 1000) -> Iterator[KnownWorld]:
    """Puts into the database at `address`; all is there after the block. Telegram's numbers are
    counted from the first one: a second block needs others."""
    engine = create_engine(address)
    with engine.begin() as connection:
        yield KnownWorld(connection, first_number)
    engine.dispose()
