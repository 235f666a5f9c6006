"""The texts of a study group that code writes: invitation with consent, welcome, reminders, end.

They are code's and not a model's, because consent and disclosure must say exactly this (H1, H8).
`CONSENT_VERSION` is stored with each consent; raise it with every change of the invitation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

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
_COMPLETION: dict[Language, str] = {
    "ru": (
        "Справка о прохождении, без оценки.\n{client}: группа «{title}», {tasks}{date}.\n\n"
        "Что в этих занятиях было полезно, а что мешало или не понадобилось? Напишите сюда как есть, "
        "хорошее и плохое важно одинаково. Прочтёт человек.\n\n{question}"
    ),
    "en": (
        "A note of completion, without a grade.\n{client}: group “{title}”, {tasks}{date}.\n\n"
        "What in these lessons was useful, and what got in the way or was not needed? Write it as it "
        "is, the good and the bad matter alike. A person will read it.\n\n{question}"
    ),
}
_TASKS: dict[Language, str] = {"ru": "сдано заданий: {n}, ", "en": "tasks handed in: {n}, "}
_DATES: dict[Language, str] = {"ru": "%d.%m.%Y", "en": "%d %b %Y"}
_PLAIN: dict[str, dict[Language, str]] = {
    "preparing": {
        "ru": "Свободной группы прямо сейчас нет, готовим новую. Пришлю сюда личную ссылку, как только она будет.",
        "en": "No group is free just now, a new one is being prepared. I will send your personal link here as soon as it is there.",
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
    "quiet": {
        "ru": "Хорошо, напарники помолчат до конца дня. Вернуть их раньше: /quiet ещё раз.",
        "en": "All right, the partners keep silent until the end of the day. /quiet again brings them back.",
    },
    "handed_off": {
        "ru": "Позвал человека. Пока он не ответит, я молчу.",
        "en": "I have called a person. Until they answer, I keep silent.",
    },
    "to_a_person": {
        "ru": "На это лучше ответит человек. Передал ваш вопрос.",
        "en": "A person can answer this better. I have passed your question on.",
    },
    "open_group": {"ru": "Открыть группу", "en": "Open the group"},
    "not_now": {"ru": "Не сейчас", "en": "Not now"},
    "invitation_reminder": {
        "ru": "Ваша группа «{title}» всё ещё ждёт: {link}\n\nЕсли передумали, ничего делать не нужно, "
        "больше напоминать не буду.",
        "en": "Your group “{title}” is still waiting: {link}\n\nIf you have changed your mind, there is "
        "nothing to do: I will not remind you again.",
    },
    "invitation_over": {
        "ru": "Приглашение в группу «{title}» закончилось, ссылка больше не действует. Захотите "
        "вернуться, напишите мне, и я пришлю новую.",
        "en": "The invitation to “{title}” has ended and the link no longer works. If you would like to "
        "come back, write to me and I will send a new one.",
    },
    "over_already": {
        "ru": "Занятия в группе «{title}» уже закончились, поэтому заявку я не принимаю. Если хотите "
        "начать снова, напишите мне об этом.",
        "en": "The lessons in “{title}” are over, so I do not accept the request. If you would like to "
        "start again, write to me.",
    },
    "other_account": {
        "ru": "По вашей ссылке в группу «{title}» попросился другой аккаунт, его я не пустил. Ссылка "
        "работает для того аккаунта, с которого вы пишете мне сейчас.",
        "en": "Another account asked to join “{title}” by your link, and I did not let it in. The link "
        "works for the account you are writing from now.",
    },
    "resumed": {
        "ru": "Продолжаем занятия в группе «{title}» с того места, где остановились.",
        "en": "The lessons in “{title}” go on from where we stopped.",
    },
    "group_lost": {
        "ru": "Я больше не могу писать в группу «{title}», занятия пока остановлены. Сообщил об этом "
        "людям, они разберутся. Ваши ответы сохранены.",
        "en": "I can no longer write in “{title}”, so the lessons have stopped for now. I have told the "
        "people of the business. Your answers are kept.",
    },
    "next_question": {
        "ru": "Рассказать, что бывает после этих занятий? Расскажет человек, в личном диалоге, и только "
        "если вы этого хотите.",
        "en": "Would you like to hear what comes after these lessons? A person tells you, in the private "
        "chat, and only if you want it.",
    },
    "next_yes_button": {"ru": "Да, расскажите", "en": "Yes, tell me"},
    "next_no_button": {"ru": "Нет, спасибо", "en": "No, thank you"},
    "next_yes": {
        "ru": "Хорошо. Человек напишет вам в личный диалог.",
        "en": "All right. A person will write to you in the private chat.",
    },
    "next_no": {
        "ru": "Хорошо, предлагать ничего не будем.",
        "en": "All right, we will not offer anything.",
    },
    "not_your_button": {
        "ru": "Этот вопрос не к вам, а к тому, кто прошёл занятия.",
        "en": "This question is for the person who took the lessons.",
    },
    "button_is_old": {
        "ru": "Эта кнопка больше не действует.",
        "en": "This button no longer works.",
    },
    "feedback": {
        "ru": "Спасибо, это прочтёт человек.",
        "en": "Thank you, a person will read this.",
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


def completion(
    *, language: Language, client: str, title: str, tasks: int, on: datetime, zone: str
) -> str:
    """The note of completion, an open question, and whether to hear what comes next.

    `tasks`: how many were handed in; a script without tasks names no number. `zone`: the client's.
    """
    return _COMPLETION[language].format(
        client=client,
        title=title,
        tasks=_TASKS[language].format(n=tasks) if tasks else "",
        date=on.astimezone(ZoneInfo(zone)).strftime(_DATES[language]),
        question=plain("next_question", language=language),
    )


def plain(name: str, *, language: Language, **values: str) -> str:
    """One of the short fixed texts; raises KeyError for an unknown name."""
    return _PLAIN[name][language].format(**values)
