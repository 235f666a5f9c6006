"""Payments, votes, shared chats, business connections."""

from candor.sandbox.control import views
from candor.sandbox.control.errors import ControlError, wrong_field
from candor.sandbox.control.fields import Fields, find_chat
from candor.sandbox.control.routes.messages import tapped
from candor.sandbox.control.routing import Answer, Request, route
from candor.sandbox.world import business, links, payments, polls, posting, rights
from candor.sandbox.world.model import BusinessConnection, Json, Message
from candor.sandbox.world.posting import Draft
from candor.sandbox.world.refusals import Reason, Refusal


@route("POST", "/payments")
def pay(request: Request) -> Answer:
    """`{user_id, chat_id, message_id}` or `{user_id, slug}`: a person pays an invoice in Stars."""
    world = request.world
    message: Message | None = None
    if request.body.has("slug"):
        person = request.body.person(world, "user_id")
        offer = world.tables.offers.get(request.body.needed_text("slug"))
        if offer is None:
            raise Refusal(Reason.PAYMENT_INVALID)
    else:
        person, message = tapped(request)
        offer = payments.offer_under(world, message)
    payment = payments.start(world, offer, user_id=person.id, message=message)
    return 201, views.payment(payment)


@route("GET", "/payments/{payment}")
def show_payment(request: Request) -> Answer:
    """How far a payment is."""
    found = request.world.tables.payments.get(request.path["payment"])
    if found is None:
        raise ControlError(404, "not_found", "There is no such payment.")
    payments.expire(request.world, found)
    return 200, views.payment(found)


@route("POST", "/votes")
def vote(request: Request) -> Answer:
    """`{user_id, chat_id, message_id, options: [0]}`."""
    person, message = tapped(request)
    options = request.body.sequence("options")
    if not all(isinstance(item, int) and not isinstance(item, bool) for item in options):
        raise wrong_field("options", "must be a list of numbers")
    polls.vote(request.world, message, user_id=person.id, options=options)
    return 200, views.message(request.world, message, person.id)


@route("POST", "/share-chat")
def share_chat(request: Request) -> Answer:
    """`{user_id, chat_id, request_id, shared_chat_id}`: taps a `request_chat` key."""
    body, world = request.body, request.world
    person = body.person(world, "user_id")
    dialogue = find_chat(world, str(body.raw("chat_id")), person.id)
    if not dialogue.peers or not world.is_bot(dialogue.peer_of(person.id)):
        raise wrong_field("chat_id", "must be the dialogue with the bot")
    bot_id = dialogue.peer_of(person.id)
    wanted = _wanted(request, dialogue.id, body.needed_integer("request_id"))
    shared = find_chat(world, str(body.raw("shared_chat_id")), person.id)
    if (shared.type == "channel") != bool(wanted.get("chat_is_channel")):
        raise wrong_field("shared_chat_id", "is not the kind of chat the bot asked for")
    rights.demand(shared, person.id, "can_invite_users")
    if wanted.get("bot_is_member") or wanted.get("bot_administrator_rights"):
        asked = {
            name: True for name, on in (wanted.get("bot_administrator_rights") or {}).items() if on
        }
        links.add_bot_to(world, shared, bot_id, by=person.id, asked=asked)
    told: Json = {"request_id": wanted["request_id"], "chat_id": shared.id}
    if wanted.get("request_title"):
        told["title"] = shared.title
    if wanted.get("request_username") and shared.username:
        told["username"] = shared.username
    message = posting.post(
        world, Draft(chat_id=dialogue.id, sender_id=person.id, content={"chat_shared": told})
    )
    return 201, {"chat_id": dialogue.id, "message_id": message.id}


def _wanted(request: Request, chat_id: int, request_id: int) -> Json:
    """The `request_chat` of the latest keyboard that has this request id."""
    for message in reversed(request.world.history(chat_id).values()):
        for row in (message.reply_markup or {}).get("keyboard", []):
            for key in row:
                found: Json = key.get("request_chat") or {}
                if found.get("request_id") == request_id:
                    return found
    raise wrong_field("request_id", "was not asked for by the bot")


@route("GET", "/business-connections")
def list_connections(request: Request) -> Answer:
    """All business connections."""
    found = request.world.tables.connections.values()
    return 200, [views.connection(request.world, entry) for entry in found]


@route("POST", "/business-connections")
def connect(request: Request) -> Answer:
    """`{user_id, bot, rights?}`: a person lets a bot answer for them."""
    body, world = request.body, request.world
    person, bot = body.person(world, "user_id"), body.user(world, "bot")
    if not bot.is_bot:
        raise wrong_field("bot", "must be a bot")
    names = _rights(body) if body.has("rights") else business.USUAL
    connection = business.connect(world, user_id=person.id, bot_id=bot.id, rights=names)
    return 201, views.connection(world, connection)


def _rights(body: Fields) -> tuple[str, ...]:
    names = tuple(str(name) for name in body.sequence("rights"))
    unknown = [name for name in names if name not in business.RIGHTS]
    if unknown:
        raise wrong_field("rights", f"there is no right {unknown[0]}")
    return names


def _connection(request: Request) -> BusinessConnection:
    found = request.world.tables.connections.get(request.path["connection"])
    if found is None:
        raise Refusal(Reason.BUSINESS_CONNECTION_INVALID)
    return found


@route("PUT", "/business-connections/{connection}")
def change_connection(request: Request) -> Answer:
    """`{is_enabled?, rights?, excluded?}`."""
    body, found = request.body, _connection(request)
    business.change(
        request.world,
        found,
        is_enabled=body.boolean("is_enabled") if body.has("is_enabled") else None,
        rights=_rights(body) if body.has("rights") else None,
        excluded=(
            {
                Fields({"user": item}).user(request.world, "user").id
                for item in body.sequence("excluded")
            }
            if body.has("excluded")
            else None
        ),
    )
    return 200, views.connection(request.world, found)
