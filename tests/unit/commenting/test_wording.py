"""What a comment's text may be."""

import pytest

from candor.commenting.checking import CommentChecks
from candor.commenting.comment import NEXT, STATUSES, can_become
from candor.commenting.replies import kind_of
from candor.commenting.wording import Yardstick, faults, is_near_duplicate
from candor.commenting.words import language_of, mentions
from candor.disclosure.proof import Proof

POST = (
    "Как запоминать английские слова, если на уроки нет времени? Карточки по дороге на работу, "
    "короткие заметки и повторение вечером."
)
GOOD = "К заметкам можно добавить предложение со словом из своей жизни: так повторение осмысленнее."
RU = Yardstick(POST, ("слова",), "ru")


def test_that_a_comment_on_the_substance_passes() -> None:
    assert faults(GOOD, RU) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Отличный пост, карточки и заметки правда помогают запоминать слова!", "stock_praise"),
        ("Спасибо за полезный материал про слова и карточки, будем пользоваться.", "stock_praise"),
        ("Great post about words, cards and notes, thanks for sharing it all!", "stock_praise"),
        ("Карточки!", "too_short"),
        (GOOD * 12, "too_long"),
        ("Переходите к нам: слова и карточки учим весело и быстро каждый день.", "advertisement"),
        ("Скидка на курс, где заметки и карточки уже собраны для вас заранее.", "advertisement"),
        ("Заметки и карточки собраны тут: https://example.org/cards всё по делу.", "foreign_link"),
        ("Про карточки и заметки хорошо пишет @drugoy_kanal, загляните туда.", "foreign_link"),
        ("Notes and cards work well together when reviewed each evening.", "wrong_language"),
        ("Погода сегодня солнечная, приятно гулять по набережной и дышать.", "no_substance"),
        (
            "Как языковая модель, могу сказать про карточки и заметки следующее: они удобны.",
            "speaks_of_prompt",
        ),
    ],
)
def test_that_each_fault_is_named(text: str, fault: str) -> None:
    assert fault in faults(text, RU)


def test_that_a_near_duplicate_of_an_earlier_comment_is_seen() -> None:
    earlier = [GOOD]
    again = "К заметкам можно добавить предложение со словом из жизни: так повторение осмысленнее!"
    assert is_near_duplicate(again, earlier)
    assert not is_near_duplicate(
        "Карточки по дороге лучше делить на две стопки: знакомые слова и новые.", earlier
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Не пишите здесь", "unwanted"),
        ("уберите бота отсюда", "unwanted"),
        ("Хватит рекламы", "unwanted"),
        ("don't post here please", "unwanted"),
        ("СТОП", "unwanted"),
        ("это спам", "complaint"),
        ("I'll report you", "complaint"),
        ("мошенники какие-то", "complaint"),
        ("А сколько слов в день учить?", "talk"),
        ("Спасибо, попробую", "talk"),
        ("Как остановиться на одном способе?", "talk"),
    ],
)
def test_that_replies_are_told_apart(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_that_topics_are_found_in_any_case_and_ending() -> None:
    assert mentions("Про английский язык", ["английского языка"])
    assert not mentions("Про английский юмор", ["английский язык"])


@pytest.mark.parametrize(
    ("text", "language"),
    [("Слова", "ru"), ("Ten useful words: слово", "en"), ("123", "ru"), ("", "ru")],
)
def test_that_the_language_is_read_from_letters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_that_what_is_over_stays_over() -> None:
    for over in ("sent", "rejected", "expired", "failed"):
        assert all(not can_become(over, other) for other in STATUSES)  # type: ignore[arg-type]
    assert set(NEXT) == set(STATUSES)


CHECKS = CommentChecks(business="Школа «Маяк»")


@pytest.mark.parametrize(
    "text",
    [
        "Карточки хорошо работают вместе с повторением: слово встречается снова.",
        "A short note beside the word helps memory more than a long list.",
    ],
)
def test_that_the_posts_matter_needs_no_fact_of_ours(text: str) -> None:
    assert CHECKS.claims(text, Proof()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "У нас слова повторяют на каждом уроке с носителем языка.",
        "В школе «Маяк» занимаются в группах с психологом.",
        "Наш курс включает разговорный клуб.",
        "Our course includes a native speaker in every class.",
        "Я сама так выучила пятьсот слов.",
    ],
)
def test_that_statements_about_ourselves_need_a_fact(text: str) -> None:
    assert CHECKS.claims(text, Proof()) != ()


@pytest.mark.parametrize(
    "text",
    [
        "Ваш автор мошенник и дурак.", "Преподаватель Петров из другой школы мошенник.", "Другие школы английского только тянут деньги.",
        "Все эти курсы – развод.", "Тут одни жулики.", "Конкуренты обманывают учеников.", "Автор этого поста идиот.",
        "Вы слишком глупы для карточек.", "Это чистый обман.", "Другие школы ничему не учат.", "Your author is a fraud.",
        "Other schools just rip you off.", "Those apps are a scam.", "You are an idiot.", "Petrov is a crook.",
        "They only want your money.", "Other teachers never explain the words.",
    ],
)  # fmt: skip
def test_that_nobody_is_slandered_in_a_comment(text: str) -> None:
    assert CHECKS.claims(text, Proof(client_said=(POST,))) != ()


@pytest.mark.parametrize(
    "text",
    [
        "Будьте осторожны с мошенниками: карточки лучше брать у проверенных авторов.", "Как не попасться мошенникам, тема важная.",
        "Автор верно замечает, что повторение важнее списка.", "Глупых вопросов про слова не бывает.",
        "Мошенники часто пишут с ошибками, и это хороший пример для разбора.", "Понимаю, никто не хочет быть обманутым.",
        "Память людей не обманывает, ей нужно повторение.", "Слово fool по-русски значит «простак».",
        "Если приложение просит деньги сразу, стоит подумать.", "Ложные друзья переводчика мешают всем.",
        "Это не обман, а привычка мозга экономить силы.", "Be careful with scammers who sell word lists.",
        "Knowing how to spot a scam is useful in any language.", "There are no stupid questions about words.",
        "It isn't a scam to ask for a deposit.", "False friends are a nice trap for learners.",
        "Short notes cost no money and help a lot.",
    ],
)  # fmt: skip
def test_that_advice_about_rogues_and_the_posts_matter_may_be_said(text: str) -> None:
    assert CHECKS.claims(text, Proof(client_said=(POST,))) == ()
