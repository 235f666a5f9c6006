"""What stands under a card once its comment is decided: who, what, and why. Pure."""

from typing import Final
from zoneinfo import ZoneInfo

from candor.commenting import recheck
from candor.commenting.comment import Comment
from candor.commenting.owner_card import ShownCard, in_zone, mark_of
from candor.common.llm import Language

_IN_TELEGRAM: Final = " (Telegram)"
_WORDS: Final[dict[str, dict[Language, str]]] = {
    "approved": {
        "ru": "✅ Одобрено: {who}. Место в календаре пока занято, выйдет при первой возможности.",
        "en": "✅ Approved: {who}. The calendar is full for now; it goes out as soon as there is room.",
    },
    "scheduled": {
        "ru": "✅ Одобрено: {who}. Выйдет {at}.",
        "en": "✅ Approved: {who}. It goes out {at}.",
    },
    "sending": {
        "ru": "✅ Одобрено: {who}. Отправляется.",
        "en": "✅ Approved: {who}. It is being sent.",
    },
    "sent": {
        "ru": "✅ Опубликовано {at}. Одобрено: {who}.",
        "en": "✅ Published {at}. Approved: {who}.",
    },
    "unconfirmed": {
        "ru": "Отправлено, но Telegram не подтвердил. Одобрено: {who}. Проверьте под постом.",
        "en": "Sent, but not confirmed by Telegram. Approved: {who}. Look under the post.",
    },
    "rejected": {
        "ru": "✖ Отклонено: {who}. Причина: {why}",
        "en": "✖ Rejected: {who}. The reason: {why}",
    },
    "expired": {
        "ru": "Больше не действует: {why}.",
        "en": "No longer valid: {why}.",
    },
    "failed": {
        "ru": "Telegram не принял этот комментарий: {why}. Одобрено: {who}.",
        "en": "Telegram refused this comment: {why}. Approved: {who}.",
    },
    "changed": {
        "ru": "Текст изменили: его новая карточка ниже.",
        "en": "The text was changed: its newer card is below.",
    },
    "was_approved": {"ru": "До этого одобрено: {who}.", "en": "Approved before: {who}."},
    "panel": {"ru": "{name} (в панели)", "en": "{name} (in the panel)"},
    "telegram": {"ru": "{name} (в Telegram)", "en": "{name} (in Telegram)"},
}
_REASONS: Final[dict[str, str]] = {
    recheck.NO_PERMISSION: "разрешение владельца канала больше не действует",
    recheck.POST_EDITED: "пост изменили после того, как комментарий был написан",
    recheck.POST_DELETED: "пост удалён",
    recheck.NOT_APPROVED: "именно этот текст не одобрен",
    recheck.TOO_LATE: "время вышло раньше, чем его можно было отправить",
    recheck.CHANNEL_PAUSED: "канал на паузе",
    recheck.ACCOUNT_STOPPED: "аккаунт остановлен или удалён",
    recheck.NO_RIGHTS: "аккаунт больше не может писать в группе обсуждения",
    recheck.MODE_FORBIDS: "в настройках канала отправка выключена",
    recheck.LINK_FORBIDDEN: "разрешение не допускает ссылок",
    "nobody acted in time": "никто не решил вовремя",
    "the permission has run out": "срок разрешения истёк",
    "the post has no comments open": "комментарии под постом закрыты",
    "the channel's comments are closed": "комментарии канала закрыты",
    "comments were switched off": "комментарии для канала выключены",
    "the channel was taken out": "канал убран из списка",
    "the channel was paused after a refusal": "канал на паузе после отказа Telegram",
}
"""By the beginning of the stored reason, which is English; what follows it is left out."""


def decision_words(
    card: ShownCard, comment: Comment, *, language: Language, zone: ZoneInfo
) -> str | None:
    """The line for this card; None while its buttons still count."""
    if comment.status == "pending":
        is_current = card.kind == "reason" or card.occasion.startswith(mark_of(comment.text))
        return None if is_current else _WORDS["changed"][language]
    at = comment.sent_at or comment.scheduled_for
    words = _WORDS[comment.status][language].format(
        who=_who(comment.approver, language),
        at=in_zone(at, zone) if at else "",
        why=_why(comment, language),
    )
    if comment.status == "expired" and comment.approver:
        who = _who(comment.approver, language)
        return f"{words} {_WORDS['was_approved'][language].format(who=who)}"
    if comment.status == "sent" and comment.permalink:
        return f"{words}\n{comment.permalink}"
    return words


def _who(approver: str, language: Language) -> str:
    name = approver.removesuffix(_IN_TELEGRAM)
    place = "telegram" if name != approver else "panel"
    return _WORDS[place][language].format(name=name)


def _why(comment: Comment, language: Language) -> str:
    """A person's own words as they are; the product's own in the reader's language."""
    if comment.status != "expired" or language == "en":
        return comment.reason
    known = (words for start, words in _REASONS.items() if comment.reason.startswith(start))
    return next(known, comment.reason)
