"""The channels of the business: added, changed, looked at with Telegram, paused, taken out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from candor.commenting.cancelling import cancel_all
from candor.commenting.channel import (
    MAX_DAILY_CAP,
    MAX_TOPICS,
    Audience,
    Channel,
    ChannelDraft,
    Commentator,
    LegalSignOff,
    Permission,
    Scope,
    Standing,
)
from candor.commenting.direct_message import DirectMessage
from candor.commenting.lanes import CONSIDER_POSTS, VERIFY_CHANNEL
from candor.commenting.paging import Page
from candor.commenting.ports import Units
from candor.commenting.post import Post
from candor.common.clock import Clock
from candor.common.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, ChannelId

CODE_BYTES = 9


@dataclass(frozen=True, slots=True)
class ChannelDetail:
    """A channel with all that was ever granted and who of ours stands where."""

    channel: Channel
    permissions: tuple[Permission, ...]
    standings: tuple[Standing, ...]
    sign_off: LegalSignOff | None


class ChannelRegister:
    """What the panel does with channels. Nothing here can send or grant."""

    def __init__(self, units: Units, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def add(self, draft: ChannelDraft) -> Channel:
        """Raises InvalidInputError that names each wrong field, ConflictError for a known channel.

        One that a bot only found, by being added to its group, takes the draft's settings.
        """
        draft, now = checked(draft), self._clock.now()
        async with self._units() as unit:
            if made := await unit.channels.add(draft, code=new_code(), now=now):
                return made
            known = await unit.channels.of_username(draft.username) if draft.username else None
            if known is None or not _is_only_found(known):
                raise ConflictError(f"@{draft.username} is in the list already.")
            await unit.channels.change(known.id, draft, code=known.grant_code, now=now)
            return _found(await unit.channels.get(known.id))

    async def page(self, page: Page) -> tuple[Sequence[Channel], int]:
        async with self._units() as unit:
            return await unit.channels.page(page)

    async def get(self, channel_id: ChannelId) -> Channel:
        """Raises NotFoundError."""
        async with self._units() as unit:
            return _found(await unit.channels.get(channel_id))

    async def of_code(self, code: str) -> Channel:
        """For the guided page, whose address holds the code; raises NotFoundError."""
        async with self._units() as unit:
            return _found(await unit.channels.of_code(code))

    async def detail(self, channel_id: ChannelId) -> ChannelDetail:
        now = self._clock.now()
        async with self._units() as unit:
            channel = _found(await unit.channels.get(channel_id))
            return ChannelDetail(
                channel=channel,
                permissions=await unit.channels.permissions_of(channel_id),
                standings=await unit.channels.standings_of(channel_id),
                sign_off=await unit.channels.sign_off(channel.audience, at=now),
            )

    async def change(self, channel_id: ChannelId, draft: ChannelDraft) -> Channel:
        """New settings. What they forbid is cancelled in the same unit."""
        draft, now = checked(draft), self._clock.now()
        async with self._units() as unit:
            channel = _found(await unit.channels.get(channel_id, for_update=True))
            known = await unit.channels.of_username(draft.username) if draft.username else None
            if known is not None and known.id != channel_id:
                raise ConflictError(f"@{draft.username} is in the list already.")
            if (
                channel.permission
                and (draft.username or "").lower() != (channel.username or "").lower()
            ):
                raise ConflictError(
                    "The permission belongs to the channel as it is. For another channel, add it."
                )
            is_same = draft.offered == channel.offered
            code = channel.grant_code if is_same else new_code()
            await unit.channels.change(channel_id, draft, code=code, now=now)
            if draft.comment_mode == "off" or not draft.is_monitored:
                open_ones = await unit.comments.open_of_channel(channel_id)
                await cancel_all(unit, open_ones, reason="comments were switched off", now=now)
            await unit.lanes.wake(CONSIDER_POSTS, channel_id, at=now)
            return _found(await unit.channels.get(channel_id))

    async def remove(self, channel_id: ChannelId, *, by: str) -> None:
        """Out of the list: permission and queue end, what was published stays on record."""
        now = self._clock.now()
        async with self._units() as unit:
            _found(await unit.channels.get(channel_id, for_update=True))
            await unit.channels.revoke(channel_id, by=by, reason="taken out of the list", now=now)
            open_ones = await unit.comments.open_of_channel(channel_id)
            await cancel_all(unit, open_ones, reason="the channel was taken out", now=now)
            await unit.channels.remove(channel_id, now=now)
            await unit.lanes.drop(VERIFY_CHANNEL, channel_id)

    async def pause(self, channel_id: ChannelId, reason: str) -> Channel:
        now = self._clock.now()
        async with self._units() as unit:
            _found(await unit.channels.get(channel_id, for_update=True))
            await unit.channels.pause(channel_id, reason, now=now)
            open_ones = await unit.comments.open_of_channel(channel_id)
            await cancel_all(unit, open_ones, reason=f"the channel is paused: {reason}", now=now)
            return _found(await unit.channels.get(channel_id))

    async def resume(self, channel_id: ChannelId) -> Channel:
        now = self._clock.now()
        async with self._units() as unit:
            _found(await unit.channels.get(channel_id, for_update=True))
            await unit.channels.resume(channel_id, now=now)
            await unit.lanes.wake(CONSIDER_POSTS, channel_id, at=now)
            return _found(await unit.channels.get(channel_id))

    async def posts(self, channel_id: ChannelId, page: Page) -> tuple[Sequence[Post], int]:
        async with self._units() as unit:
            _found(await unit.channels.get(channel_id))
            return await unit.posts.page(channel_id, page)

    async def direct_messages(
        self, account_id: AccountId | None, page: Page
    ) -> tuple[Sequence[DirectMessage], int]:
        """What people wrote to the commenting accounts."""
        async with self._units() as unit:
            return await unit.direct_messages.page(account_id, page)

    async def sign_off(self, sign_off: LegalSignOff) -> None:
        """A named person answers for an audience (L16, L17); raises InvalidInputError."""
        missing = [
            FieldError(name, "This must be filled in: it is what makes the sign-off count.")
            for name in ("signed_by", "role", "contact", "basis")
            if not getattr(sign_off, name).strip()
        ]
        if sign_off.expires_at <= sign_off.signed_at:
            missing.append(FieldError("expires_at", "It must lie in the future."))
        if missing:
            raise InvalidInputError(errors=tuple(missing))
        async with self._units() as unit:
            await unit.channels.add_sign_off(sign_off)

    async def standing_sign_off(self, audience: Audience) -> LegalSignOff | None:
        """The one that counts now."""
        async with self._units() as unit:
            return await unit.channels.sign_off(audience, at=self._clock.now())

    async def withdraw_sign_off(self, audience: Audience) -> None:
        """From now on nothing is approved or sent to that audience."""
        async with self._units() as unit:
            await unit.channels.withdraw_sign_offs(audience, now=self._clock.now())

    async def commentators(self) -> Sequence[Commentator]:
        """All accounts that may be given comments to write, switched on or not."""
        async with self._units() as unit:
            return await unit.commentators.all()

    async def account_caps(self, account_id: AccountId, *, daily_cap: int, is_active: bool) -> None:
        """How much a commenting account may write in a day, over all channels."""
        if not 0 <= daily_cap <= 50:
            raise InvalidInputError(errors=(FieldError("daily_cap", "Choose 0 to 50."),))
        async with self._units() as unit:
            await unit.commentators.put(
                account_id, daily_cap=daily_cap, is_active=is_active, now=self._clock.now()
            )


def new_code() -> str:
    """Ties a grant to one offer: another offer gets another code."""
    return secrets.token_urlsafe(CODE_BYTES).replace("-", "a").replace("_", "b")


def checked(draft: ChannelDraft) -> ChannelDraft:
    """The draft made tidy; raises InvalidInputError with every wrong field."""
    username = (draft.username or "").strip().removeprefix("https://t.me/").lstrip("@") or None
    wrong = list(_wrong(replace(draft, username=username)))
    if wrong:
        raise InvalidInputError(errors=tuple(wrong))
    return replace(
        draft,
        username=username,
        title=draft.title.strip() or username or "",
        topics=_tidy(draft.topics),
        avoid=_tidy(draft.avoid),
        offered=replace(
            draft.offered,
            topics=_tidy(draft.offered.topics),
            mode="auto" if draft.comment_mode == "auto" else draft.offered.mode,
            max_per_day=max(draft.offered.max_per_day, draft.daily_cap),
        ),
    )


def _wrong(draft: ChannelDraft) -> Sequence[FieldError]:
    found = []
    name = draft.username
    if name is None and not draft.title.strip():
        found.append(FieldError("username", "Give the channel's @username, or a title."))
    if name is not None and not _is_username(name):
        found.append(
            FieldError("username", "A username has 4-32 Latin letters, digits and underscores.")
        )
    if len(draft.title) > 255:
        found.append(FieldError("title", "At most 255 characters."))
    if not 0 <= draft.daily_cap <= MAX_DAILY_CAP:
        found.append(FieldError("daily_cap", f"Choose 0 to {MAX_DAILY_CAP} comments a day."))
    for field, topics in (("topics", draft.topics), ("avoid", draft.avoid)):
        if len(topics) > MAX_TOPICS or any(len(topic) > 80 for topic in topics):
            found.append(FieldError(field, f"At most {MAX_TOPICS}, of 80 characters each."))
    try:
        ZoneInfo(draft.hours.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(FieldError("timezone", "Write it like Europe/Moscow."))
    return found


def _is_username(name: str) -> bool:
    return 4 <= len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum()


def _tidy(topics: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topic.strip() for topic in topics if topic.strip()))


def _found(channel: Channel | None) -> Channel:
    if channel is None:
        raise NotFoundError("There is no such channel.")
    return channel


def _is_only_found(channel: Channel) -> bool:
    """Nobody has set anything yet: it is as the bot put it on the list."""
    is_untouched = channel.created_at == channel.updated_at and channel.permission is None
    return is_untouched and not channel.topics and channel.offered == Scope()
