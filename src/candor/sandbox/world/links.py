"""t.me links: to a bot with a start payload, into a group, to a public chat, an invite, an invoice."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from candor.sandbox.world import dialogues, invites, membership, posting, rights
from candor.sandbox.world.model import Chat, JoinRequest, Json, User
from candor.sandbox.world.posting import Draft
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")

_SHORT_RIGHTS = {
    "change_info": "can_change_info",
    "post_messages": "can_post_messages",
    "edit_messages": "can_edit_messages",
    "delete_messages": "can_delete_messages",
    "restrict_members": "can_restrict_members",
    "invite_users": "can_invite_users",
    "pin_messages": "can_pin_messages",
    "manage_topics": "can_manage_topics",
    "promote_members": "can_promote_members",
    "manage_video_chats": "can_manage_video_chats",
    "manage_chat": "can_manage_chat",
    "manage_direct_messages": "can_manage_direct_messages",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a link led: `chat`, `started`, `added`, `member`, `requested`, `message` or `invoice`."""

    kind: str
    chat_id: int | None = None
    message_id: int | None = None
    payload: str | None = None


def follow(world: World, link: str, user_id: int, *, chosen: Chat | None = None) -> Opened:
    """Do what tapping the link does; `chosen` is the group picked for a `startgroup` link."""
    path, query = _split(link)
    if path.startswith(("+", "joinchat/")):
        return _join(world, link, path, user_id)
    if path.startswith(("$", "invoice/")):
        slug = path.removeprefix("$").removeprefix("invoice/")
        if slug not in world.tables.offers:
            raise Refusal(Reason.PAYMENT_INVALID)
        return Opened("invoice", payload=slug)
    name, _, rest = path.partition("/")
    found = world.by_username(name)
    if found is None:
        raise Refusal(Reason.CHAT_NOT_FOUND)
    if isinstance(found, Chat):
        return Opened("message" if rest.isdecimal() else "chat", found.id, _number(rest))
    if "startgroup" in query or "startchannel" in query:
        return _add_bot(world, found, query, user_id, chosen)
    return _start(world, found, query.get("start"), user_id)


def _split(link: str) -> tuple[str, dict[str, str]]:
    text = link.strip()
    if text.startswith("@"):
        text = f"https://t.me/{text[1:]}"
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise Refusal(Reason.INVITE_INVALID) from error
    query = {key: values[0] for key, values in parse_qs(parts.query, True).items()}
    if parts.scheme == "tg":
        return _split_tg(parts.netloc, query)
    if parts.netloc.lower() not in ("t.me", "telegram.me", "telegram.dog"):
        raise Refusal(Reason.INVITE_INVALID)
    return parts.path.strip("/"), query


def _split_tg(kind: str, query: dict[str, str]) -> tuple[str, dict[str, str]]:
    if kind == "join":
        return f"+{query.get('invite', '')}", query
    return query.get("domain", ""), query


def _join(world: World, link: str, path: str, user_id: int) -> Opened:
    token = path.removeprefix("+").removeprefix("joinchat/")
    address = next(
        (item for item in (link, f"https://t.me/+{token}") if item in world.tables.invites), link
    )
    result = invites.use(world, address, user_id)
    kind = "requested" if isinstance(result, JoinRequest) else "member"
    return Opened(kind, world.tables.invites[address].chat_id)


def _start(world: World, found: User, payload: str | None, user_id: int) -> Opened:
    chat = dialogues.open_between(world, user_id, found.id)
    if not found.is_bot or payload is None:
        return Opened("chat", chat.id)
    if payload and not _PAYLOAD.fullmatch(payload):
        raise Refusal(Reason.INVITE_INVALID)
    text = f"/start {payload}".rstrip()
    content: Json = {
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": len("/start")}],
    }
    message = posting.post(world, Draft(chat_id=chat.id, sender_id=user_id, content=content))
    return Opened("started", chat.id, message.id, payload)


def _add_bot(
    world: World, bot: User, query: dict[str, str], user_id: int, chosen: Chat | None
) -> Opened:
    payload = query.get("startgroup") or None
    if chosen is None:
        return Opened("choose", None, None, payload)
    asked = [
        _SHORT_RIGHTS[name]
        for name in re.split(r"[+ ]", query.get("admin", ""))
        if name in _SHORT_RIGHTS
    ]
    add_bot_to(world, chosen, bot.id, by=user_id, asked=dict.fromkeys(asked, True))
    message_id = None
    if payload and chosen.type != "channel":
        command = f"/start@{bot.username}"
        content: Json = {
            "text": f"{command} {payload}",
            "entities": [{"type": "bot_command", "offset": 0, "length": len(command)}],
        }
        draft = Draft(chat_id=chosen.id, sender_id=user_id, content=content)
        message_id = posting.post(world, draft).id
    return Opened("added", chosen.id, message_id, payload)


def add_bot_to(world: World, chat: Chat, bot_id: int, *, by: int, asked: Json) -> None:
    """Bring a bot into a group or channel, as administrator if rights are asked for."""
    if asked or chat.type == "channel":
        rights.demand(chat, by, "can_promote_members")
        membership.promote(world, chat, user_id=bot_id, by=by, asked=asked or None)
    elif not membership.standing(chat, bot_id).is_present:
        membership.add(world, chat, user_id=bot_id, by=by)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
