"""`GroupListener`: hears what is said in study groups; one unit stores it and wakes who answers.

It keeps the message, obeys the groups' own commands at once (`/human`, `/quiet`), and stops the
lessons of a client who says `/stop` anywhere. It never decides what to say.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from candor.common.clock import Clock
from candor.common.ids import AccountId, ClientId, TelegramChatId, TelegramMessageId
from candor.education import welcome
from candor.education.closing import ANSWER_LANE, close_group, withdraw_words
from candor.education.ports import EducationUnit, EducationUnits, Group, NewGroupMessage, SenderType
from candor.education.speaking import CALLED_REASON, GroupVoice
from candor.messaging.incoming import IncomingMessage

Place = Literal["teacher", "partner", "elsewhere"]
BURST: Final = timedelta(seconds=2)
QUIET_FOR: Final = timedelta(hours=12)
_PERSON: Final = frozenset({"/human", "человек", "оператор", "human", "person"})
_QUIET: Final = frozenset({"/quiet", "тихо", "quiet"})


class GroupListener:
    """Takes the messages of chats that are study groups."""

    def __init__(self, *, units: EducationUnits, voice: GroupVoice, clock: Clock) -> None:
        self._units = units
        self._voice = voice
        self._clock = clock

    async def place_of(self, account_id: AccountId, chat_id: TelegramChatId) -> Place:
        """Whether the chat is a study group of ours, and whether this account is its teacher."""
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id)
        if group is None:
            return "elsewhere"
        return "teacher" if group.account_id == account_id else "partner"

    async def receive(self, message: IncomingMessage, *, obeyed: str = "") -> bool:
        """True when the chat is a study group of ours; a partner's own copy of it is dropped.

        `obeyed`: the command that messaging has answered already; it is kept, and hands no task in.
        """
        async with self._units() as unit:
            group = await unit.groups.of_chat(message.chat_id, for_update=True)
            if group is None:
                return False
            if message.account_id == group.account_id and group.client_id is not None:
                await self._keep(unit, group, message, obeyed)
            return True

    async def client_opted_out(
        self, unit: EducationUnit, client_id: ClientId, now: datetime
    ) -> None:
        """In the unit of a `/stop` or `/delete`: the lessons of this client stop.

        What we were about to say is not said, and an invitation that was not accepted ends.
        """
        for group in await unit.groups.of_client(client_id):
            if group.status in {"preparing", "awaiting_client"}:
                await close_group(unit, group, now=now, why="/stop")
                continue
            is_led = group.status == "active"
            await unit.groups.save(
                replace(group, is_paused=group.is_paused or is_led, stopped_at=now)
            )
            await withdraw_words(unit, group, reason="/stop", now=now)

    async def _keep(
        self, unit: EducationUnit, group: Group, message: IncomingMessage, obeyed: str
    ) -> None:
        sender = await self._sender_type(unit, group, message)
        row = await unit.group_messages.add(self._record(group, message, sender))
        if row is None or sender not in {"client", "member"} or group.status == "closed":
            return
        if obeyed:
            now = self._clock.now()
            await unit.group_messages.mark_answered([row], speaker="code", reason=obeyed, now=now)
        elif not await self._obeyed(unit, group, message, row):
            await unit.lanes.postpone(ANSWER_LANE, group.id, at=self._clock.now() + BURST)

    async def _sender_type(
        self, unit: EducationUnit, group: Group, message: IncomingMessage
    ) -> SenderType:
        if message.is_bot:
            return "other_bot"
        client = await unit.users.find(message.sender_id)
        return "client" if client is not None and client.id == group.client_id else "member"

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
            sender_id=message.sender_id,
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
        if word in _PERSON:
            await hand_off(unit, group, self._voice, now)
        elif word in _QUIET:
            await self._toggle_quiet(unit, group, now)
        else:
            return False
        await unit.group_messages.mark_answered([row], speaker="code", reason=word, now=now)
        return True

    async def _toggle_quiet(self, unit: EducationUnit, group: Group, now: datetime) -> None:
        is_quiet = bool(group.quiet_until and now < group.quiet_until)
        await unit.groups.save(replace(group, quiet_until=None if is_quiet else now + QUIET_FOR))
        if not is_quiet:
            await self._voice.say(
                unit, group, welcome.plain("quiet", language=group.language), reason="/quiet"
            )


async def hand_off(
    unit: EducationUnit,
    group: Group,
    voice: GroupVoice,
    now: datetime,
    *,
    say: str = "",
    reply_to: TelegramMessageId | None = None,
) -> None:
    """A person is called: the notice goes out, then the AI keeps silent until it is given back.

    `say` stands in for the usual notice.
    """
    words = say or welcome.plain("handed_off", language=group.language)
    await voice.say(unit, group, words, reason=CALLED_REASON, reply_to=reply_to)
    await unit.groups.save(replace(group, handed_off_at=now))
