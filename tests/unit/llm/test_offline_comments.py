"""Without a model a comment is a sentence that the owner has written, or nothing."""

import pytest

from candor.common.llm import CommentRequest, Fact, PostSummary
from candor.llm.offline_comments import fitting

POST = "Как запоминать новые слова? Мы учим их по дороге, короткими фразами и без списков."
FITS = "Новые слова легче запоминать короткими фразами, чем списком."
KNOWLEDGE = (
    "Оценок в группе нет. Работы смотрит преподаватель, когда вы переходите на курс.",
    FITS,
    "New words are easier to remember in short phrases than in a list.",
    "Новые слова короткими фразами: отправьте /human, и подключится сотрудник школы.",
)
FACTS = (Fact("f1", "Курс длится 6 недель, занятия два раза в неделю.", "https://example.org"),)


def asked(post: str, language: str = "ru", variants: int = 3) -> CommentRequest:
    summary = PostSummary("", (), "neutral", language=language)  # type: ignore[arg-type]
    return CommentRequest(post, summary, "Маяк", {}, FACTS, KNOWLEDGE, variants=variants)


def test_that_only_the_sentence_about_the_posts_matter_is_offered_word_for_word() -> None:
    assert [(draft.text, draft.model) for draft in fitting(asked(POST))] == [(FITS, "offline")]


def test_that_a_fact_is_offered_where_the_post_is_about_it() -> None:
    found = fitting(asked("Сколько недель должен длиться курс и сколько занятий нужно в неделю?"))
    assert [draft.text for draft in found] == [FACTS[0].text]


@pytest.mark.parametrize(
    "post", ["Сегодня в городе открыли новый парк с прудом и лодками.", "Новые часы работы банка."]
)
def test_that_nothing_is_offered_under_another_matter(post: str) -> None:
    assert fitting(asked(post)) == ()
