"""Replies to our comments: one answer per person, a way to a human, and a stop when one is wanted.

Only what answers a comment of ours comes in here (H7); the rest of the thread is never read.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from candor.clients.activity import Activity
from candor.commenting.cancelling import cancel_all
from candor.commenting.channel import Channel
from candor.commenting.checking import CommentChecks
from candor.commenting.comment import Comment, Engagement
from candor.commenting.direct_message import ArrivedReply, DirectMessage, NewDirectMessage
from candor.commenting.in_need import cue_of, is_handed_over, tell_owners
from candor.commenting.lanes import ANSWER_REPLY
from candor.commenting.ports import Unit, Units
from candor.commenting.words import language_of
from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.ids import CommentId, TelegramChatId, TelegramMessageId
from candor.common.lanes import Lane
from candor.common.llm import GroupReplyRequest, Language, LLMService
from candor.disclosure.identity import asks_identity, truthful_answer
from candor.disclosure.proof import Proof
from candor.disclosure.vulnerable import Cue, hand_over_text, reason_of
from candor.messaging.conversation import Provenance
from candor.messaging.incoming import harmless
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.owner_chats import OwnerChats
from candor.messaging.ports import AccountRestrictions

MAX_REPLY_CHARACTERS: Final = 2_000
MAX_ANSWER_CHARACTERS: Final = 700
BURST: Final = timedelta(seconds=2)
Kind = Literal["complaint", "unwanted", "talk"]

_UNWANTED: Final = re.compile(
    r"""не\s+(?:надо\s+)?пиши(?:те)?\s+(?:сюда|здесь|тут|больше|мне|нам|в\s+эт) | больше\s+не\s+пиши
    | (?:уйди|уходи|убирай|вали|прочь|отстань)\w* | (?:убери|удали|выгони|забан)\w*\s+(?:\w+\s+){0,2}
        (?:бот|это|эт\w+|коммент|реклам|ии)\w* | хватит\s+(?:\w+\s+)?(?:писать|спам|реклам)
    | ^\s*/?(?:стоп|stop)\b
    | don['’]?t\s+(?:write|post|comment)\s+(?:here|in\s+this|again) | stop\s+(?:posting|writing|comment)
    | (?:go\s+away|get\s+out|remove\s+(?:this|the)\s+(?:bot|comment)|leave\s+us) | ban\s+this\s+bot
    """,
    re.IGNORECASE | re.VERBOSE,
)
_COMPLAINT: Final = re.compile(
    r"""(?<!\w)(?:спам\w* | жалоб\w* | пожалу\w+сь | жалуюсь | мошенни\w+ | развод(?:ил\w+|ка)? | обман\w*
    | реклама?\s+(?:в\s+коммент|надоел|задолбал)\w* | spam\w* | scam\w* | report(?:ed|ing)?\s+(?:this|you)
    | i['’]?ll\s+report | fraud\w* | complain\w*)""",
    re.IGNORECASE | re.VERBOSE,
)
_SORRY: Final[dict[Language, str]] = {
    "ru": "Понял, больше здесь не пишу. Владелец {business} узнает об этом. Прошу прощения.",
    "en": "Understood, I won't write here again. The owner of {business} will hear of it. Sorry.",
}
_WAY: Final[dict[Language, str]] = {
    "ru": "Подробнее, лично или с человеком (/human): {link}",
    "en": "More of it, in private or with a person (/human): {link}",
}
_THANKS: Final[dict[Language, str]] = {
    "ru": "Спасибо за ответ. Здесь отвечаю один раз, чтобы не занимать обсуждение.",
    "en": "Thank you for the reply. I answer once here, so as not to take over the discussion.",
}
_TOLD: Final[dict[Kind, dict[Language, str]]] = {
    "unwanted": {
        "ru": "⚠ Канал «{channel}» на паузе: читатель попросил больше там не писать. Всё, что ждало "
        "отправки, отменено. Ответ читателя и кнопка «Возобновить» есть в панели.",
        "en": "⚠ The channel “{channel}” is paused: a reader asked us not to write there. Whatever "
        "waited is cancelled. The reader's words and the button to resume are in the panel.",
    },
    "complaint": {
        "ru": "⚠ Канал «{channel}» и аккаунт на паузе: читатель пожаловался. Всё, что ждало отправки, "
        "отменено. Подробности в панели.",
        "en": "⚠ The channel “{channel}” and the account are paused: a reader complained. Whatever "
        "waited is cancelled. See the panel for details.",
    },
}
_ROLE: Final[dict[Language, str]] = {
    "ru": "ИИ {business}: коротко и по делу отвечает на реплику под своим комментарием, без рекламы",
    "en": "the AI of {business}: answers a reply to its comment, short and to the point, no advertising",
}


def kind_of(text: str) -> Kind:
    """What a reply wants. Rather one stop too many than one too few."""
    if _COMPLAINT.search(text):
        return "complaint"
    if _UNWANTED.search(text):
        return "unwanted"
    return "talk"


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: DirectMessage
    comment: Comment
    channel: Channel
    username: str
    cue: Cue | None


class CommentReplyService:
    """Takes replies, pauses where it is not wanted, answers once."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        outbox: Outbox,
        llm: LLMService,
        checks: CommentChecks,
        restrictions: AccountRestrictions,
        *,
        owners: OwnerChats[Unit],
        business: str,
    ) -> None:
        self._units = units
        self._clock = clock
        self._outbox = outbox
        self._llm = llm
        self._checks = checks
        self._restrictions = restrictions
        self._owners = owners
        self._business = business

    async def is_ours(self, chat_id: TelegramChatId, reply_to: TelegramMessageId) -> bool:
        """Whether a message answers a comment of ours: all else is dropped at the edge."""
        async with self._units() as unit:
            return await unit.comments.of_message(chat_id, reply_to) is not None

    async def receive(self, arrived: ArrivedReply) -> None:
        """Store a reply and wake its answer; twice the same does nothing."""
        now = self._clock.now()
        text = harmless(arrived.text)[:MAX_REPLY_CHARACTERS].strip()
        if arrived.is_bot or not text:
            return
        complained = None
        async with self._units() as unit:
            comment = await unit.comments.of_message(arrived.chat_id, arrived.reply_to)
            if comment is None:
                return
            row = await unit.direct_messages.add(_new(arrived, comment, text), now=now)
            if row is None:
                return
            await self._count(unit, comment, now)
            kind = kind_of(text)
            if kind != "talk":
                await self._stop(unit, comment, row, kind, now)
                complained = comment.account_id if kind == "complaint" else None
            else:
                await self._call_owner(unit, comment, row)
                await unit.lanes.wake(ANSWER_REPLY, row, at=now + BURST)
        if complained is not None:
            await self._restrictions.stop_for(complained, "complaint", actor="commenting")

    async def _call_owner(self, unit: Unit, comment: Comment, row: int) -> None:
        """Who is in danger, bereaved, under age, ill or in debt is met by a person, once."""
        message = await unit.direct_messages.get(row)
        channel = await unit.channels.get(comment.channel_id)
        cue = cue_of(message) if message else None
        if message is None or channel is None or cue is None:
            return
        if not await is_handed_over(unit, message, cue):
            await tell_owners(unit, self._owners, channel, cue)

    async def _count(self, unit: Unit, comment: Comment, now: datetime) -> None:
        """What is addressed to us is counted at once; the thread's own counter may know of more."""
        current = await unit.comments.get(comment.id, for_update=True)
        if current is None:
            return
        known = current.engagement
        replies = max(known.replies, await unit.direct_messages.count_replies(comment.id))
        fresh = Engagement(known.views, replies, known.reactions)
        await unit.comments.note_engagement(comment.id, fresh, now=now)

    async def answer_due(self, lane: Lane) -> datetime | None:
        """The lane `commenting.answer_reply`."""
        waiting = await self._waiting(int(lane.key))
        if waiting is None:
            return None
        text, written_by = await self._answer(waiting)
        async with self._units() as unit:
            await self._send(unit, waiting, text, written_by)
        return None

    async def _waiting(self, row: int) -> _Waiting | None:
        now = self._clock.now()
        async with self._units() as unit:
            message = await unit.direct_messages.get(row)
            if message is None or message.status != "waiting" or message.comment_id is None:
                return None
            comment = await unit.comments.get(message.comment_id)
            channel = await unit.channels.get(comment.channel_id) if comment else None
            if comment is None or channel is None:
                return None
            if why := await self._reason_not_to(unit, message, channel, now):
                await unit.direct_messages.finish(
                    row, status="noted", outcome=why, answer="", now=now
                )
                return None
            commentator = await unit.commentators.get(comment.account_id)
            username = await unit.commentators.dialogue_username()
            own = commentator.username if commentator else ""
            return _Waiting(message, comment, channel, username or own, cue_of(message))

    async def _reason_not_to(
        self, unit: Unit, message: DirectMessage, channel: Channel, now: datetime
    ) -> str:
        if channel.permission_at(now) is None or channel.paused_at is not None:
            return "no answer: there is no permission any more, or the channel is paused"
        comment_id = message.comment_id or CommentId(0)
        if cue := cue_of(message):
            is_told = await is_handed_over(unit, message, cue)
            return "this person has had an answer under this comment" if is_told else ""
        if await unit.direct_messages.is_answered(comment_id, message.sender_id):
            return "this person has had an answer under this comment"
        return ""

    async def _answer(self, waiting: _Waiting) -> tuple[str, Literal["model", "code"]]:
        """A cue and H2 by code; the rest by the model, or fixed words when it is away or not clean."""
        message, language = waiting.message, waiting.message.language
        if waiting.cue is not None:
            return hand_over_text(waiting.cue, language=language), "code"
        if question := asks_identity(message.text):
            identity = truthful_answer(question, business=self._business)
            return self._with_way(identity, waiting), "code"
        facts = await self._checks.facts()
        try:
            draft = await self._llm.answer_in_group(
                GroupReplyRequest(
                    speaker="teacher",
                    speaker_role=_ROLE[language].format(business=self._business),
                    language=language,
                    business=self._business,
                    message=message.text,
                    step=None,
                    task="",
                    facts=facts,
                )
            )
        except TemporaryError:
            return self._with_way(_THANKS[language], waiting), "code"
        proof = Proof(facts=[fact.text for fact in facts], client_said=[message.text])
        text = draft.text.strip()
        is_usable = draft.source == "model" and 0 < len(text) <= MAX_ANSWER_CHARACTERS
        if not is_usable or self._checks.claims(text, proof):
            return self._with_way(_THANKS[language], waiting), "code"
        return self._with_way(text, waiting), "model"

    def _with_way(self, text: str, waiting: _Waiting) -> str:
        """Every answer ends with the way to a private dialogue and to a person, except to a cue:
        nobody in need is led to a sales bot."""
        if not waiting.username:
            return text
        link = self._checks.link_of(waiting.comment.id, waiting.username)
        return f"{text}\n\n{_WAY[waiting.message.language].format(link=link)}"

    async def _send(
        self, unit: Unit, waiting: _Waiting, text: str, written_by: Literal["model", "code"]
    ) -> None:
        now = self._clock.now()
        channel = await unit.channels.get(waiting.channel.id, for_update=True)
        message = await unit.direct_messages.get(waiting.message.id, for_update=True)
        if channel is None or message is None or message.status != "waiting":
            return
        if why := await self._reason_not_to(unit, message, channel, now):
            await unit.direct_messages.finish(
                message.id, status="noted", outcome=why, answer="", now=now
            )
            return
        await self._put(unit, message, waiting.comment, text, written_by)
        outcome = "answered in the thread" if waiting.cue is None else reason_of(waiting.cue)
        under = message.comment_id or CommentId(0)
        # A person has one answer under a comment; words to somebody in need stand beside it.
        is_second = await unit.direct_messages.is_answered(under, message.sender_id)
        await unit.direct_messages.finish(
            message.id,
            status="noted" if is_second else "answered",
            outcome=outcome,
            answer=text,
            now=now,
        )

    async def _stop(
        self, unit: Unit, comment: Comment, row: int, kind: Kind, now: datetime
    ) -> None:
        """H9: the channel is paused with its queue, the owner is told, one short word is said."""
        channel = await unit.channels.get(comment.channel_id, for_update=True)
        message = await unit.direct_messages.get(row)
        if channel is None or message is None:
            return
        reason = "a reader complained" if kind == "complaint" else "a reader doesn't want us there"
        await unit.channels.pause(channel.id, reason, now=now)
        await cancel_all(
            unit, await unit.comments.open_of_channel(channel.id), reason=reason, now=now
        )
        sorry = _SORRY[message.language].format(business=self._business)
        await unit.direct_messages.finish(
            row, status="complaint", outcome=reason, answer="", now=now
        )
        if kind == "unwanted" and channel.paused_at is None and channel.permission_at(now):
            await self._put(unit, message, comment, sorry, "code")
        for owner in await unit.owner_chats.linked():
            words = _TOLD[kind][owner.language]
            await self._owners.write(unit, owner, words.format(channel=channel.title))
        await unit.activity.record(
            Activity(
                kind="commenting.channel_paused",
                at=now,
                account_id=comment.account_id,
                level="warning",
                details={"channel": channel.title, "reason": reason, "comment": int(comment.id)},
            )
        )

    async def _put(
        self,
        unit: Unit,
        message: DirectMessage,
        comment: Comment,
        text: str,
        written_by: Literal["model", "code"],
    ) -> None:
        chat = await unit.chats.ensure(
            comment.account_id, message.chat_id, type="supergroup", now=self._clock.now()
        )
        await self._outbox.put(
            unit,
            Outgoing(
                account_id=comment.account_id,
                chat=chat.id,
                purpose="comment",
                text=text,
                author="ai",
                language=message.language,
                label="comment",
                provenance=Provenance(
                    written_by=written_by, note=f"answer to a reply to comment {comment.id}"
                ),
                subject=-message.id,
                reply_to=message.message_id,
            ),
        )


def _new(arrived: ArrivedReply, comment: Comment, text: str) -> NewDirectMessage:
    return NewDirectMessage(
        # Whoever of our bots heard it: the same reply has one row.
        account_id=comment.account_id,
        chat_id=arrived.chat_id,
        message_id=arrived.message_id,
        kind="thread_reply",
        sender_id=arrived.sender_id,
        sender_name=harmless(arrived.sender_name)[:128],
        text=text,
        language=language_of(text, default=comment.language),
        comment_id=comment.id,
        channel_id=comment.channel_id,
    )
