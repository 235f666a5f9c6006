"""People and bots: making them, names, blocking."""

import re
import secrets

from candor.sandbox.world import dialogues
from candor.sandbox.world.events import BlockChanged, UserChanged
from candor.sandbox.world.model import Bot, User
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import FIRST_USER_ID, SERVICE_USER_ID, World

USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")


def check_username(world: World, username: str | None) -> None:
    """Raise a `Refusal` when the name has a wrong shape (4-32 Latin letters, digits, _) or is taken."""
    if username is None:
        return
    if not USERNAME.fullmatch(username):
        raise Refusal(Reason.USERNAME_INVALID, username)
    world.check_username_free(username)


def add_person(
    world: World,
    *,
    first_name: str,
    last_name: str | None = None,
    username: str | None = None,
    language_code: str | None = None,
    is_premium: bool = False,
    stars: int = 1000,
    user_id: int | None = None,
) -> User:
    """A new person. `stars` is what the person can pay with."""
    check_username(world, username)
    user = User(
        id=user_id or world.next_id("users", FIRST_USER_ID),
        first_name=first_name,
        last_name=last_name,
        username=username,
        language_code=language_code,
        is_premium=is_premium,
        stars=stars,
    )
    world.add_user(user)
    world.emit(UserChanged(user.id))
    return user


def add_bot(
    world: World,
    *,
    username: str,
    name: str,
    token: str | None = None,
    privacy_mode: bool = True,
    bot_to_bot: bool = False,
    can_join_groups: bool = True,
) -> Bot:
    """A new bot, as BotFather would make it; `username` ends in "bot"."""
    check_username(world, username)
    if not username.lower().endswith("bot"):
        raise Refusal(Reason.USERNAME_INVALID, username)
    bot_id = int(token.partition(":")[0]) if token else world.next_id("users", FIRST_USER_ID)
    user = User(id=bot_id, first_name=name, username=username, is_bot=True)
    bot = Bot(
        id=user.id,
        token=token or f"{user.id}:{secrets.token_urlsafe(26)[:35]}",
        privacy_mode=privacy_mode,
        bot_to_bot=bot_to_bot,
        can_join_groups=can_join_groups,
    )
    world.add_user(user)
    world.add_bot(bot)
    world.emit(UserChanged(user.id))
    return bot


def add_service_account(world: World) -> None:
    """Telegram's own account, which every world has."""
    if SERVICE_USER_ID not in world.tables.users:
        world.add_user(User(id=SERVICE_USER_ID, first_name="Telegram"))


def set_blocked(world: World, *, user_id: int, peer_id: int, is_blocked: bool) -> None:
    """A person stops (or again lets) a bot or another person write."""
    user = world.user(user_id)
    world.user(peer_id)
    if (peer_id in user.blocked) == is_blocked:
        return
    (user.blocked.add if is_blocked else user.blocked.discard)(peer_id)
    world.save("users", user)
    chat = world.dialogue(user_id, peer_id) or dialogues.open_between(world, user_id, peer_id)
    world.emit(BlockChanged(chat.id, user_id, peer_id, is_blocked))
