"""What code says around an author's questions: buttons, kind refusals, goodbyes. Russian and English."""

from typing import Final, Literal

from candor.common.llm import Language
from candor.sales.questionnaires.document import NumberAnswer

Phrase = Literal[
    "back",
    "skip",
    "leave",
    "resume",
    "no_option",
    "no_option_again",
    "no_number",
    "out_of_range",
    "too_long",
    "no_text",
    "not_optional",
    "nothing_before",
    "waits",
    "left",
    "thanks",
    "person_answers",
    "messages_stopped",
    "dialogue_closed",
    "answered_already",
    "ended",
]

_PHRASES: Final[dict[Phrase, tuple[str, str]]] = {
    "back": ("← Назад", "← Back"),
    "skip": ("Пропустить вопрос", "Skip this question"),
    "leave": ("Без опроса", "No questions, please"),
    "resume": ("Продолжим с того места, где остановились.", "Let's go on from where we stopped."),
    "no_option": (
        "Не узнаю среди вариантов. Нажмите кнопку под вопросом или напишите её слова.",
        "I don't find that among the answers. Tap a button below the question or write its words.",
    ),
    "no_option_again": (
        "Пока не понимаю, простите. Подойдёт любая кнопка ниже, а если ни одна не про вас, "
        "выберите самую близкую.",
        "I still don't follow, sorry. Any button below will do; if none is quite right, take the "
        "nearest one.",
    ),
    "no_number": ("Здесь нужно одно число, например {example}.", "One number, please, such as {example}."),
    "out_of_range": (
        "Нужно число от {least} до {most}. Напишите ещё раз, пожалуйста.",
        "It has to be a number from {least} to {most}. Please write it once more.",
    ),
    "too_long": (
        "Получилось длинно. Уложитесь, пожалуйста, в {limit} знаков, самое важное.",
        "That is a little long. Please keep it to {limit} characters, just what matters most.",
    ),
    "no_text": ("Напишите ответ словами, пожалуйста.", "Please answer in words."),
    "not_optional": (
        "Без этого ответа не подобрать следующее. Если отвечать не хочется, можно закончить: «без опроса».",
        "What follows depends on this answer. If you would rather not, say “no questions”.",
    ),
    "nothing_before": ("Это первый вопрос, раньше ничего не было.", "This is the first question."),
    "waits": (
        "Отвечу. Опрос подождёт: нажмите кнопку под вопросом или напишите «продолжить».",
        "I'll answer that. The questions can wait: tap a button or write “continue”.",
    ),
    "left": ("Хорошо, обойдёмся без вопросов.", "All right, no more questions."),
    "thanks": ("Спасибо за ответы.", "Thank you for your answers."),
    "person_answers": (
        "Сейчас здесь отвечает человек. Опрос подождёт.",
        "A person is answering here now. The questions can wait.",
    ),
    "messages_stopped": (
        "Вы остановили сообщения. Вернуться можно командой /start.",
        "You stopped the messages. Send /start to come back.",
    ),
    "dialogue_closed": (
        "Этот диалог закрыт. Напишите сообщение, и продолжим.",
        "This dialogue is closed. Write a message and we go on.",
    ),
    "answered_already": ("Ответ уже принят.", "That is answered already."),
    "ended": ("Этот опрос закончен.", "These questions are over."),
}  # fmt: skip


def phrase(which: Phrase, language: Language, **values: object) -> str:
    russian, english = _PHRASES[which]
    return (russian if language == "ru" else english).format(**values)


def range_values(wanted: NumberAnswer | None) -> dict[str, object]:
    """For `no_number` and `out_of_range`."""
    if wanted is None:
        return {"example": "3", "least": "", "most": ""}
    unit = f" {wanted.unit}" if wanted.unit else ""
    middle = min(max(wanted.min, 10), wanted.max)
    return {
        "example": f"{_plain(middle)}{unit}",
        "least": _plain(wanted.min),
        "most": f"{_plain(wanted.max)}{unit}",
    }


def _plain(number: float) -> str:
    """`10000` as people read it, with a narrow space between thousands."""
    if number == int(number):
        return f"{int(number):,}".replace(",", "\u202f")
    return f"{number:g}"
