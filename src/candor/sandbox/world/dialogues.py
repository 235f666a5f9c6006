"""Dialogues of two: opening them and who may write to whom."""

from candor.sandbox.world.model import Chat
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import FIRST_DIALOGUE_ID, World


def open_between(world: World, first: int, second: int) -> Chat:
    """The dialogue of two users, made if there is none yet."""
    if found := world.dialogue(first, second):
        return found
    world.user(first)
    world.user(second)
    chat = Chat(
        id=world.next_id("dialogues", FIRST_DIALOGUE_ID), type="private", peers=(first, second)
    )
    world.add_chat(chat)
    return chat


def for_bot(world: World, bot_id: int, peer_id: int) -> Chat:
    """The dialogue in which a bot may write to `peer_id`, or the `Refusal` Telegram gives."""
    peer = world.tables.users.get(peer_id)
    if peer is None:
        raise Refusal(Reason.CHAT_NOT_FOUND)
    if peer.is_bot:
        return _between_bots(world, bot_id, peer_id)
    if bot_id in peer.blocked:
        raise Refusal(Reason.BOT_BLOCKED)
    chat = world.dialogue(bot_id, peer_id)
    if chat and peer_id in chat.started_by:
        return chat
    if _waits_to_join(world, bot_id, peer_id):
        return open_between(world, bot_id, peer_id)
    raise Refusal(Reason.BOT_NOT_STARTED)


def check_person_may_write(world: World, chat: Chat, sender_id: int) -> None:
    """A person can't write to a person who blocked them; writing to a bot unblocks nothing by itself."""
    peer = world.user(chat.peer_of(sender_id))
    if sender_id in peer.blocked or peer.id in world.user(sender_id).blocked:
        raise Refusal(Reason.CHAT_FORBIDDEN_TO_USER)


def _waits_to_join(world: World, bot_id: int, peer_id: int) -> bool:
    """A bot may write to a person whose join request it is to decide."""
    return any(
        request.user_id == peer_id and bot_id in world.chat(request.chat_id).members
        for request in world.tables.join_requests.values()
    )


def _between_bots(world: World, bot_id: int, peer_id: int) -> Chat:
    both = (world.tables.bots[bot_id], world.tables.bots[peer_id])
    if bot_id == peer_id or not all(bot.bot_to_bot for bot in both):
        raise Refusal(Reason.BOTS_CANNOT_TALK)
    return open_between(world, bot_id, peer_id)
