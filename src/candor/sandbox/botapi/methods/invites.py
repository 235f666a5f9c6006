"""Invite links and join requests."""

from candor.sandbox.botapi import render
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world import invites
from candor.sandbox.world.model import Chat, Invite, Json
from candor.sandbox.world.payments import MAX_SUBSCRIPTION_STARS, SUBSCRIPTION_SECONDS
from candor.sandbox.world.refusals import Reason, Refusal


def _chat(call: Call) -> Chat:
    return call.administered_chat("can_invite_users")


def _check_limits(call: Call) -> tuple[str | None, int | None, int | None, bool]:
    name = call.parameters.text("name") or None
    if name and len(name) > invites.MAX_NAME:
        raise bad_request("INVITE_TITLE_TOO_LONG")
    limit = call.parameters.integer("member_limit") or None
    if limit is not None and not 1 <= limit <= invites.MAX_MEMBER_LIMIT:
        raise bad_request("member limit must be between 1 and 99999")
    asks = call.parameters.boolean("creates_join_request")
    if asks and limit is not None:
        raise bad_request(
            "member limit can't be specified for links requiring administrator approval"
        )
    expire = call.parameters.integer("expire_date") or None
    if expire is not None and expire <= call.world.now():
        raise bad_request("EXPIRE_DATE_INVALID")
    return name, limit, expire, asks


@method("exportChatInviteLink")
def export_chat_invite_link(call: Call) -> str:
    invite = invites.create(call.world, _chat(call), creator_id=call.bot.id, is_primary=True)
    return invite.link


@method("createChatInviteLink")
def create_chat_invite_link(call: Call) -> Json:
    chat = _chat(call)
    name, limit, expire, asks = _check_limits(call)
    invite = invites.create(
        call.world,
        chat,
        creator_id=call.bot.id,
        name=name,
        member_limit=limit,
        expire_date=expire,
        creates_join_request=asks,
    )
    return render.invite(call.world, invite)


@method("createChatSubscriptionInviteLink")
def create_subscription_link(call: Call) -> Json:
    chat = _chat(call)
    period = call.parameters.needed_integer("subscription_period")
    price = call.parameters.needed_integer("subscription_price")
    if chat.type != "channel" or period != SUBSCRIPTION_SECONDS:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    if not 1 <= price <= MAX_SUBSCRIPTION_STARS:
        raise bad_request("STARS_AMOUNT_INVALID")
    invite = invites.create(
        call.world,
        chat,
        creator_id=call.bot.id,
        name=call.parameters.text("name") or None,
        subscription_period=period,
        subscription_price=price,
    )
    return render.invite(call.world, invite)


def _own(call: Call, chat: Chat) -> Invite:
    invite = invites.find(call.world, chat, call.parameters.text("invite_link") or "")
    if invite.creator_id != call.bot.id:
        raise Refusal(Reason.INVITE_INVALID)
    return invite


@method("editChatInviteLink")
def edit_chat_invite_link(call: Call) -> Json:
    invite = _own(call, _chat(call))
    if invite.is_primary:
        raise bad_request("primary invite link can't be edited")
    name, limit, expire, asks = _check_limits(call)
    invite.name, invite.member_limit, invite.expire_date = name, limit, expire
    invite.creates_join_request = asks
    call.world.save("invites", invite)
    return render.invite(call.world, invite)


@method("revokeChatInviteLink")
def revoke_chat_invite_link(call: Call) -> Json:
    invite = _own(call, _chat(call))
    return render.invite(call.world, invites.revoke(call.world, invite))


def _settle(call: Call, *, is_approved: bool) -> bool:
    chat = _chat(call)
    invites.settle(call.world, chat, call.user_id(), by=call.bot.id, is_approved=is_approved)
    return True


@method("approveChatJoinRequest")
def approve_chat_join_request(call: Call) -> bool:
    return _settle(call, is_approved=True)


@method("declineChatJoinRequest")
def decline_chat_join_request(call: Call) -> bool:
    return _settle(call, is_approved=False)
