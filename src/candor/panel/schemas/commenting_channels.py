"""Channels as the API and the forms see them, to and from the area's own."""

from datetime import time

from candor.commenting.channel import Channel, ChannelDraft, Hours, Scope
from candor.panel.schemas.commenting import (
    ChannelAnswer,
    ChannelBody,
    GrantAnswer,
    PermissionAnswer,
    ScopeShape,
)


def channel_answer(channel: Channel) -> ChannelAnswer:
    return ChannelAnswer(
        id=channel.id,
        username=channel.username,
        title=channel.title,
        is_monitored=channel.is_monitored,
        is_own=channel.is_own,
        comment_mode=channel.comment_mode,
        daily_cap=channel.daily_cap,
        topics=list(channel.topics),
        avoid=list(channel.avoid),
        timezone=channel.hours.timezone,
        quiet_from=f"{channel.hours.quiet_from:%H:%M}",
        quiet_until=f"{channel.hours.quiet_until:%H:%M}",
        audience=channel.audience,
        chat_id=channel.chat_id,
        discussion_chat_id=channel.discussion_chat_id,
        permission=_permission(channel),
        grant=GrantAnswer(
            command=f"/allow {channel.grant_code}",
            guide=f"/welcome/{channel.grant_code}",
            offer=_scope(channel.offered),
        ),
        paused_at=channel.paused_at,
        pause_reason=channel.pause_reason,
        problem=channel.problem,
        checked_at=channel.checked_at,
        created_at=channel.created_at,
        updated_at=channel.updated_at,
    )


def _permission(channel: Channel) -> PermissionAnswer | None:
    permission = channel.permission
    if permission is None:
        return None
    proof = permission.proof
    return PermissionAnswer(
        granted_by=permission.granted_by,
        granted_at=permission.granted_at,
        scope=_scope(permission.scope),
        proof=f"{proof.text} ({proof.administrator_status}, chat {proof.chat_id}, message "
        f"{proof.message_id}, verified {proof.verified_at:%Y-%m-%d %H:%M} UTC)",
        expires_at=permission.expires_at,
    )


def _scope(scope: Scope) -> ScopeShape:
    return ScopeShape(
        mode=scope.mode,
        max_per_day=max(1, scope.max_per_day),
        topics=list(scope.topics),
        may_link=scope.may_link,
    )


def new_channel(body: ChannelBody, *, timezone: str) -> ChannelDraft:
    """A new channel; quiet hours are kept in the business's time zone unless it says otherwise."""
    plain = ChannelDraft(username=None, hours=Hours(timezone=timezone))
    return _changed(plain, body)


def changed_channel(channel: Channel, body: ChannelBody) -> ChannelDraft:
    current = ChannelDraft(
        username=channel.username,
        title=channel.title,
        is_monitored=channel.is_monitored,
        comment_mode=channel.comment_mode,
        daily_cap=channel.daily_cap,
        topics=channel.topics,
        is_own=channel.is_own,
        avoid=channel.avoid,
        hours=channel.hours,
        audience=channel.audience,
        offered=channel.offered,
    )
    return _changed(current, body)


def _changed(draft: ChannelDraft, body: ChannelBody) -> ChannelDraft:
    offer = body.offer
    return ChannelDraft(
        username=draft.username if body.username is None else body.username,
        title=draft.title if body.title is None else body.title,
        is_monitored=draft.is_monitored if body.is_monitored is None else body.is_monitored,
        comment_mode=body.comment_mode or draft.comment_mode,
        daily_cap=draft.daily_cap if body.daily_cap is None else body.daily_cap,
        topics=draft.topics if body.topics is None else tuple(body.topics),
        is_own=draft.is_own if body.is_own is None else body.is_own,
        avoid=draft.avoid if body.avoid is None else tuple(body.avoid),
        hours=Hours(
            timezone=body.timezone or draft.hours.timezone,
            quiet_from=_time(body.quiet_from, draft.hours.quiet_from),
            quiet_until=_time(body.quiet_until, draft.hours.quiet_until),
        ),
        audience=body.audience or draft.audience,
        offered=draft.offered
        if offer is None
        else Scope(offer.mode, offer.max_per_day, tuple(offer.topics), offer.may_link),
    )


def _time(given: str | None, current: time) -> time:
    return current if given is None else time.fromisoformat(given)
