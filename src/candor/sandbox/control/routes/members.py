"""Members, administrators, invite links, join requests, deep links."""

from candor.sandbox.control import views
from candor.sandbox.control.errors import ControlError, wrong_field
from candor.sandbox.control.fields import find_chat
from candor.sandbox.control.routing import Answer, Request, route
from candor.sandbox.world import invites, links, membership, rights
from candor.sandbox.world.model import Chat, JoinRequest, Json, Member, Status, User
from candor.sandbox.world.refusals import Reason, Refusal


@route("GET", "/chats/{chat}/members")
def list_members(request: Request) -> Answer:
    """Who is in the chat; administrators first."""
    order = {Status.CREATOR: 0, Status.ADMINISTRATOR: 1}
    present = [entry for entry in request.chat().members.values() if entry.is_present]
    present.sort(key=lambda entry: order.get(entry.status, 2))
    return 200, [views.member(request.world, entry) for entry in present]


@route("POST", "/chats/{chat}/members")
def add_member(request: Request) -> Answer:
    """`{user_id or username, as: member/admin, by?, rights?}`: the owner (or `by`) adds somebody."""
    body, chat, world = request.body, request.chat(), request.world
    if chat.peers:
        raise ControlError(400, "not_a_group", "Two people talk here; nobody can be added.")
    user = body.user(world, "user_id" if body.has("user_id") else "username")
    by = _acting(request, chat)
    role = body.one_of("as", ("member", "admin"), default="member")
    if role == "admin":
        member = _promote(request, chat, user, by)
    elif chat.type == "channel" and user.is_bot:
        raise wrong_field("as", "a bot can be in a channel only as admin")
    else:
        member = membership.add(world, chat, user_id=user.id, by=by)
    return 201, views.member(world, member)


def _promote(request: Request, chat: Chat, user: User, by: int) -> Member:
    rights.demand(chat, by, "can_promote_members")
    if not membership.standing(chat, user.id).is_present and not user.is_bot:
        membership.enter(request.world, chat, user.id, by=by)
    names = request.body.raw("rights")
    asked: Json | None = request.body.mapping("rights") if isinstance(names, dict) else None
    if isinstance(names, list):
        asked = {str(name): True for name in names}
    return membership.promote(request.world, chat, user_id=user.id, by=by, asked=asked)


def _acting(request: Request, chat: Chat) -> int:
    if request.body.has("by"):
        return request.body.person(request.world, "by").id
    owners = (m.user_id for m in chat.members.values() if m.status is Status.CREATOR)
    return next(owners)


@route("PUT", "/chats/{chat}/members/{user}")
def change_member(request: Request) -> Answer:
    """`{as: member/admin/restricted/banned/unbanned, rights?, permissions?, by?, until?}`."""
    body, chat, world = request.body, request.chat(), request.world
    user = type(body)(request.path).user(world, "user")
    by = _acting(request, chat)
    role = body.one_of("as", ("member", "admin", "restricted", "banned", "unbanned"))
    until = body.integer("until", least=0) or 0
    if role == "admin":
        _promote(request, chat, user, by)
    elif role == "member":
        membership.promote(world, chat, user_id=user.id, by=by, asked={})
    elif role == "restricted":
        permissions = body.mapping("permissions") or {}
        membership.restrict(
            world, chat, user_id=user.id, by=by, permissions=permissions, until=until
        )
    elif role == "banned":
        membership.ban(world, chat, user_id=user.id, by=by, until=until)
    else:
        membership.unban(world, chat, user_id=user.id, by=by, only_if_banned=True)
    return 200, views.member(world, membership.standing(chat, user.id))


@route("DELETE", "/chats/{chat}/members/{user}")
def remove_member(request: Request) -> Answer:
    """Somebody leaves (`by` absent or the same) or is removed by an administrator."""
    chat, world = request.chat(), request.world
    user = type(request.body)(request.path).user(world, "user")
    source = request.body if request.body.has("by") else request.query
    by = source.person(world, "by").id if source.has("by") else user.id
    if by == user.id:
        membership.leave(world, chat, user.id)
    else:
        rights.demand(chat, by, "can_restrict_members")
        membership.ban(world, chat, user_id=user.id, by=by)
    return 200, {"removed": True}


@route("POST", "/chats/{chat}/join")
def join(request: Request) -> Answer:
    """`{user_id, invite_link}`: a person taps a link, or joins a public chat without one."""
    world = request.world
    person = request.body.person(world, "user_id")
    link = request.body.text("invite_link")
    if link:
        chat = _chat_of(request, link)
        result = invites.use(world, link, person.id)
    else:
        chat = find_chat(world, request.path["chat"], person.id)
        result = membership.join_public(world, chat, person.id)
    status = "requested" if isinstance(result, JoinRequest) else "member"
    return 200, {"chat_id": chat.id, "status": status}


def _chat_of(request: Request, link: str) -> Chat:
    invite = invites.find(request.world, None, link)
    if request.path["chat"] not in ("-", "0", str(invite.chat_id)):
        named = find_chat(request.world, request.path["chat"])
        if named.id != invite.chat_id:
            raise Refusal(Reason.INVITE_INVALID)
    return request.world.chat(invite.chat_id)


@route("GET", "/invites")
def preview_invite(request: Request) -> Answer:
    """`?link=`: what a person sees before joining by a link."""
    link = request.query.needed_text("link")
    invite = invites.find(request.world, None, link)
    chat = request.world.chat(invite.chat_id)
    return 200, views.invite(invite) | {"chat": views.chat(request.world, chat, request.viewer_id)}


@route("GET", "/chats/{chat}/invites")
def list_invites(request: Request) -> Answer:
    """The invite links of a chat."""
    chat = request.chat()
    found = (entry for entry in request.world.tables.invites.values() if entry.chat_id == chat.id)
    return 200, [views.invite(entry) for entry in found]


@route("POST", "/chats/{chat}/invites")
def create_invite(request: Request) -> Answer:
    """`{user_id, name?, creates_join_request?, member_limit?, expire_date?}`."""
    body, chat = request.body, request.chat()
    invite = invites.create(
        request.world,
        chat,
        creator_id=body.person(request.world, "user_id").id
        if body.has("user_id")
        else _acting(request, chat),
        name=body.text("name", longest=invites.MAX_NAME),
        creates_join_request=body.boolean("creates_join_request"),
        member_limit=body.integer("member_limit", least=1, most=invites.MAX_MEMBER_LIMIT),
        expire_date=body.integer("expire_date", least=0),
    )
    return 201, views.invite(invite)


@route("GET", "/chats/{chat}/join-requests")
def list_requests(request: Request) -> Answer:
    """Who waits to be let in."""
    found = invites.requests_of(request.world, request.chat())
    return 200, [
        {"user": views.user(request.world.user(entry.user_id)), "date": views.iso(entry.date)}
        for entry in found
    ]


@route("POST", "/chats/{chat}/join-requests/{user}")
def settle_request(request: Request) -> Answer:
    """`{approve: true/false, by?}`: an administrator decides."""
    chat, world = request.chat(), request.world
    user = type(request.body)(request.path).user(world, "user")
    is_approved = request.body.boolean("approve", default=True)
    invites.settle(world, chat, user.id, by=_acting(request, chat), is_approved=is_approved)
    return 200, {"user_id": user.id, "is_approved": is_approved}


@route("POST", "/open")
def open_link(request: Request) -> Answer:
    """`{user_id, link, chat_id?}`: a person opens a t.me link; `startgroup` needs the chosen chat."""
    body, world = request.body, request.world
    person = body.person(world, "user_id")
    chosen = find_chat(world, str(body.raw("chat_id")), person.id) if body.has("chat_id") else None
    opened = links.follow(world, body.needed_text("link"), person.id, chosen=chosen)
    return 200, {
        "kind": opened.kind,
        "chat_id": opened.chat_id,
        "message_id": opened.message_id,
        "payload": opened.payload,
    }
