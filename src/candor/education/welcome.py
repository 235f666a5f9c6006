"""The texts of a study group that code writes: invitation with consent, welcome, reminders, end.

They are code's and not a model's, because consent and disclosure must say exactly this (H1, H8).
`CONSENT_VERSION` is stored with each consent; raise it with every change of the invitation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from candor.common.llm import Language

CONSENT_VERSION = "group-2026-11"


@dataclass(frozen=True, slots=True)
class Member:
    """One account of ours in the group, as the welcome introduces it."""

    name: str
    role: str


_ROLES: dict[Language, dict[str, str]] = {
    "ru": {
        "teacher": "ведёт занятия",
        "curious": "задаёт простые вопросы",
        "methodical": "показывает учебные примеры по шагам",
        "cautious": "переспрашивает и уточняет",
    },
    "en": {
        "teacher": "leads the lessons",
        "curious": "asks the simple questions",
        "methodical": "shows worked examples step by step",
        "cautious": "asks again and makes sure",
    },
}
_INVITATION: dict[Language, str] = {
    "ru": (
        "Учебная группа «{title}» для вас готова.\n\n"
        "Как она устроена:\n"
        "• Занятия ведёт ИИ {business}. Рядом ИИ-напарники: {partners}. Это программы, не ученики: "
        "своих результатов у них нет, а примеры они называют примерами.\n"
        "• Оценок никто не ставит. Позвать человека можно в любой момент: /human.\n"
        "• Мы храним ваши сообщения в группе, чтобы вести занятия. /privacy расскажет подробнее, "
        "/delete удалит всё.\n\n"
        "Если согласны, нажмите на ссылку и отправьте заявку на вступление. Ссылка личная, по ней "
        "пустим только вас:\n{link}\n\nЕсли не хочется, просто напишите об этом."
    ),
    "en": (
        "Your study group “{title}” is ready.\n\n"
        "How it works:\n"
        "• The lessons are led by the AI of {business}. With it are AI study partners: {partners}. "
        "They are programs, not students: they have no results of their own, and their examples are "
        "called examples.\n"
        "• Nobody grades you. You can ask for a person at any time: /human.\n"
        "• We keep your messages in the group to lead the lessons. /privacy tells more, /delete "
        "removes everything.\n\n"
        "If you agree, tap the link and ask to join. The link is yours alone, nobody else is let in "
        "by it:\n{link}\n\nIf you would rather not, just write so."
    ),
}
_WELCOME: dict[Language, str] = {
    "ru": (
        "Добро пожаловать, {client}!\n\nКто здесь кто:\n{members}\n• Люди {business} читают группу и "
        "приходят, когда их зовут: /human.\n\n"
        "Правила простые: спрашивайте что угодно, отвечайте в удобное время, задания присылайте текстом, "
        "голосом или файлом. /quiet – напарники помолчат, /stop – остановить занятия."
    ),
    "en": (
        "Welcome, {client}!\n\nWho is who here:\n{members}\n• The people of {business} read the group and "
        "come when they are called: /human.\n\n"
        "The rules are simple: ask anything, answer when it suits you, hand in tasks as text, voice or "
        "file. /quiet – the partners keep silent, /stop – stop the lessons."
    ),
}
_PLAIN: dict[str, dict[Language, str]] = {
    "preparing": {
        "ru": "Отлично! Готовлю для вас учебную группу. Пришлю сюда личную ссылку, как только она будет готова.",
        "en": "Great! I am preparing your study group. I will send your personal link here as soon as it is ready.",
    },
    "received": {
        "ru": "Получено, спасибо. Если захочется обсудить ответ с человеком, напишите /human.",
        "en": "Received, thank you. If you would like to discuss your answer with a person, write /human.",
    },
    "reminder": {
        "ru": "Напоминаю о задании: «{task}» Ответить можно, когда будет удобно. Если сейчас не до того, "
        "напишите /stop, и я не буду напоминать.",
        "en": "A reminder of the task: “{task}” Answer whenever it suits you. If this is not the time, "
        "write /stop and I will not remind you.",
    },
    "completed": {
        "ru": "Вы прошли все задания группы «{title}». Это справка о завершении, без оценки: {date}.\n\n"
        "Что было полезно, а что стоит изменить? Напишите как есть, это прочтёт человек.",
        "en": "You have gone through all the tasks of “{title}”. This note says that you finished, "
        "without a grade: {date}.\n\nWhat was useful, and what should change? Write it as it is; a person "
        "will read it.",
    },
    "quiet": {
        "ru": "Хорошо, напарники помолчат до конца дня. Вернуть их раньше: /quiet ещё раз.",
        "en": "All right, the partners keep silent until the end of the day. /quiet again brings them back.",
    },
    "stopped": {
        "ru": "Занятия остановлены, больше не пишу. Вернуться можно в личном диалоге со мной.",
        "en": "The lessons are stopped, I will not write any more. You can come back in our private chat.",
    },
    "handed_off": {
        "ru": "Позвал человека. Пока он не ответит, я молчу.",
        "en": "I have called a person. Until they answer, I keep silent.",
    },
    "to_a_person": {
        "ru": "На это лучше ответит человек. Передал ваш вопрос.",
        "en": "A person can answer this better. I have passed your question on.",
    },
    "declined": {
        "ru": "Хорошо, группу не открываю. Если передумаете, напишите мне сюда.",
        "en": "All right, I will not open the group. If you change your mind, write to me here.",
    },
    "partner_identity": {
        "ru": "Я ИИ-напарник, не человек: сам ничему не учился и результатов у меня нет. Могу показать "
        "учебный пример.",
        "en": "I am an AI study partner, not a person: I have not studied anything and have no results of "
        "my own. I can show a worked example.",
    },
}


def invitation(
    *, language: Language, title: str, business: str, partners: Sequence[str], link: str
) -> str:
    """What the group is, who is AI, what is kept, and the personal link."""
    names = ", ".join(partners) or ("нет" if language == "ru" else "none")
    return _INVITATION[language].format(title=title, business=business, partners=names, link=link)


def welcome(*, language: Language, client: str, business: str, members: Sequence[Member]) -> str:
    """Who is a person and who is AI, the rules, how to reach a person. Pinned."""
    roles = _ROLES[language]
    kind = "ИИ" if language == "ru" else "AI"
    lines = "\n".join(f"• {m.name} ({kind}) {roles.get(m.role, m.role)}" for m in members)
    return _WELCOME[language].format(client=client, business=business, members=lines)


def plain(name: str, *, language: Language, **values: str) -> str:
    """One of the short fixed texts; raises KeyError for an unknown name."""
    return _PLAIN[name][language].format(**values)
