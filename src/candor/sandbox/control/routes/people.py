"""People and bots."""

from candor.sandbox.control import views
from candor.sandbox.control.errors import ControlError, wrong_field
from candor.sandbox.control.fields import Fields
from candor.sandbox.control.routing import Answer, Request, route
from candor.sandbox.world import people
from candor.sandbox.world.events import UserChanged
from candor.sandbox.world.model import Bot, User
from candor.sandbox.world.world import SERVICE_USER_ID

LONGEST_NAME = 64


@route("POST", "/users")
def add_user(request: Request) -> Answer:
    """`{first_name, last_name?, username?, language_code?, is_premium?, stars?}`: a new person."""
    body = request.body
    person = people.add_person(
        request.world,
        first_name=body.needed_text("first_name", longest=LONGEST_NAME),
        last_name=body.text("last_name", longest=LONGEST_NAME) or None,
        username=_username(body),
        language_code=body.text("language_code", longest=16) or None,
        is_premium=body.boolean("is_premium"),
        stars=body.integer("stars", least=0, most=10**9, default=1000) or 0,
        user_id=_chosen_id(request),
    )
    return 201, views.person(person)


def _chosen_id(request: Request) -> int | None:
    user_id = request.body.integer("id", least=1, most=2**52)
    if user_id is not None and user_id in request.world.tables.users:
        raise ControlError(409, "id_taken", "This id is taken.")
    return user_id


def _username(body: Fields) -> str | None:
    name = body.text("username", longest=40)
    return name.removeprefix("@") if name else None


@route("GET", "/users")
def list_users(request: Request) -> Answer:
    """All people."""
    persons = (
        user
        for user in request.world.tables.users.values()
        if not user.is_bot and user.id != SERVICE_USER_ID
    )
    return 200, [views.person(user) for user in persons]


@route("GET", "/users/{user}")
def show_user(request: Request) -> Answer:
    """One person."""
    return 200, views.person(_person(request))


def _person(request: Request) -> User:
    return Fields(request.path).user(request.world, "user")


@route("PUT", "/users/{user}")
def change_user(request: Request) -> Answer:
    """Changes the fields that are given."""
    user, body = _person(request), request.body
    if body.has("username"):
        name = _username(body)
        if name != user.username:
            people.check_username(request.world, name)
        request.world.rename(user, name)
    if body.has("first_name"):
        user.first_name = body.needed_text("first_name", longest=LONGEST_NAME)
    for name in ("last_name", "language_code", "bio"):
        if body.has(name):
            setattr(user, name, body.text(name, longest=LONGEST_NAME) or None)
    if body.has("stars"):
        user.stars = body.needed_integer("stars", least=0, most=10**9)
    user.is_premium = body.boolean("is_premium", default=user.is_premium)
    request.world.save("users", user)
    request.world.emit(UserChanged(user.id))
    return 200, views.person(user)


@route("POST", "/block")
def block(request: Request) -> Answer:
    """`{user_id, peer, is_blocked}`: a person blocks or unblocks a bot or another person."""
    person = request.body.person(request.world, "user_id")
    peer = request.body.user(request.world, "peer")
    is_blocked = request.body.boolean("is_blocked", default=True)
    people.set_blocked(request.world, user_id=person.id, peer_id=peer.id, is_blocked=is_blocked)
    return 200, {"user_id": person.id, "peer_id": peer.id, "is_blocked": is_blocked}


@route("GET", "/bots")
def list_bots(request: Request) -> Answer:
    """All bots, without their tokens."""
    return 200, [views.bot(request.world, bot) for bot in request.world.tables.bots.values()]


@route("POST", "/bots")
def add_bot(request: Request) -> Answer:
    """`{username, name, privacy_mode?, bot_to_bot?, token?}`: a new bot, with its token."""
    body = request.body
    token = body.text("token", longest=100)
    if token is not None:
        _check_token(request, token)
    bot = people.add_bot(
        request.world,
        username=(_username(body) or body.needed_text("username")),
        name=body.needed_text("name", longest=LONGEST_NAME),
        token=token,
        privacy_mode=body.boolean("privacy_mode", default=True),
        bot_to_bot=body.boolean("bot_to_bot"),
        can_join_groups=body.boolean("can_join_groups", default=True),
    )
    return 201, views.bot(request.world, bot, with_token=True)


def _check_token(request: Request, token: str) -> None:
    number, colon, secret = token.partition(":")
    if not colon or not number.isdecimal() or len(number) > 15 or len(secret) < 10:
        raise wrong_field("token", "has the form 123456789:letters")
    if int(number) in request.world.tables.users:
        raise ControlError(409, "id_taken", "A user with the token's id exists.")


def _bot(request: Request) -> Bot:
    user = Fields(request.path).user(request.world, "bot")
    if not user.is_bot:
        raise ControlError(404, "user_not_found", "There is no such bot.")
    return request.world.tables.bots[user.id]


@route("GET", "/bots/{bot}")
def show_bot(request: Request) -> Answer:
    """With the token: whoever may call this is its owner."""
    return 200, views.bot(request.world, _bot(request), with_token=True)


@route("PUT", "/bots/{bot}")
def change_bot(request: Request) -> Answer:
    """BotFather's switches: `privacy_mode`, `bot_to_bot`, `can_join_groups` ..."""
    bot = _bot(request)
    for name in ("privacy_mode", "bot_to_bot", "can_join_groups", "can_connect_to_business"):
        setattr(bot, name, request.body.boolean(name, default=getattr(bot, name)))
    request.world.save("bots", bot)
    request.world.emit(UserChanged(bot.id))
    return 200, views.bot(request.world, bot)


@route("GET", "/bots/{bot}/commands")
def bot_commands(request: Request) -> Answer:
    """The commands a person sees in the menu, by `language_code`."""
    bot = _bot(request)
    language = request.query.text("language_code") or ""
    kinds = ("all_private_chats", "default")
    keys = [f'["{kind}", {{}}, "{code}"]' for kind in kinds for code in (language, "")]
    found = next((bot.commands[key] for key in keys if key in bot.commands), [])
    texts = {
        kind: bot.texts.get(f"{kind}:{language}") or bot.texts.get(f"{kind}:", "")
        for kind in ("description", "short_description")
    }
    return 200, {"commands": found, **texts}
