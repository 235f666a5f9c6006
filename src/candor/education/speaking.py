"""`GroupVoice`: puts what the teacher and the partners say into the group's record and the outbox.

Everything goes through messaging's outbox with the purpose `group`: delivery adds the speaker's label
(H1), keeps Telegram's limits, and asks `GroupDeliveryRule` right before sending.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from candor.clients.activity import Activity
from candor.common.clock import Clock
from candor.common.ids import AccountId, ChatRowId, TelegramMessageId
from candor.education import troubles, welcome
from candor.education.lesson import after_quiet_hours
from candor.education.partner import Partner
from candor.education.ports import EducationUnit, Group, GroupMessage, NewGroupMessage
from candor.messaging.conversation import Author, Conversation, Provenance
from candor.messaging.gateway import Button, ChatClosedError, Keyboard
from candor.messaging.lanes import DELIVER
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import (
    Cancel,
    LabelForm,
    OutboxItem,
    Outcome,
    Outgoing,
    Postpone,
    Send,
    Verdict,
)
from candor.messaging.ports import Due

PIN_LANE = "education.pin_welcome"
WELCOME_REASON = "welcome"
CALLED_REASON = "a person was called"
"""The notice of a hand-off is the one message of ours that goes out after it."""
NOT_NOW = "candor:group:no"
"""What the invitation's second button sends back."""
PLANNED = ("the script's step", "planned by the script", "reminder")
"""How the reasons of lessons, reactions and reminders begin: these keep the client's quiet hours."""
ONE_SPEAKER = timedelta(seconds=20)
"""A text waits for the one that was planned before it: that one's end wakes it, or this time does."""
BY_CODE = Provenance(written_by="code")


class GroupVoice:
    """One way to speak in a group for the teacher, the partners and code."""

    def __init__(self, *, outbox: Outbox, clock: Clock, business: str) -> None:
        self._outbox = outbox
        self._clock = clock
        self._business = business

    async def say(
        self,
        unit: EducationUnit,
        group: Group,
        text: str,
        *,
        reason: str,
        partner: Partner | None = None,
        provenance: Provenance = BY_CODE,
        reply_to: TelegramMessageId | None = None,
        not_before: datetime | None = None,
        author: Author = "ai",
        keyboard: Keyboard = (),
    ) -> None:
        """Queue a message of the teacher, or of `partner`; `reason` is stored and shown."""
        chat = await self._chat(unit, partner.account_id if partner else group.account_id, group)
        row = await unit.group_messages.add(
            self._record(group, text, reason, partner, provenance, reply_to, not_before)
        )
        await self._outbox.put(
            unit,
            Outgoing(
                account_id=partner.account_id if partner else group.account_id,
                chat=chat,
                purpose="group",
                text=text,
                author="human" if author == "human" else "ai",
                language=group.language,
                label=_label(partner, author),
                provenance=provenance,
                subject=row,
                reply_to=reply_to,
                not_before=not_before,
                keyboard=keyboard,
                partner_name=partner.name if partner else None,
            ),
        )

    async def welcome(self, unit: EducationUnit, group: Group, *, name: str) -> None:
        """Who is who, the rules, how to reach a person; pinned once it is sent."""
        partners = await unit.student_bots.of_group(group.id)
        members = [
            welcome.Member(self._business, "teacher"),
            *(welcome.Member(partner.name, partner.role) for partner in partners),
        ]
        text = welcome.welcome(
            language=group.language, client=name, business=self._business, members=members
        )
        await self.say(unit, group, text, reason=WELCOME_REASON)

    async def invite(self, unit: EducationUnit, group: Group, conversation: Conversation) -> None:
        """The invitation with its consent, in the dialogue: a button to open it, one to say no."""
        if group.invite_link is None:
            return
        opened, refused = (
            welcome.plain(name, language=group.language) for name in ("open_group", "not_now")
        )
        keyboard = (
            (Button(opened, url=group.invite_link),),
            (Button(refused, data=NOT_NOW),),
        )
        text = await self.invitation_text(unit, group)
        await self.tell_in_dialogue(unit, conversation, text, keyboard=keyboard)

    async def invitation_text(self, unit: EducationUnit, group: Group) -> str:
        """The very words that the client consents to by asking to join."""
        partners = await unit.student_bots.of_group(group.id)
        return welcome.invitation(
            language=group.language,
            title=group.title,
            business=self._business,
            partners=[partner.name for partner in partners],
            link=group.invite_link or "",
        )

    async def tell_client(
        self, unit: EducationUnit, group: Group, name: str, **values: str
    ) -> None:
        """A fixed text of code in the private dialogue, unless the client has sent `/stop` there."""
        if group.conversation_id is None:
            return
        conversation = await unit.conversations.get(group.conversation_id)
        if conversation is not None and conversation.handling != "opted_out":
            words = welcome.plain(name, language=group.language, title=group.title, **values)
            await self.tell_in_dialogue(unit, conversation, words)

    async def tell_in_dialogue(
        self,
        unit: EducationUnit,
        conversation: Conversation,
        text: str,
        *,
        keyboard: Keyboard = (),
    ) -> None:
        """A message of code in the private dialogue the group came from."""
        client = await unit.users.get(conversation.client_id)
        if client is None:
            return
        await self._outbox.put(
            unit,
            Outgoing(
                account_id=conversation.account_id,
                chat=conversation.chat,
                purpose="notice",
                text=text,
                author="ai",
                language=client.language,
                label="dialogue",
                provenance=BY_CODE,
                conversation_id=conversation.id,
                stage=conversation.stage,
                keyboard=keyboard,
            ),
        )

    async def _chat(self, unit: EducationUnit, account_id: AccountId, group: Group) -> ChatRowId:
        if group.chat_id is None:
            raise ValueError("A group without a chat can't be spoken in.")
        chat = await unit.chats.ensure(
            account_id, group.chat_id, type="supergroup", now=self._clock.now(), title=group.title
        )
        return chat.id

    def _record(
        self,
        group: Group,
        text: str,
        reason: str,
        partner: Partner | None,
        provenance: Provenance,
        reply_to: TelegramMessageId | None,
        not_before: datetime | None,
    ) -> NewGroupMessage:
        return NewGroupMessage(
            group_id=group.id,
            sender_type="partner" if partner else "teacher",
            sender_name=partner.name if partner else self._business,
            text=text,
            created_at=not_before or self._clock.now(),
            account_id=partner.account_id if partner else group.account_id,
            step=group.step,
            reply_to=reply_to,
            reason=reason,
            provenance=_as_json(provenance),
            answered_at=self._clock.now(),
        )


class GroupDeliveryRule:
    """Messaging's purpose rule for `group`: asked right before sending, told the outcome."""

    has_rows = True

    def __init__(
        self, voice: GroupVoice, *, zone: str, wait: timedelta = timedelta(hours=1)
    ) -> None:
        """`zone`: of clients whose own is not known. `wait`: how often a held-back text looks again;
        going on wakes it at once."""
        self._voice = voice
        self._zone = zone
        self._wait = wait

    async def decide(self, unit: EducationUnit, due: Due, *, now: datetime) -> Verdict:
        """May it still go out? A person in the lead, a pause, a `/quiet` or an end say no."""
        item = due.item
        message = await unit.group_messages.get(item.subject or 0)
        group = await self._group(unit, message)
        if message is None or group is None or group.status in {"closed", "preparing"}:
            return Cancel("the group is closed")
        if item.author == "human" or message.reason == CALLED_REASON:
            return Send()
        if why := _silent_because(group, item, now):
            return Cancel(why)
        if group.is_paused or group.trouble in troubles.LOST:
            return Postpone(now + self._wait, "the lessons are paused")
        return await self._waits(unit, group, message, now) or Send()

    async def _waits(
        self, unit: EducationUnit, group: Group, message: GroupMessage, now: datetime
    ) -> Postpone | None:
        """One speaker at a time; what is planned waits for the morning, and no answer for that."""
        is_planned = message.reason.startswith(PLANNED)
        is_late = await unit.group_messages.is_turn_of_another(message, now=now)
        if not is_planned and not is_late:
            return None
        morning = await self._morning(unit, group, now)
        if morning > now:
            return Postpone(morning, "it is night where the client is") if is_planned else None
        return Postpone(now + ONE_SPEAKER, "somebody of us speaks first") if is_late else None

    async def _morning(self, unit: EducationUnit, group: Group, now: datetime) -> datetime:
        """The end of the client's quiet hours, `now` outside them."""
        client = await unit.users.get(group.client_id) if group.client_id is not None else None
        zone = client.time_zone if client and client.time_zone else self._zone
        return after_quiet_hours(now, zone=zone)

    async def settled(self, unit: EducationUnit, due: Due, outcome: Outcome) -> None:
        """Keep how the delivery ended beside the group's message."""
        item = due.item
        if item.subject is None:
            return
        held_up = await unit.group_messages.record_delivery(
            item.subject,
            delivery=outcome.status,
            message_id=outcome.message_id,
            text=outcome.text or item.text,
            now=outcome.at,
        )
        for chat in held_up:
            await unit.lanes.wake(DELIVER, chat, at=outcome.at)
        if outcome.status == "sent" and outcome.message_id is not None:
            await self._remember_welcome(unit, item, outcome.message_id, outcome.at)
        elif outcome.error == ChatClosedError.code:
            await self._note_unreachable(unit, item, outcome.at)

    async def _note_unreachable(self, unit: EducationUnit, item: OutboxItem, now: datetime) -> None:
        """Telegram does not take our words there: the group is deleted, or our bot is out of it."""
        group = await self._group(unit, await unit.group_messages.get(item.subject or 0))
        if group is None or group.status != "active" or group.trouble:
            return
        is_partner = item.label == "partner"
        why = troubles.PARTNER_SILENT if is_partner else troubles.UNREACHABLE
        await unit.groups.save(replace(group, trouble=why))
        details = {"text": f"{group.title}: {why}", "group": group.id}
        await unit.activity.record(
            Activity(kind="alert.group_trouble", at=now, level="warning", details=details)
        )
        if not is_partner:
            await self._voice.tell_client(unit, group, "group_lost")

    async def _remember_welcome(
        self,
        unit: EducationUnit,
        item: OutboxItem,
        message_id: TelegramMessageId,
        now: datetime,
    ) -> None:
        message = await unit.group_messages.get(item.subject or 0)
        group = await self._group(unit, message)
        if group is None or message is None or message.reason != WELCOME_REASON:
            return
        if group.welcome_message_id is None:
            await unit.groups.save(replace(group, welcome_message_id=message_id))
            await unit.lanes.wake(PIN_LANE, group.id, at=now)

    async def _group(self, unit: EducationUnit, message: GroupMessage | None) -> Group | None:
        return await unit.groups.get(message.group_id, for_update=True) if message else None


def _silent_because(group: Group, item: OutboxItem, now: datetime) -> str:
    """Why the AI does not say this any more; empty when it does."""
    if group.stopped_at is not None:
        return "the client has sent /stop"
    if group.handed_off_at is not None:
        return "a person leads this group now"
    if item.label == "partner" and group.quiet_until and now < group.quiet_until:
        return "the client asked the partners to be quiet"
    return ""


def _label(partner: Partner | None, author: Author) -> LabelForm:
    if author == "human":
        return "none"
    return "partner" if partner else "teacher"


def _as_json(provenance: Provenance) -> Mapping[str, object]:
    return {key: value for key, value in asdict(provenance).items() if value not in ("", None, ())}
