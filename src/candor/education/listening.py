"""`GroupListener`: hears what is said in study groups, in the very unit that stores the update.

It keeps the message, obeys the groups' commands at once (`/stop`, `/human`, `/quiet`), notes a task as
handed in, and wakes the answering lane. It never decides what to say.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from candor.common.clock import Clock
from candor.common.ids import TelegramChatId
from candor.education import welcome
from candor.education.group import ANSWER_LANE
from candor.education.ports import EducationUnit, Group, NewGroupMessage, SenderType
from candor.education.speaking import GroupVoice
from candor.messaging.incoming import IncomingMessage
from candor.messaging.ports import StoredInbound

BURST: Final = timedelta(seconds=2)
QUIET_FOR: Final = timedelta(hours=12)
_STOP: Final = frozenset({"/stop", "стоп", "stop"})
_PERSON: Final = frozenset({"/human", "человек", "оператор", "human", "person"})
_QUIET: Final = frozenset({"/quiet", "тихо", "quiet"})


class GroupListener:
    """Messaging's listener for chats that are study groups."""

    def __init__(self, *, voice: GroupVoice, clock: Clock) -> None:
        self._voice = voice
        self._clock = clock

    async def hear(
        self, unit: EducationUnit, message: IncomingMessage, stored: StoredInbound
    ) -> bool:
        """True when the chat is a study group of ours; a partner's own copy of it is dropped."""
        group = await unit.groups.of_chat(TelegramChatId(message.chat_id), for_update=True)
        if group is None:
            return False
        if message.account_id != group.account_id or group.client_id is None:
            return True
        sender = _sender_type(group, stored, message)
        row = await unit.group_messages.add(self._record(group, message, sender))
        if row is None or sender not in {"client", "member"} or group.status == "closed":
            return True
        if not await self._obeyed(unit, group, message, row):
            await unit.lanes.postpone(ANSWER_LANE, group.id, at=self._clock.now() + BURST)
        return True

    def _record(
        self, group: Group, message: IncomingMessage, sender: SenderType
    ) -> NewGroupMessage:
        return NewGroupMessage(
            group_id=group.id,
            sender_type=sender,
            sender_name=f"{message.first_name} {message.last_name}".strip(),
            text=message.text,
            created_at=message.sent_at,
            kind=message.kind,
            account_id=message.account_id,
            message_id=message.message_id,
            user_id=message.sender_id,
            step=group.step,
            reply_to=message.reply_to,
            answered_at=None if sender in {"client", "member"} else self._clock.now(),
        )

    async def _obeyed(
        self, unit: EducationUnit, group: Group, message: IncomingMessage, row: int
    ) -> bool:
        """Commands work in every state, at once, and are answered by code (H6)."""
        word = message.text.strip().lower().rstrip("!.").split("@")[0]
        now = self._clock.now()
        if word in _STOP:
            await self._stop(unit, group, now)
        elif word in _PERSON:
            await hand_off(unit, group, self._voice, now)
        elif word in _QUIET:
            await self._toggle_quiet(unit, group, now)
        else:
            return False
        await unit.group_messages.mark_answered([row], speaker="code", reason=word, now=now)
        return True

    async def _stop(self, unit: EducationUnit, group: Group, now: datetime) -> None:
        await self._voice.say(
            unit, group, welcome.plain("stopped", language=group.language), reason="/stop"
        )
        await unit.groups.save(replace(group, is_paused=True))

    async def _toggle_quiet(self, unit: EducationUnit, group: Group, now: datetime) -> None:
        is_quiet = bool(group.quiet_until and now < group.quiet_until)
        await unit.groups.save(replace(group, quiet_until=None if is_quiet else now + QUIET_FOR))
        if not is_quiet:
            await self._voice.say(
                unit, group, welcome.plain("quiet", language=group.language), reason="/quiet"
            )


async def hand_off(unit: EducationUnit, group: Group, voice: GroupVoice, now: datetime) -> None:
    """A person is called: the notice goes out, then the AI keeps silent until it is given back."""
    await voice.say(
        unit,
        group,
        welcome.plain("handed_off", language=group.language),
        reason="a person was called",
    )
    await unit.groups.save(replace(group, handed_off_at=now))


def _sender_type(group: Group, stored: StoredInbound, message: IncomingMessage) -> SenderType:
    if message.is_bot:
        return "other_bot"
    return "client" if stored.client.id == group.client_id else "member"
