"""Commenting's part of a unit of work: its repositories, made at first use."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from candor.storage.repositories.commenting import PgChannelRepository
from candor.storage.repositories.commenting_accounts import (
    PgCommentatorRepository,
    PgDirectMessageRepository,
)
from candor.storage.repositories.commenting_comments import PgCommentRepository
from candor.storage.repositories.commenting_posts import PgPostRepository
from candor.storage.repositories.owner_chats import (
    PgCommentCardRepository,
    PgOwnerChatRepository,
)


class CommentingRepositories:
    """The properties that `candor.commenting.ports.Unit` names beside messaging's."""

    _connection: AsyncConnection

    @cached_property
    def channels(self) -> PgChannelRepository:
        return PgChannelRepository(self._connection)

    @cached_property
    def posts(self) -> PgPostRepository:
        return PgPostRepository(self._connection)

    @cached_property
    def comments(self) -> PgCommentRepository:
        return PgCommentRepository(self._connection)

    @cached_property
    def commentators(self) -> PgCommentatorRepository:
        return PgCommentatorRepository(self._connection)

    @cached_property
    def direct_messages(self) -> PgDirectMessageRepository:
        return PgDirectMessageRepository(self._connection)

    @cached_property
    def comment_cards(self) -> PgCommentCardRepository:
        return PgCommentCardRepository(self._connection)

    @cached_property
    def owner_chats(self) -> PgOwnerChatRepository:
        return PgOwnerChatRepository(self._connection)
