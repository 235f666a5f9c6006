"""The few sentences the offline engine says of its own; each kind in several wordings.

The claims gate reads them like any draft, so they state nothing of the business: a test holds every wording
against the sample scripts and against the facts of other businesses.
"""

from typing import Final, Literal

from candor.common.llm import Language

Kind = Literal[
    "unknown",
    "aside",
    "refusal",
    "postponement",
    "thanks",
    "agreed",
    "again",
    "price",
    "group_unknown",
    "group_thanks",
]

WORDS: Final[dict[Language, dict[Kind, tuple[str, ...]]]] = {
    "ru": {
        "unknown": (
            "Точного ответа на это у меня нет, а выдумывать не стану. Передам вопрос человеку.",
            "Проверенных сведений об этом у меня нет. Спрошу у человека, он ответит здесь же.",
            "Этого я не знаю и гадать не буду: зову человека.",
        ),
        "aside": (
            "Об этом мне лучше не рассуждать: я отвечаю о том, чем занимается {business}.",
            "Здесь я не помощник: моё дело рассказать о том, что предлагает {business}.",
            "Об этом лучше спросить не меня. А о том, что делает {business}, расскажу с радостью.",
        ),
        "refusal": (
            "Понимаю, настаивать не буду. Если захотите о чём-то спросить, я отвечу.",
            "Хорошо, спасибо за прямой ответ. Если что-то изменится, я отвечу.",
        ),
        "postponement": (
            "Хорошо, не тороплю. Напишите, когда будет удобно.",
            "Конечно, подумайте, торопить не буду. Появятся вопросы, пишите, я отвечу.",
        ),
        "thanks": (
            "Спасибо, что рассказали.",
            "Понимаю вас.",
            "Спасибо, учту это.",
            "Хорошо, понятно.",
        ),
        "price": (
            "Понимаю, что цена важна. Сейчас ничего решать не прошу.",
            "Спасибо, что сказали прямо. Решать вам, торопить не буду.",
        ),
        "agreed": ("Отлично.", "Хорошо, так и поступим.", "Договорились."),
        "again": ("Скажу иначе.", "Скажу коротко ещё раз.", "Давайте вернусь к своему вопросу."),
        "group_unknown": (
            "Проверенного ответа у меня нет, передам вопрос преподавателю-человеку.",
            "Чтобы не ошибиться, спрошу об этом человека и вернусь с ответом.",
        ),
        "group_thanks": (
            "Спасибо за ответ! Оценивает работы человек, а я могу подсказать по заданию.",
            "Принято, спасибо! Если что-то в задании непонятно, спрашивайте.",
            "Вижу ваш ответ, спасибо. Какая часть задания далась труднее всего?",
        ),
    },
    "en": {
        "unknown": (
            "I have no exact answer to that and won't make one up. I'll pass the question to a person.",
            "I have nothing verified on that. I'll ask a person, who will answer right here.",
            "I don't know that and won't guess: I'm calling a person.",
        ),
        "aside": (
            "I'd better not go into that: I answer about what {business} does.",
            "I'm no help there, but I'll gladly tell you what {business} offers.",
            "I'm not the one to ask about that. But I'll gladly tell you about what {business} does.",
        ),
        "refusal": (
            "I understand and won't insist. If you have any questions later, I'll gladly answer.",
            "All right, thanks for saying it plainly. Should anything change, just tell me.",
        ),
        "postponement": (
            "All right, I won't hurry you. Write when it suits you.",
            "Of course, I'm not hurrying you. If questions come up, I'll answer them.",
        ),
        "thanks": (
            "Thanks for telling me.",
            "I understand.",
            "Thank you, noted.",
            "I see, thank you.",
        ),
        "price": (
            "I understand, the price matters. You don't have to decide right now.",
            "Thanks for being open about it. I won't hurry you with paying.",
        ),
        "agreed": ("Great.", "Good, I'm glad.", "Agreed."),
        "again": (
            "Let me put it another way.",
            "Let me put it briefly.",
            "Let me come back to my question.",
        ),
        "group_unknown": (
            "I have no verified answer, so I'll pass the question to the human teacher.",
            "To be safe, I'll ask a person about this and come back.",
        ),
        "group_thanks": (
            "Thanks for your answer! A person looks at the work; I can help with the task.",
            "Got it, thank you! If anything in the task is unclear, ask me.",
            "I see your answer, thanks. Which part of the task was the hardest?",
        ),
    },
}


def wording(kind: Kind, language: Language, *, turn: int, business: str = "") -> str:
    """One of the wordings, another one each turn."""
    choices = WORDS[language][kind]
    return choices[turn % len(choices)].format(business=business)
