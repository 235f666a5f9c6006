"""`Phone`: everything that a person's app asks of the world. Raises the world's `Refusal`."""

from collections.abc import Callable, Sequence

from candor.sandbox.world import chats, dialogues, editing, files, invites, membership, posting
from candor.sandbox.world.events import Event, MessageEdited, MessageSent
from candor.sandbox.world.model import Chat, Message, User
from candor.sandbox.world.posting import Draft, Reply
from candor.sandbox.world.world import SERVICE_USER_ID, World

_BOT_RIGHTS = dict.fromkeys(
    (
        "can_manage_chat",
        "can_change_info",
        "can_delete_messages",
        "can_invite_users",
        "can_pin_messages",
        "can_restrict_members",
    ),
    True,
)


class Phone:
    """One world for all signed-in people; each call says who acts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> int:
        return self._world.now()

    # --- who and where

    def user(self, user_id: int) -> User | None:
        return self._world.tables.users.get(user_id)

    def is_bot(self, user_id: int) -> bool:
        return self._world.is_bot(user_id)

    def find(self, username: str) -> User | Chat | None:
        return self._world.by_username(username)

    def chat(self, chat_id: int) -> Chat | None:
        return self._world.tables.chats.get(chat_id)

    def dialogue(self, user_id: int, peer_id: int) -> Chat:
        """The private chat of two; a person opens one with somebody that exists."""
        self._world.user(peer_id)
        return dialogues.open_between(self._world, user_id, peer_id)

    def peer_of(self, chat_id: int, user_id: int) -> int:
        return self._world.chat(chat_id).peer_of(user_id)

    def readers_of(self, chat_id: int) -> Sequence[int]:
        """People and bots who see what is said there."""
        chat = self._world.chat(chat_id)
        if chat.peers is not None:
            return chat.peers
        return [member.user_id for member in chat.members.values() if member.is_present]

    def is_owner(self, chat_id: int, user_id: int) -> bool:
        member = self._world.chat(chat_id).members.get(user_id)
        return member is not None and member.status == "creator"

    # --- saying and reading

    def send(self, user_id: int, chat_id: int, text: str, *, reply_to: int | None) -> Message:
        reply = None if reply_to is None else Reply(reply_to)
        return posting.post(
            self._world,
            Draft(chat_id=chat_id, sender_id=user_id, content={"text": text}, reply=reply),
        )

    def send_file(
        self, user_id: int, chat_id: int, *, name: str, content: bytes, caption: str
    ) -> Message:
        stored = files.store(self._world, kind="document", name=name, content=content)
        shown = files.content_of(stored) | ({"caption": caption} if caption else {})
        return posting.post(self._world, Draft(chat_id=chat_id, sender_id=user_id, content=shown))

    def tell(self, user_id: int, text: str) -> None:
        """Telegram itself writes to a person, as with a sign-in code."""
        chat = dialogues.open_between(self._world, SERVICE_USER_ID, user_id)
        posting.post(
            self._world, Draft(chat_id=chat.id, sender_id=SERVICE_USER_ID, content={"text": text})
        )

    def is_told_by(self, chat_id: int) -> int | None:
        chat = self._world.chat(chat_id)
        if chat.peers is None or SERVICE_USER_ID not in chat.peers:
            return None
        return chat.peer_of(SERVICE_USER_ID)

    def groups_of(self, user_id: int) -> Sequence[int]:
        chats = self._world.tables.chats.values()
        found = [chat for chat in chats if not chat.is_private and not chat.migrated_to]
        return [chat.id for chat in found if user_id in self.readers_of(chat.id)]

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        message = self._world.message(chat_id, message_id)
        editing.check_may_edit(self._world, message, user_id)
        return editing.edit(self._world, message, by=user_id, content={"text": text})

    def delete(self, user_id: int, chat_id: int, message_ids: Sequence[int]) -> None:
        chat = self._world.chat(chat_id)
        editing.delete(self._world, chat, list(message_ids), by=user_id)

    def chat_of_message(self, user_id: int, message_id: int) -> int | None:
        """In which private chat of this person a message lies."""
        for chat_id in self._world.chats_of_user.get(user_id, set()):
            is_private = self._world.chat(chat_id).is_private
            if is_private and message_id in self._world.history(chat_id):
                return chat_id
        return None

    def history(self, chat_id: int) -> Sequence[Message]:
        """All live messages, oldest first."""
        return list(self._world.history(chat_id).values())

    def discussion_root(self, channel_id: int, message_id: int) -> Message | None:
        return posting.discussion_root(self._world, channel_id, message_id)

    # --- groups

    def make_group(self, user_id: int, *, title: str, about: str, is_channel: bool) -> Chat:
        kind = "channel" if is_channel else "supergroup"
        chat = chats.create(
            self._world,
            kind=kind,  # type: ignore[arg-type]
            title=title,
            owner_id=user_id,
        )
        if about:
            chats.change(self._world, chat, by=user_id, description=about)
        return chat

    def count_members(self, chat_id: int) -> int:
        return len(self.readers_of(chat_id))

    def delete_group(self, user_id: int, chat_id: int) -> None:
        membership.dissolve(self._world, self._world.chat(chat_id), by=user_id)

    def promote(self, user_id: int, chat_id: int, bot_id: int) -> None:
        chat = self._world.chat(chat_id)
        membership.promote(self._world, chat, user_id=bot_id, by=user_id, asked=_BOT_RIGHTS)

    def restrict_members(self, chat_id: int, *, may_invite: bool) -> None:
        chat = self._world.chat(chat_id)
        chat.permissions["can_invite_users"] = may_invite
        self._world.save("chats", chat)

    def make_join_link(self, user_id: int, chat_id: int, *, name: str | None) -> str:
        chat = self._world.chat(chat_id)
        made = invites.create(
            self._world, chat, creator_id=user_id, name=name, creates_join_request=True
        )
        return made.link

    def settle_join(self, user_id: int, chat_id: int, asker: int, *, is_approved: bool) -> None:
        chat = self._world.chat(chat_id)
        invites.settle(self._world, chat, asker, by=user_id, is_approved=is_approved)

    def link_discussion(self, channel_id: int, group_id: int) -> None:
        chats.link(
            self._world,
            channel=self._world.chat(channel_id),
            group=self._world.chat(group_id),
        )

    # --- oneself

    def rename(self, user_id: int, *, first_name: str, last_name: str, about: str) -> User:
        user = self._world.user(user_id)
        user.first_name, user.last_name, user.bio = first_name, last_name or None, about or None
        self._world.save("users", user)
        return user

    # --- hearing

    def on_message(self, hear: Callable[[Message, bool], None]) -> None:
        """Call `hear(message, is_edit)` for everything that is said from now on."""

        def observe(event: Event) -> None:
            if isinstance(event, MessageSent):
                hear(event.message, False)
            elif isinstance(event, MessageEdited):
                hear(event.message, True)

        self._world.subscribe(observe)
