"""What code itself says to clients: answers to commands, hand-off notices. Russian and English."""

from typing import Final, Literal

from candor.common.business import DAYS, WorkingHours
from candor.common.llm import Language

Notice = Literal[
    "stopped",
    "stopped_already",
    "stopped_in_group",
    "person_called",
    "person_called_already",
    "privacy",
    "export_caption",
    "export_in_private",
    "delete_question",
    "delete_yes",
    "delete_no",
    "deleted",
    "delete_kept",
    "delete_in_private",
    "delete_asked_in_private",
    "button_is_old",
    "consent_marketing_on",
    "consent_marketing_off",
    "consent_model_on",
    "consent_model_off",
    "consent_question",
    "consent_model_question",
    "consent_yes",
    "consent_no",
    "consent_given",
    "consent_refused",
    "help",
]

_TEXTS: Final[dict[Notice, dict[Language, str]]] = {
    "stopped": {
        "ru": "Хорошо, больше не пишу. Если захотите вернуться, отправьте /start. "
        "Удалить всё, что о вас сохранено: /delete.",
        "en": "All right, no more messages. If you want to come back, send /start. "
        "To erase everything stored about you: /delete.",
    },
    "stopped_already": {
        "ru": "Сообщения уже остановлены. Вернуться можно командой /start.",
        "en": "Messages are stopped already. Send /start to come back.",
    },
    "stopped_in_group": {
        "ru": "Хорошо, больше не пишу. Если захотите вернуться, отправьте мне /start в личном чате. "
        "Удалить всё, что о вас сохранено: /delete.",
        "en": "All right, no more messages. If you want to come back, send me /start in our private "
        "chat. To erase everything stored about you: /delete.",
    },
    "person_called": {
        "ru": "Зову человека: он увидит всю переписку и ответит здесь. До его ответа ИИ молчит.",
        "en": "I am calling a person, who will see this dialogue and answer here. "
        "Until then the AI keeps silent.",
    },
    "person_called_already": {
        "ru": "Человека уже позвали, он ответит здесь. Напишите пока всё, что важно.",
        "en": "A person has been called already and will answer here. "
        "Please write down meanwhile what matters.",
    },
    "privacy": {
        "ru": "С вами переписывается {business}; отвечает ИИ, а по вашей просьбе человек.\n\n"
        "Что хранится: ваше имя и ник в Telegram, сообщения этого чата, согласия и ход диалога. "
        "Зачем: чтобы отвечать вам. Для ответа ИИ получает только этот диалог, без вашего "
        "телефона и чужих переписок.\n\n"
        "/export – получить всё одним файлом\n"
        "/delete – удалить всё\n"
        "/stop – больше не писать\n"
        "/human – поговорить с человеком",
        "en": "You are writing with {business}; an AI answers, and a person if you ask for one.\n\n"
        "What is stored: your name and username in Telegram, the messages of this chat, your "
        "consents and where the dialogue stands. Why: to answer you. To write an answer the AI is "
        "given this dialogue only, without your phone number and without anybody else's.\n\n"
        "/export – get everything as one file\n"
        "/delete – erase everything\n"
        "/stop – no more messages\n"
        "/human – talk to a person",
    },
    "export_caption": {
        "ru": "Здесь всё, что о вас сохранено у {business}.",
        "en": "This is everything that {business} stores about you.",
    },
    "export_in_private": {
        "ru": "В группе я не показываю личные данные. Напишите мне /export в личном чате.",
        "en": "I don't show personal data in a group. Send me /export in a private chat.",
    },
    "delete_question": {
        "ru": "Удалить всё, что о вас сохранено: переписку, согласия, историю? Вернуть это будет "
        "нельзя. Останется только зашифрованная отметка, что вам не нужно писать.",
        "en": "Erase everything stored about you: messages, consents, history? It can't be brought "
        "back. Only an encrypted mark stays, so that nobody writes to you again.",
    },
    "delete_yes": {"ru": "Удалить всё", "en": "Erase everything"},
    "delete_no": {"ru": "Оставить", "en": "Keep it"},
    "deleted": {
        "ru": "Всё удалено. Больше мы не напишем; чтобы начать заново, отправьте /start.",
        "en": "Everything is erased. We won't write again; to start anew, send /start.",
    },
    "delete_kept": {"ru": "Ничего не удалено.", "en": "Nothing was erased."},
    "delete_in_private": {
        "ru": "Чтобы удалить свои данные, напишите мне /delete в личном чате.",
        "en": "To erase your data, send me /delete in a private chat.",
    },
    "delete_asked_in_private": {
        "ru": "Спросил вас об удалении в личном чате: подтвердите там.",
        "en": "I have asked you about it in our private chat: please confirm there.",
    },
    "button_is_old": {
        "ru": "Эта кнопка уже не действует.",
        "en": "This button no longer works.",
    },
    "consent_marketing_on": {
        "ru": "Присылать новости и предложения",
        "en": "Send me news and offers",
    },
    "consent_marketing_off": {
        "ru": "Не присылать новости и предложения",
        "en": "No more news and offers",
    },
    "consent_model_on": {
        "ru": "Разрешить внешнюю языковую модель",
        "en": "Allow the outside language model",
    },
    "consent_model_off": {
        "ru": "Запретить внешнюю языковую модель",
        "en": "Don't use the outside language model",
    },
    "consent_question": {
        "ru": "Прочитайте, пожалуйста. Согласны?",
        "en": "Please read this. Do you agree?",
    },
    "consent_model_question": {
        "ru": "Чтобы отвечать свободнее, я могу обращаться к внешней языковой модели. Решать вам: "
        "без неё я отвечаю заготовленными текстами, и это ничего не меняет для вас.",
        "en": "To answer more freely I can ask an outside language model. It is up to you: without it "
        "I answer with prepared texts, and nothing else changes for you.",
    },
    "consent_yes": {"ru": "Согласен", "en": "I agree"},
    "consent_no": {"ru": "Не нужно", "en": "No, thanks"},
    "consent_given": {
        "ru": "Записано. Отказаться можно в любой момент: /privacy.",
        "en": "Noted. You can take it back at any time: /privacy.",
    },
    "consent_refused": {
        "ru": "Хорошо, этого не будет.",
        "en": "All right, that won't happen.",
    },
    "help": {
        "ru": "Просто напишите, что вас интересует.\n\n"
        "/human – поговорить с человеком\n"
        "/stop – больше не писать\n"
        "/privacy – что хранится и зачем\n"
        "/export – получить свои данные\n"
        "/delete – удалить свои данные",
        "en": "Just write what you would like to know.\n\n"
        "/human – talk to a person\n"
        "/stop – no more messages\n"
        "/privacy – what is stored and why\n"
        "/export – get your data\n"
        "/delete – erase your data",
    },
}


_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_HOURS: Final[dict[Language, str]] = {
    "ru": "Люди отвечают с {opens} до {closes}{days} ({zone}).",
    "en": "People answer from {opens} to {closes}{days} ({zone}).",
}


def hours_notice(hours: WorkingHours, language: Language, *, timezone: str) -> str:
    """When people answer: `People answer from 09:00 to 18:00, Mon, Tue (Europe/Moscow).`"""
    names = [_DAYS[language][day - 1] for day in hours.days]
    return _HOURS[language].format(
        opens=f"{hours.opens:%H:%M}",
        closes=f"{hours.closes:%H:%M}",
        days="" if hours.days == DAYS else ", " + ", ".join(names),
        zone=timezone,
    )


def notice(which: Notice, language: Language, *, business: str) -> str:
    """The words; `business` is named where the text names it."""
    return _TEXTS[which][language].replace("{business}", business)
