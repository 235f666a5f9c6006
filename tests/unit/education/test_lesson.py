from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.common.llm import Language
from candor.education.lesson import (
    MAX_REMINDERS,
    QUIET_FROM,
    QUIET_TO,
    DoneRule,
    LessonScript,
    LessonStep,
    after_quiet_hours,
    due_time,
    is_only_question,
    is_submission,
    next_reminder,
)

MOSCOW = "Europe/Moscow"
NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # 12:00 in Moscow
zones = st.sampled_from([MOSCOW, "America/New_York", "Asia/Vladivostok", "UTC", "Asia/Kolkata"])
moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001 - Hypothesis adds the zone
    timezones=st.just(UTC),
)


def script(*steps: LessonStep) -> LessonScript:
    return LessonScript(key="k", version=1, script_id=1, title="t", language="ru", steps=steps)


def test_that_the_first_step_comes_first_and_the_last_has_none_after_it() -> None:
    lessons = script(LessonStep("a", "A"), LessonStep("b", "B"))
    first, second = lessons.after(None), lessons.after("a")
    assert (first and first.key, second and second.key) == ("a", "b")
    assert lessons.after("b") is None


def test_that_a_named_next_step_is_followed() -> None:
    lessons = script(LessonStep("a", "A", next="c"), LessonStep("b", "B"), LessonStep("c", "C"))
    following = lessons.after("a")
    assert following is not None
    assert following.key == "c"


def test_that_a_time_of_day_is_meant_in_the_clients_zone() -> None:
    due = due_time("18:30", since=NOON, zone=MOSCOW)
    assert due.astimezone(ZoneInfo(MOSCOW)).strftime("%d %H:%M") == "22 18:30"


def test_that_a_time_that_has_passed_today_means_tomorrow() -> None:
    due = due_time("10:00", since=NOON, zone=MOSCOW)
    assert due.astimezone(ZoneInfo(MOSCOW)).strftime("%d %H:%M") == "23 10:00"


def test_that_days_after_the_step_before_are_counted() -> None:
    due = due_time("+2d 10:00", since=NOON, zone=MOSCOW)
    assert due.astimezone(ZoneInfo(MOSCOW)).strftime("%d %H:%M") == "24 10:00"


@pytest.mark.parametrize("text", ["soon", "25:00", "+1x 10:00", "1 2 3"])
def test_that_a_wrong_sending_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        due_time(text, since=NOON, zone=MOSCOW)


@given(moments, zones)
def test_that_nothing_starts_in_the_clients_quiet_hours(moment: datetime, zone: str) -> None:
    due = after_quiet_hours(moment, zone=zone)
    local = due.astimezone(ZoneInfo(zone)).time().replace(tzinfo=None)
    assert QUIET_TO <= local < QUIET_FROM
    assert moment <= due <= moment + timedelta(hours=13)


@given(moments, zones)
def test_that_a_step_is_never_due_before_the_one_before_it(moment: datetime, zone: str) -> None:
    for send_at in ("", "09:00", "23:59", "+1d 00:00"):
        assert due_time(send_at, since=moment, zone=zone) >= moment - timedelta(minutes=1)


def test_that_reminders_have_a_ceiling() -> None:
    assert next_reminder(task_sent_at=NOON, reminders_sent=MAX_REMINDERS) is None
    first = next_reminder(task_sent_at=NOON, reminders_sent=0)
    assert first is not None
    assert first > NOON


@pytest.mark.parametrize(
    ("rule", "kind", "text", "expected"),
    [
        (DoneRule(), "text", "готово", True),
        (DoneRule(), "photo", "", True),
        (DoneRule(min_words=5), "text", "не знаю", False),
        (DoneRule(min_words=5), "text", "вот мой ответ на это задание", True),
        (DoneRule(media=("voice",)), "text", "готово", False),
        (DoneRule(media=("voice",)), "video_note", "", True),
        (DoneRule(media=("voice",), min_words=3), "text", "могу только текстом ответить", True),
        (DoneRule(media=("document",)), "photo", "", False),
    ],
)
def test_that_a_task_is_received_or_not(
    rule: DoneRule, kind: str, text: str, expected: bool
) -> None:
    step = LessonStep("a", "A", task="T", done_when=rule)
    assert is_submission(step, kind=kind, text=text) is expected


def test_that_a_story_has_nothing_to_hand_in() -> None:
    assert not is_submission(LessonStep("a", "A"), kind="text", text="ответ")


@pytest.mark.parametrize(
    ("language", "words", "text", "expected"),
    [
        ("ru", 8, "Hello! Can I have a soup, please? How much is it?", False),
        ("ru", 8, "Could I have the bill please? And how much is the tea?", False),
        ("en", 8, "¡Hola! ¿Me pone una sopa y pan, por favor? ¿Cuánto es?", False),
        ("ru", 6, "My name is Nina. I am from Tver. Так правильно?", False),
        ("ru", 6, "А сколько по времени занимает одно такое задание?", True),
        ("ru", 8, "Чем a soup отличается от the soup и когда что говорить?", True),
        ("en", 8, "How is me pone different from quiero, and when do I say which?", True),
        ("ru", 8, "Как сказать по-английски: I would like to order some breakfast?", True),
        ("ru", 6, "What does it cost me a month?", True),
        ("ru", 0, "What?", True),
        ("en", 0, "¿Por qué?", True),
        ("ru", 6, "My name is Nina and I am from Tver.", False),
        ("ru", 0, "Здравствуйте! А можно завтра?", True),
    ],
)
def test_that_an_exercise_may_end_with_a_question(
    language: Language, words: int, text: str, expected: bool
) -> None:
    step = LessonStep("cafe", "", "Закажите еду", done_when=DoneRule(min_words=words))
    assert is_only_question(step, text, language=language) is expected
