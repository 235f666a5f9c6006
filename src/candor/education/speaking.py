"""`GroupVoice`: puts what the teacher and the partners say into the group's record and the outbox.

Everything goes through messaging's outbox with the purpose `group`: delivery adds the speaker's label
(H1), keeps Telegram's limits, and asks `GroupDeliveryRule` right before sending.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from candor.common.clock import Clock
from candor.common.ids import AccountId, ChatRowId, TelegramMessageId
from candor.education import welcome
from candor.education.partner import Partner
from candor.education.ports import EducationUnit, Group, GroupMessage, NewGroupMessage
from candor.messaging.conversation import Author, Conversation, Provenance
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

    async def tell_in_dialogue(
        self, unit: EducationUnit, conversation: Conversation, text: str
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

    def __init__(self, *, wait: timedelta = timedelta(minutes=1)) -> None:
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
        if group.handed_off_at is not None:
            return Cancel("a person leads this group now")
        if group.is_paused:
            return Postpone(now + self._wait, "the lessons are paused")
        if item.label == "partner" and group.quiet_until and now < group.quiet_until:
            return Cancel("the client asked the partners to be quiet")
        return Send()

    async def settled(self, unit: EducationUnit, due: Due, outcome: Outcome) -> None:
        """Keep how the delivery ended beside the group's message."""
        item = due.item
        if item.subject is None:
            return
        await unit.group_messages.record_delivery(
            item.subject,
            delivery=outcome.status,
            message_id=outcome.message_id,
            text=outcome.text or item.text,
        )
        if outcome.status == "sent" and outcome.message_id is not None:
            await self._remember_welcome(unit, item, outcome.message_id, outcome.at)

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


def _label(partner: Partner | None, author: Author) -> LabelForm:
    if author == "human":
        return "none"
    return "partner" if partner else "teacher"


def _as_json(provenance: Provenance) -> Mapping[str, object]:
    return {key: value for key, value in asdict(provenance).items() if value not in ("", None, ())}
