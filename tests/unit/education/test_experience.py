import pytest

from candor.education.experience import asks_experience, honest_answer
from candor.education.lesson import LessonStep, Reaction


@pytest.mark.parametrize(
    "text",
    [
        "Почемучка, а ты сам учил английский?",
        "тебе это правда помогло?",
        "А вам помогло?",
        "какие твои результаты?",
        "вы уже проходили этот курс?",
        "did this really work for you?",
        "Did you take the course yourself?",
        "what are your own results?",
    ],
)
def test_that_a_question_for_own_experience_is_recognised(text: str) -> None:
    assert asks_experience(text)


@pytest.mark.parametrize(
    "text",
    [
        "как перевести слово «результат»?",
        "я учил английский в школе",
        "мне помогло задание",
        "how do I say that?",
        "I tried the exercise",
        "когда следующее занятие?",
    ],
)
def test_that_other_questions_are_left_to_the_lesson(text: str) -> None:
    assert not asks_experience(text)


def test_that_the_answer_names_the_ai_and_shows_the_lessons_example() -> None:
    step = LessonStep(
        "a",
        "A",
        task="T",
        reactions=(Reaction("methodical", "worked_example", "My name is Olga."),),
    )
    answer = honest_answer(step, language="ru")
    assert "ИИ-напарник, не человек" in answer
    assert "My name is Olga." in answer
