"""What a comment looks like in the owner's Telegram: its words, its buttons, and what a button says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from candor.commenting.channel import Channel
from candor.commenting.comment import Comment, CommentStatus, text_hash
from candor.commenting.post import Post
from candor.commenting.wording import WORDS as FAULTS
from candor.common.ids import CommentId, TelegramMessageId
from candor.common.llm import Language
from candor.messaging.gateway import Button, Keyboard

CardKind = Literal["card", "reason"]
"""`card`: a reply to it is another wording; `reason`: a reply to it says why not."""
Move = Literal["approve", "reject", "reason", "snooze"]
MAX_CARD: Final = 3_600
"""Characters: a text is shown whole or not offered, and the label stands in front of it all."""
HASH_CHARACTERS: Final = 16
_DATA: Final = re.compile(r"^cm:([arqs]):(\d{1,18})(?::([0-9a-f]{1,16}))?$")
_MOVES: Final[dict[str, Move]] = {"a": "approve", "r": "reject", "q": "reason", "s": "snooze"}

WORDS: Final[dict[str, dict[Language, str]]] = {
    "head": {
        "ru": "Комментарий на одобрение · {channel}",
        "en": "A comment to approve · {channel}",
    },
    "head_decided": {"ru": "Комментарий · {channel}", "en": "A comment · {channel}"},
    "account": {"ru": "От имени: {account}", "en": "In the name of: {account}"},
    "post": {"ru": "Пост: {post}", "en": "The post: {post}"},
    "variant": {"ru": "Вариант {n}", "en": "Variant {n}"},
    "foot": {
        "ru": "Ждёт до {until}. Другой текст: ответьте им на это сообщение.",
        "en": "Waits until {until}. For another text, reply to this message with it.",
    },
    "approve": {"ru": "✅ Одобрить", "en": "✅ Approve"},
    "approve_n": {"ru": "✅ Вариант {n}", "en": "✅ Variant {n}"},
    "reject": {"ru": "✖ Отклонить", "en": "✖ Reject"},
    "snooze": {"ru": "⏰ Через 2 часа", "en": "⏰ In two hours"},
    "why": {
        "ru": "Почему нет? Выберите или ответьте на это сообщение своими словами: следующие "
        "черновики это учтут.",
        "en": "Why not? Choose, or reply to this message in your own words: the next drafts will "
        "take it into account.",
    },
    "asked": {"ru": "Спрашиваю о причине ниже.", "en": "I ask for the reason below."},
    "approved": {"ru": "Одобрено. Выйдет {at}.", "en": "Approved. It goes out {at}."},
    "approved_no_slot": {
        "ru": "Одобрено. Место в календаре пока занято, выйдет при первой возможности.",
        "en": "Approved. The calendar is full for now; it goes out as soon as there is room.",
    },
    "rejected": {"ru": "Отклонено: {reason}", "en": "Rejected: {reason}"},
    "snoozed": {"ru": "Покажу снова {at}.", "en": "I'll show it again {at}."},
    "other_text": {
        "ru": "Текст с тех пор изменился. Новая карточка ниже, или откройте панель.",
        "en": "The text has changed since. See the newer card below, or the panel.",
    },
    "not_yours": {
        "ru": "Эта кнопка только для владельца связанного чата.",
        "en": "This button is only for the owner of the linked chat.",
    },
    "gone": {"ru": "Этого комментария больше нет.", "en": "This comment is gone."},
    "refused": {
        "ru": "Этот текст нельзя опубликовать: {problems}. Комментарий остался прежним.",
        "en": "This text can't be published: {problems}. The comment stays as it was.",
    },
    "not_done": {"ru": "Не получилось: {why}", "en": "It didn't work: {why}"},
    "no_permission": {
        "ru": "нет действующего разрешения владельца канала.",
        "en": "there is no valid permission of the channel's owner.",
    },
    "blocked": {
        "ru": "для этой аудитории нужна юридическая подпись, она вносится в панели.",
        "en": "this audience needs a legal sign-off, which is recorded in the panel.",
    },
    "long_reason": {
        "ru": "причина должна уместиться в 300 знаков.",
        "en": "the reason must fit into 300 characters.",
    },
}
STANDS: Final[dict[CommentStatus, dict[Language, str]]] = {
    "pending": {"ru": "Комментарий ещё ждёт решения.", "en": "The comment still waits."},
    "approved": {"ru": "Уже одобрено.", "en": "Approved already."},
    "scheduled": {"ru": "Уже одобрено.", "en": "Approved already."},
    "sending": {"ru": "Уже отправляется.", "en": "It is being sent already."},
    "sent": {"ru": "Уже опубликовано.", "en": "Published already."},
    "unconfirmed": {
        "ru": "Уже отправлено, Telegram ещё не подтвердил.",
        "en": "Sent already, not yet confirmed by Telegram.",
    },
    "rejected": {"ru": "Уже отклонено.", "en": "Rejected already."},
    "expired": {
        "ru": "Уже недействительно: время вышло, пост изменился или разрешение отозвано.",
        "en": "Void by now: its time ran out, the post changed, or the permission was withdrawn.",
    },
    "failed": {"ru": "Telegram не принял этот комментарий.", "en": "Telegram refused it."},
}
REASONS: Final[tuple[dict[Language, str], ...]] = (
    {"ru": "Не о сути поста", "en": "Not about the post"},
    {"ru": "Не наш тон", "en": "Not our tone"},
    {"ru": "Похоже на рекламу", "en": "Sounds like advertising"},
    {"ru": "Здесь лучше промолчать", "en": "Better say nothing here"},
)


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A message in an owner's chat that is about a comment."""

    comment_id: CommentId
    owner_chat_id: int
    kind: CardKind
    occasion: str


@dataclass(frozen=True, slots=True)
class SentCard:
    """A card on its way or in its chat, with what it says by now."""

    id: int
    card: ShownCard
    text: str
    """Without the label."""
    sent_text: str | None
    """As delivery sent it, label included; None before."""
    message_id: TelegramMessageId | None
    is_on_its_way: bool
    decision: str
    """What it was changed to say; empty: it stands as it was sent, with its buttons."""
    created_at: datetime

    @property
    def label(self) -> str:
        """What delivery put in front of the text; an edit keeps it (H1)."""
        return (self.sent_text or "").removesuffix(self.text)


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: which comment, what to do, and for an approval which exact text."""

    move: Move
    comment_id: CommentId
    mark: str = ""


def read_press(data: str) -> Press | None:
    """None: no button of a card."""
    found = _DATA.match(data)
    if found is None:
        return None
    return Press(_MOVES[found.group(1)], CommentId(int(found.group(2))), found.group(3) or "")


def mark_of(text: str) -> str:
    """The part of an exact text's hash that a button carries (64 bits; looked up in full)."""
    return text_hash(text)[:HASH_CHARACTERS]


def offered_texts(comment: Comment) -> tuple[str, ...]:
    """The drafts to choose from; a text that somebody put in stands alone."""
    if comment.variants and comment.text == comment.variants[0]:
        return tuple(dict.fromkeys(comment.variants))
    return (comment.text,)


def card_text(
    comment: Comment,
    post: Post,
    channel: Channel,
    account: str,
    *,
    language: Language,
    zone: ZoneInfo,
) -> tuple[str, tuple[str, ...]]:
    """The card, and the texts that stand in it whole."""
    parts = _beginning(post, channel, account, language=language)
    foot = WORDS["foot"][language].format(until=_moment(comment.expires_at, zone))
    texts = offered_texts(comment)
    shown: list[str] = []
    room = MAX_CARD - sum(len(part) + 2 for part in parts) - len(foot)
    for number, text in enumerate(texts, 1):
        title = f"— {WORDS['variant'][language].format(n=number)} —\n" if len(texts) > 1 else ""
        room -= len(title) + len(text) + 2
        if shown and room < 0:
            break
        shown.append(text)
        parts.append(title + text)
    return "\n\n".join((*parts, foot)), tuple(shown)


def decided_text(
    text: str, decision: str, post: Post, channel: Channel, account: str, *, language: Language
) -> str:
    """The card after the decision: the text that it is about, and what became of it."""
    parts = _beginning(post, channel, account, language=language, head="head_decided")
    room = MAX_CARD - sum(len(part) + 2 for part in parts) - len(decision)
    return "\n\n".join((*parts, text[: max(0, room)], decision))


def card_keyboard(comment: Comment, texts: Sequence[str], language: Language) -> Keyboard:
    """One button per text, bound to its hash; then reject and snooze."""
    numbered = [
        Button(
            WORDS["approve_n" if len(texts) > 1 else "approve"][language].format(n=number),
            data=f"cm:a:{comment.id}:{mark_of(text)}",
        )
        for number, text in enumerate(texts, 1)
    ]
    others = [
        Button(WORDS["reject"][language], data=f"cm:r:{comment.id}"),
        Button(WORDS["snooze"][language], data=f"cm:s:{comment.id}"),
    ]
    return [numbered, others]


def reason_keyboard(comment_id: CommentId, language: Language) -> Keyboard:
    return [
        [Button(reason[language], data=f"cm:q:{comment_id}:{number}")]
        for number, reason in enumerate(REASONS)
    ]


def reason_of(press: Press, language: Language) -> str | None:
    """The words of a ready reason; None for one that was never offered."""
    number = int(press.mark, 16) if press.mark else len(REASONS)
    return REASONS[number][language] if number < len(REASONS) else None


def problem_words(problem: str, language: Language) -> str:
    """A fault of a text in the reader's language; what has no words there is called a claim."""
    known = {words["en"]: words[language] for words in FAULTS.values()}
    if language == "en":
        return problem.rstrip(".")
    return known.get(problem) or FAULTS["claim"][language]


def _beginning(
    post: Post, channel: Channel, account: str, *, language: Language, head: str = "head"
) -> list[str]:
    name = channel.title or channel.username or ""
    about = post.summary.main_idea if post.summary else " ".join(post.text.split())
    return [
        WORDS[head][language].format(channel=f"«{name}»" if language == "ru" else f"“{name}”"),
        WORDS["account"][language].format(account=account),
        WORDS["post"][language].format(post=about[:300]),
    ]


def in_zone(at: datetime, zone: ZoneInfo) -> str:
    return _moment(at, zone)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%d.%m %H:%M")
