"""Invite links and join requests."""

import secrets

from candor.sandbox.world import membership, rights
from candor.sandbox.world.events import JoinRequested, JoinRequestSettled
from candor.sandbox.world.model import Chat, Invite, JoinRequest, Member, Status
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

MAX_NAME = 32
MAX_MEMBER_LIMIT = 99_999


def create(
    world: World,
    chat: Chat,
    *,
    creator_id: int,
    name: str | None = None,
    expire_date: int | None = None,
    member_limit: int | None = None,
    creates_join_request: bool = False,
    is_primary: bool = False,
    subscription_period: int | None = None,
    subscription_price: int | None = None,
) -> Invite:
    """A new link; a primary one replaces the chat's old primary link."""
    rights.demand(chat, creator_id, "can_invite_users")
    invite = Invite(
        link=f"https://t.me/+{secrets.token_urlsafe(12)}",
        chat_id=chat.id,
        creator_id=creator_id,
        name=name,
        expire_date=expire_date,
        member_limit=member_limit,
        creates_join_request=creates_join_request,
        is_primary=is_primary,
        subscription_period=subscription_period,
        subscription_price=subscription_price,
    )
    world.tables.invites[invite.link] = invite
    if is_primary:
        old = world.tables.invites.get(chat.primary_link or "")
        if old:
            old.is_revoked = True
            world.save("invites", old)
        chat.primary_link = invite.link
        world.save("chats", chat)
    world.save("invites", invite)
    return invite


def find(world: World, chat: Chat | None, link: str) -> Invite:
    """The link, of this chat if one is named."""
    invite = world.tables.invites.get(link)
    if invite is None or (chat is not None and invite.chat_id != chat.id):
        raise Refusal(Reason.INVITE_INVALID)
    return invite


def revoke(world: World, invite: Invite) -> Invite:
    """End a link."""
    invite.is_revoked = True
    world.save("invites", invite)
    return invite


def use(world: World, link: str, user_id: int) -> Member | JoinRequest:
    """A person taps a link: inside at once, or a request to join."""
    invite = find(world, None, link)
    chat = world.chat(invite.chat_id)
    _check_usable(world, invite)
    standing = membership.standing(chat, user_id)
    if standing.is_present:
        raise Refusal(Reason.ALREADY_MEMBER)
    if standing.status is Status.KICKED:
        raise Refusal(Reason.BANNED)
    if invite.creates_join_request:
        return ask(world, chat, user_id, invite)
    invite.used_by.add(user_id)
    world.save("invites", invite)
    return membership.enter(world, chat, user_id, by=user_id, invite=invite)


def ask(world: World, chat: Chat, user_id: int, invite: Invite | None) -> JoinRequest:
    """Ask to be let in."""
    key = request_key(chat.id, user_id)
    if key in world.tables.join_requests:
        raise Refusal(Reason.JOIN_REQUEST_EXISTS)
    request = JoinRequest(
        chat_id=chat.id,
        user_id=user_id,
        date=world.now(),
        link=invite.link if invite else None,
        bio=world.user(user_id).bio,
    )
    world.tables.join_requests[key] = request
    world.save("join_requests", request)
    world.emit(JoinRequested(request, invite))
    return request


def settle(world: World, chat: Chat, user_id: int, *, by: int, is_approved: bool) -> None:
    """Let somebody in or turn them away."""
    rights.demand(chat, by, "can_invite_users")
    request = world.tables.join_requests.pop(request_key(chat.id, user_id), None)
    if request is None:
        raise Refusal(Reason.JOIN_REQUEST_MISSING)
    world.save("deleted_join_requests", request)
    if is_approved:
        invite = world.tables.invites.get(request.link or "")
        if invite:
            invite.used_by.add(user_id)
            world.save("invites", invite)
        membership.enter(world, chat, user_id, by=by, invite=invite, via_join_request=True)
    world.emit(JoinRequestSettled(request, is_approved, by))


def requests_of(world: World, chat: Chat) -> list[JoinRequest]:
    """Who waits at this chat's door, oldest first."""
    return [entry for entry in world.tables.join_requests.values() if entry.chat_id == chat.id]


def request_key(chat_id: int, user_id: int) -> str:
    return f"{chat_id}:{user_id}"


def _check_usable(world: World, invite: Invite) -> None:
    if invite.is_revoked:
        raise Refusal(Reason.INVITE_INVALID)
    is_over = invite.expire_date is not None and invite.expire_date <= world.now()
    is_full = invite.member_limit is not None and len(invite.used_by) >= invite.member_limit
    if is_over or is_full:
        raise Refusal(Reason.INVITE_EXPIRED)
