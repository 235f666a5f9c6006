"""The few sentences that code itself says to a client in a sales dialogue, in both languages.

Each has several wordings, so that nobody reads the same one twice in a row.
"""

from collections.abc import Sequence
from typing import Final, Literal

from candor.common.llm import Language

Occasion = Literal[
    "group_opens",
    "invoice_follows",
    "farewell",
    "opt_out",
    "only_text",
    "once_more",
    "person_follows",
    "other_language",
]

WORDS: Final[dict[Language, dict[Occasion, tuple[str, ...]]]] = {
    "ru": {
        "group_opens": (
            "Отлично, тогда готовлю для вас учебную группу. Сейчас пришлю приглашение: войдёте "
            "сами, когда будет удобно.",
            "Договорились! Группа уже готовится. Приглашение придёт сюда же, в этот чат.",
        ),
        "invoice_follows": (
            "Спасибо! Передаю ваш заказ коллеге, счёт пришлёт человек в этот же чат.",
            "Принято. Передаю это коллеге: счёт пришлёт человек, прямо сюда.",
        ),
        "farewell": (
            "Хорошо, не буду отвлекать. Если появятся вопросы, просто напишите сюда.",
            "Понимаю вас. Спасибо, что ответили прямо. Если что-то изменится, я здесь.",
        ),
        "opt_out": (
            "Понял вас, больше ничего предлагать не буду. Закрыть переписку можно командой /stop, "
            "позвать человека командой /human.",
            "Хорошо, писать больше не буду. Команда /stop закроет переписку совсем, /human позовёт человека.",
        ),
        "only_text": (
            "Я пока понимаю только текст. Напишите, пожалуйста, словами, или отправьте /human, "
            "и подключится человек.",
            "Голос и картинки я пока не разбираю. Можно то же самое текстом? Или /human, "
            "если удобнее с человеком.",
        ),
        "once_more": (
            "И всё-таки спрошу. {text}",
            "Скажу ещё раз, так понятнее. {text}",
            "Напомню свой вопрос. {text}",
        ),
        "person_follows": (
            "Здесь лучше ответит человек. Передаю ваш вопрос коллеге, он напишет в этот чат.",
            "Не хочу гадать, поэтому зову коллегу. Человек ответит вам здесь же.",
        ),
        "other_language": (
            "Проверенных ответов на русском у меня сейчас нет, а переводить наугад не стану. "
            "Вам ответит человек, прямо в этом чате.",
        ),
    },
    "en": {
        "group_opens": (
            "Great, I am getting your study group ready. The invitation comes right here: you join "
            "by yourself, whenever it suits you.",
            "Agreed! Your group is on its way, and the invitation will come into this chat.",
        ),
        "invoice_follows": (
            "Thank you! I am passing your order to a colleague, a person will send the invoice here.",
            "Noted. A colleague of mine, a real person, will send the invoice to this chat.",
        ),
        "farewell": (
            "All right, I will not keep you. If a question comes up, just write here.",
            "I understand, and thank you for saying so plainly. If anything changes, I am here.",
        ),
        "opt_out": (
            "Understood, I will not offer you anything any more. To close this chat, send "
            "/stop. If you would like a person, send /human.",
            "All right, I'll keep quiet. /stop closes this chat, /human calls a person.",
        ),
        "only_text": (
            "So far I read text only. Could you put it into words? Or send /human and a person "
            "will join.",
            "I can't make out voice and pictures yet. Could you write it? Or send /human if you "
            "would rather have a person.",
        ),
        "once_more": (
            "May I ask again? {text}",
            "Let me say it once more, so that we don't lose the thread. {text}",
            "Let me say that again. {text}",
        ),
        "person_follows": (
            "A person can answer this better. I am passing your question on, and a colleague will "
            "write to you here.",
            "I'd rather not guess, so I am calling a colleague. A person will answer you here.",
        ),
        "other_language": (
            "I can't give you an approved answer in English right now and won't guess at a translation. "
            "A person will answer you, right in this chat.",
        ),
    },
}


def words_for(
    occasion: Occasion, language: Language, *, text: str = "", heard: Sequence[str] = ()
) -> str:
    """A wording of the occasion that is not among `heard` (newest first); where all are, not the newest."""
    wordings = [line.format(text=text) for line in WORDS[language][occasion]]
    fresh = [line for line in wordings if line not in heard]
    return next(iter(fresh or [line for line in wordings if line not in heard[:1]]), wordings[0])
