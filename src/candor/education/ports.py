"""What education needs from outside: its rows, the scripts, and the chats of Telegram."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from candor.common.ids import (
    AccountId,
    ChatRowId,
    ClientId,
    ConversationId,
    GroupId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.llm import Language
from candor.common.paging import Cut, Part
from candor.education.lesson import LessonScript
from candor.education.partner import Partner
from candor.messaging.conversation import Conversation
from candor.messaging.ports import MessagingUnit

GroupStatus = Literal["preparing", "awaiting_client", "active", "completed", "closed"]
SenderType = Literal["client", "member", "teacher", "partner", "operator", "other_bot"]


@dataclass(frozen=True, slots=True)
class Group:
    """One study group; a prepared group of the pool has no client yet."""

    id: GroupId
    account_id: AccountId
    status: GroupStatus
    source: Literal["user_session", "pool", "operator"]
    title: str
    language: Language
    created_at: datetime
    client_id: ClientId | None = None
    conversation_id: ConversationId | None = None
    chat_id: TelegramChatId | None = None
    script_key: str | None = None
    script_version: int | None = None
    step: str | None = None
    task_sent_at: datetime | None = None
    task_done_at: datetime | None = None
    reminders_sent: int = 0
    invite_link: str | None = None
    """Of a prepared group: a link of an earlier invitation that is still to be revoked."""
    invited_at: datetime | None = None
    making_since: datetime | None = None
    """A user session was asked to make the chat: the intent, stored before Telegram's call."""
    is_pool_only: bool = False
    """No user session is asked (any more): it refused, or stayed away."""
    consent_at: datetime | None = None
    consent_version: str | None = None
    joined_at: datetime | None = None
    welcome_message_id: TelegramMessageId | None = None
    is_paused: bool = False
    stopped_at: datetime | None = None
    """The client said /stop; the lessons are paused until the client or a person wants them back."""
    leads_at_once: bool = False
    """A person asked for the next step now, whatever its sending time says."""
    handed_off_at: datetime | None = None
    quiet_until: datetime | None = None
    trouble: str = ""
    """What stops this group, as a sentence for the operator; empty when all is well."""
    completed_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_prepared(self) -> bool:
        """A group of the pool, made for nobody yet."""
        return self.client_id is None and self.status == "preparing"

    @property
    def marker(self) -> str:
        """What the chat's description holds while it is being made, so that it is found again."""
        return f"candor-{self.id}-{int(self.created_at.timestamp())}"


@dataclass(frozen=True, slots=True)
class Teacher:
    """A bot of the business that may lead a group."""

    account_id: AccountId
    username: str


@dataclass(frozen=True, slots=True)
class GroupMessage:
    id: int
    group_id: GroupId
    sender_type: SenderType
    sender_name: str
    text: str
    kind: str
    created_at: datetime
    message_id: TelegramMessageId | None = None
    sender_id: TelegramUserId | None = None
    step: str | None = None
    reply_to: TelegramMessageId | None = None
    is_submission: bool = False
    speaker: str | None = None
    reason: str = ""
    analysis: Mapping[str, object] | None = None
    delivery: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewGroupMessage:
    """A message to be kept: one that came in, or one of ours before it is sent."""

    group_id: GroupId
    sender_type: SenderType
    sender_name: str
    text: str
    created_at: datetime
    kind: str = "text"
    account_id: AccountId | None = None
    message_id: TelegramMessageId | None = None
    sender_id: TelegramUserId | None = None
    step: str | None = None
    reply_to: TelegramMessageId | None = None
    is_submission: bool = False
    reason: str = ""
    provenance: Mapping[str, object] | None = None
    answered_at: datetime | None = None


class GroupRepository(Protocol):
    async def add(self, group: Group) -> Group: ...

    async def get(self, group_id: GroupId, *, for_update: bool = False) -> Group | None: ...

    async def of_conversation(self, conversation_id: ConversationId) -> Group | None: ...

    async def of_chat(
        self, chat_id: TelegramChatId, *, for_update: bool = False
    ) -> Group | None: ...

    async def of_client(self, client_id: ClientId) -> tuple[Group, ...]:
        """Groups that are not closed, locked."""
        ...

    async def take_prepared(self, account_id: AccountId) -> Group | None:
        """A prepared group of the pool, locked; another taker skips it.

        One that this account leads if there is any, else another teacher's.
        """
        ...

    async def prepared(self) -> tuple[Group, ...]:
        """The pool, the ones that are not ready included, oldest first."""
        ...

    async def count_prepared(self) -> int:
        """Those that may be taken."""
        ...

    async def waiting_for_chat(self, *, limit: int) -> tuple[ConversationId, ...]:
        """Agreements whose group has no chat yet, oldest first."""
        ...

    async def is_used(self, chat_id: TelegramChatId) -> bool:
        """Whether a client has ever been in this chat."""
        ...

    async def mark_used(self, chat_id: TelegramChatId, *, now: datetime) -> None: ...

    async def save(self, group: Group) -> None: ...

    async def remove(self, group_id: GroupId) -> None: ...

    async def page(
        self,
        *,
        status: GroupStatus | None = None,
        client_id: ClientId | None = None,
        is_stuck: bool = False,
        cut: Cut,
    ) -> Part[Group]:
        """Newest first; `is_stuck`: only those that wait for a person. A place is the number."""
        ...

    async def count_stuck(self) -> int: ...

    async def client_names(self, ids: Sequence[GroupId]) -> Mapping[GroupId, str]: ...


class GroupMessages(Protocol):
    async def add(self, message: NewGroupMessage) -> int | None:
        """None when this message of the chat is kept already."""
        ...

    async def get(self, row_id: int) -> GroupMessage | None: ...

    async def unanswered(self, group_id: GroupId) -> tuple[GroupMessage, ...]: ...

    async def recent(self, group_id: GroupId, *, limit: int) -> tuple[GroupMessage, ...]:
        """Oldest first."""
        ...

    async def page(
        self, group_id: GroupId, *, limit: int, offset: int
    ) -> tuple[tuple[GroupMessage, ...], int]: ...

    async def mark_answered(
        self, ids: Sequence[int], *, speaker: str, reason: str, now: datetime
    ) -> None: ...

    async def mark_submission(self, row_id: int) -> None: ...

    async def record_delivery(
        self,
        row_id: int,
        *,
        delivery: str,
        message_id: TelegramMessageId | None,
        text: str,
        now: datetime,
    ) -> tuple[ChatRowId, ...]:
        """Returns the chats of our other speakers in the group whose texts are due: they waited."""
        ...

    async def count_ours_since(self, group_id: GroupId, since: datetime) -> int: ...

    async def is_turn_of_another(self, message: GroupMessage, *, now: datetime) -> bool:
        """Whether a text of ours that was planned earlier is still on its way and will soon be out."""
        ...

    async def withdraw(self, group_id: GroupId) -> tuple[int, ...]:
        """Mark what we have not sent yet as cancelled; returns those rows."""
        ...


class GroupMembers(Protocol):
    """People in the groups."""

    async def joined(
        self, group_id: GroupId, user_id: TelegramUserId, *, name: str, now: datetime
    ) -> bool:
        """False when the person is in already (a repeated update)."""
        ...

    async def left(self, group_id: GroupId, user_id: TelegramUserId, *, now: datetime) -> bool:
        """False when the person was not in."""
        ...

    async def names(self, group_id: GroupId) -> tuple[str, ...]:
        """Who is in now, by the time of joining."""
        ...


class StudentBots(Protocol):
    async def teacher(self, preferred: AccountId) -> Teacher | None:
        """This account if it is a sales bot at work, else the first one that is."""
        ...

    async def all_active(self) -> tuple[Partner, ...]: ...

    async def add(self, partner: Partner, *, now: datetime) -> None: ...

    async def of_group(self, group_id: GroupId) -> tuple[Partner, ...]: ...

    async def of_groups(self, ids: Sequence[GroupId]) -> Mapping[GroupId, tuple[Partner, ...]]: ...

    async def put_in_group(self, group_id: GroupId, partners: Sequence[Partner]) -> None: ...


class EducationUnit(MessagingUnit, Protocol):
    """The slice of a unit of work that education needs."""

    @property
    def groups(self) -> GroupRepository: ...

    @property
    def group_messages(self) -> GroupMessages: ...

    @property
    def group_members(self) -> GroupMembers: ...

    @property
    def student_bots(self) -> StudentBots: ...


EducationUnits = Callable[[], AbstractAsyncContextManager[EducationUnit]]


class LessonScripts(Protocol):
    """Education scripts, rendered for one client."""

    async def load(
        self, key: str, *, version: int | None, values: Mapping[str, object]
    ) -> LessonScript | None:
        """The newest version when `version` is None; None when there is no such script."""
        ...

    async def chosen_for(self, conversation: Conversation, language: Language) -> str | None:
        """The education script that the dialogue's sales script names, else one of the language."""
        ...


@dataclass(frozen=True, slots=True)
class GroupRights:
    """What our bot may do in a chat, as Telegram says."""

    is_group: bool
    is_admin: bool
    can_invite: bool
    can_pin: bool
    title: str
    can_change_info: bool = True
    can_restrict: bool = True
    about: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Rights that leading a group needs and the bot lacks, as Telegram's apps call them."""
        needed = {
            "Invite Users via Link": self.can_invite,
            "Pin Messages": self.can_pin,
            "Change Group Info": self.can_change_info,
            "Ban Users": self.can_restrict,
        }
        return tuple(name for name, is_given in needed.items() if not is_given)


class GroupChats(Protocol):
    """Running a group's chat through an account that administers it. Errors: messaging.gateway's."""

    async def rights(self, account_id: AccountId, chat_id: TelegramChatId) -> GroupRights:
        """Raises ChatClosedError when this account is not in the chat."""
        ...

    async def set_permissions(
        self, account_id: AccountId, chat_id: TelegramChatId, *, can_invite: bool = False
    ) -> None:
        """Members write and send media; they don't change the group and don't invite."""
        ...

    async def set_title(
        self, account_id: AccountId, chat_id: TelegramChatId, title: str, description: str
    ) -> None: ...

    async def create_join_link(
        self, account_id: AccountId, chat_id: TelegramChatId, *, name: str
    ) -> str:
        """A personal link by which a person asks to join."""
        ...

    async def revoke_link(self, account_id: AccountId, chat_id: TelegramChatId, link: str) -> None:
        """Nobody asks to join by it any more."""
        ...

    async def approve_join(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> None: ...

    async def decline_join(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> None: ...

    async def pin(
        self, account_id: AccountId, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> None: ...


class GroupMaker(Protocol):
    """Makes groups: only the owner's own user session can."""

    async def is_at_work(self) -> bool:
        """Whether a session is signed in that could make a group now."""
        ...

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        """The group with exactly this description, made unless an earlier call has made it.

        These bots of ours are its administrators, nobody else is in it, members may not invite. None
        while no session is at work (nothing was done); raises UnconfirmedError when Telegram's answer
        was lost, RejectedError when it refuses.
        """
        ...


class OwnerNotices(Protocol):
    """Tells the owner that something needs a person."""

    async def tell(self, kind: str, text: str) -> None: ...
