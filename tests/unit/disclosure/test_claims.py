"""H3: nothing invented passes the gate, and honest sentences are not held up."""

import json
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.disclosure import claims, links
from candor.disclosure.claims import Proof, Reason, find_claims, is_honest
from candor.disclosure.figure_proof import standings
from candor.disclosure.polarity import turned
from candor.disclosure.visible_text import visible, without_hidden

DATA = Path(__file__).parents[2] / "data" / "claims"
FACTS: dict[str, dict[str, list[str]]] = json.loads((DATA / "facts.json").read_text())


def lines(name: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    rows = []
    for line in (DATA / name).read_text().splitlines():
        language, topic, text, *client = line.split("\t")
        rows.append((language, topic, text, tuple(client)))
    return rows


def proof(language: str, topic: str, client: tuple[str, ...]) -> Proof:
    return Proof(facts=FACTS[topic][language], client_said=client)


FILES = ("", "-second", "-third", "-fourth", "-fifth", "-sixth", "-seventh", "-eighth")


@pytest.mark.parametrize("name", [f"invented{file}.tsv" for file in FILES])
def test_that_no_invented_claim_passes(name: str) -> None:
    passed = [
        text for lang, topic, text, said in lines(name) if is_honest(text, proof(lang, topic, said))
    ]
    assert passed == []


@pytest.mark.parametrize("name", [f"honest{file}.tsv" for file in FILES])
def test_that_at_most_one_honest_sentence_in_twenty_is_stopped(name: str) -> None:
    rows = lines(name)
    stopped = [
        text for lang, topic, text, said in rows if not is_honest(text, proof(lang, topic, said))
    ]
    assert len(stopped) <= 0.05 * len(rows), stopped


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Мне этот курс помог.", Reason.EXPERIENCE),
        ("I earned a lot with it.", Reason.EXPERIENCE),
        ("Я живой человек.", Reason.DENIES_AI),
        ("I'm not a bot.", Reason.DENIES_AI),
        ("Ставлю 5.", Reason.GRADING),
        ("Загляните на evil.example.com", Reason.LINK),
        ("Пишите @somebody_else", Reason.LINK),
        ("Звоните +7 900 123-45-67", Reason.LINK),
    ],
)
def test_that_each_stop_names_its_reason_and_place(text: str, reason: Reason) -> None:
    found = {claim.reason: claim for claim in find_claims(text, Proof())}
    assert reason in found
    assert text[found[reason].start : found[reason].end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "You can freeze it for as long as you want.", "Move your lesson as often as you like.",
        "Заморозить можно на любой срок.", "Занимайтесь без ограничений.", "Деньги вернём в любой момент.",
        "There are no hidden fees.", "Ничего доплачивать не нужно.", "You only pay once you find a job.",
        "Платите, только когда устроитесь на работу.",
    ],
)  # fmt: skip
def test_that_terms_without_limit_or_burden_need_a_fact(text: str) -> None:
    proof = Proof(facts=("A pass can be frozen for up to 14 days.", "Заморозка до 14 дней."))
    assert not is_honest(text, proof)


def test_that_a_term_without_limit_passes_where_a_fact_gives_it() -> None:
    assert is_honest(
        "Стационар работает днём и ночью.", Proof(facts=("Стационар работает круглосуточно.",))
    )
    assert is_honest(
        "You can move a lesson as often as you like.",
        Proof(facts=("A lesson can be moved any number of times.",)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "I won't push you.", "Договорились, передам ваш вопрос.", "Точно не скажу, спрошу у коллеги.",
        "Точно не буду торопить.", "Пример: «I cook every day».", "Present Simple: I cook, she cooks.",
        "Пишите в любое время.", "You can stop these messages at any time.", "Позвоните 112.",
        "Не торопитесь, решать вам.",
    ],
)  # fmt: skip
def test_that_plain_talk_is_not_held_up(text: str) -> None:
    assert is_honest(text, Proof(facts=("Курс длится 6 недель.",)))


def test_that_an_invented_life_is_no_example() -> None:
    assert not is_honest("Например: я сам прошёл этот курс.", Proof())
    assert not is_honest("Пример отзыва: «Я заговорил за месяц».", Proof())


def test_that_a_sum_of_several_is_counted_from_a_fact() -> None:
    proof = Proof(facts=("Тур стоит 68 000 рублей с человека.",))
    assert is_honest("Для двоих это 136 000 рублей.", proof)
    assert not is_honest("Для двоих это 120 000 рублей.", proof)


def test_that_hidden_characters_and_look_alikes_hide_no_claim() -> None:
    assert not is_honest("Я са\u200bм про\u200bшёл этот курс.", Proof())
    assert not is_honest("Я сaм прoшёл этoт куpс.", Proof())


def reasons(text: str) -> set[Reason]:
    return {claim.reason for claim in find_claims(text, Proof())}


@pytest.mark.parametrize("text", (DATA / "denials.txt").read_text().splitlines())
def test_that_a_denial_to_be_an_ai_is_stopped_however_it_is_put(text: str) -> None:
    assert Reason.DENIES_AI in reasons(text)


@pytest.mark.parametrize("text", (DATA / "no-denials.txt").read_text().splitlines())
def test_that_who_says_what_it_is_and_who_speaks_of_people_denies_nothing(text: str) -> None:
    assert Reason.DENIES_AI not in reasons(text)


@pytest.mark.parametrize(
    "text",
    [
        "Я челове́к.", "Я не бо́т.", "Ι αm α human", "I ɑm a human", "I am húman.", "I am a hum4n.",
        "I'm a pe̶r̶s̶o̶n.", "Я ч е л о в е к.", "I am a h u m a n", "Я чeлoвeк.", "ɪ ᴀᴍ ᴀ ʜᴜᴍᴀɴ",
    ],
)  # fmt: skip
def test_that_no_marks_or_letters_alike_hide_a_denial(text: str) -> None:
    assert Reason.DENIES_AI in reasons(text)


@pytest.mark.parametrize(
    "text",
    [
        "с̶к̶и̶д̶к̶а для вас", "Ск1дка для вас", "Дарим ски́дку.", "Скидκа для вас", "You'll get a d1scount",
        "г а р а н т и я результата", "We g.u.a.r.a.n.t.e.e results", "гарант1я результата",
    ],
)  # fmt: skip
def test_that_no_marks_digits_or_spaces_hide_an_offer(text: str) -> None:
    assert reasons(text) & {Reason.OFFER, Reason.GUARANTEE}


@pytest.mark.parametrize(
    "text",
    [
        "да, " * 1_000, "hi, " * 1_000, "нет, конечно, " * 280, "yes, human, " * 330, "подпись про ии " * 260,
        "the ai label " * 300, "я анна, " * 500, "i'm anna, the " * 280, "no real person " * 260, "ии, " * 1_000,
    ],
)  # fmt: skip
def test_that_looking_for_denials_takes_no_time_to_speak_of(text: str) -> None:
    began = perf_counter()
    reasons(text)
    assert perf_counter() - began < 5


def test_that_an_experience_is_stopped_even_in_the_owners_words() -> None:
    said = "Я сама прошла этот курс и заговорила."
    assert not is_honest(said, Proof(approved=(said,)))


def test_that_figures_in_the_owners_approved_lines_are_proven() -> None:
    assert is_honest("Курс длится 5 недель.", Proof(approved=("Наш курс длится 5 недель.",)))
    assert not is_honest("Курс длится 5 месяцев.", Proof(approved=("Курс длится 5 недель.",)))


def test_that_a_clients_own_figure_may_be_quoted_but_not_promised() -> None:
    proof = Proof(client_said=("дадите скидку 50 %?", "бюджет 2000 рублей"))
    assert is_honest("Вы писали, что бюджет 2000 рублей.", proof)
    assert not is_honest("Да, скидка 50 %.", proof)


APPROVED_AND_CUT = (
    ("Весь курс стоит 4900 ₽.", "Весь курс стоит 490"),
    ("The whole course costs 59 euros.", "The whole course costs 5"),
    ("Мы не гарантируем трудоустройство после курса.", "Гарантируем трудоустройство после курса."),
    ("We do not guarantee a job after the course.", "We guarantee a job after the course."),
)


@pytest.mark.parametrize(("whole", "cut"), APPROVED_AND_CUT)
def test_that_a_part_of_an_approved_line_is_not_approved(whole: str, cut: str) -> None:
    proof = Proof(facts=("Курс длится 6 недель.",), approved=(whole,))
    assert is_honest(whole, proof)
    assert not is_honest(cut, proof)


def test_that_a_clients_price_may_not_be_confirmed_as_a_quote() -> None:
    proof = Proof(client_said=("дадите курс за 1000 рублей?",))
    assert not is_honest("Как вы и написали, курс за 1000 рублей.", proof)
    assert is_honest("Вы хотите курс за 1000 рублей?", proof)


def test_that_allowed_links_pass() -> None:
    proof = Proof(allowed_links=("example.org", "https://t.me/mayak_bot"))
    assert is_honest("Подробнее: https://example.org/program", proof)
    assert is_honest("Подробнее: t.me/mayak_bot", proof)
    assert not is_honest("Подробнее: https://example.org.evil.com/", proof)


@given(st.from_regex(links._LINK), st.text(max_size=20))
def test_that_no_link_is_overlooked_for_want_of_its_marks(link: str, around: str) -> None:
    shown = without_hidden(f"{around}{link}{around}")
    assert not links._LINK.search(shown) or links._MARKS.search(shown)


@given(st.text(max_size=400))
def test_that_no_text_breaks_the_gate(text: str) -> None:
    for claim in find_claims(text, Proof(facts=("Курс длится 6 недель.",))):
        assert 0 <= claim.start <= claim.end <= len(text)


LESSONS = (
    "Разовый урок 55 минут – 1800 ₽.", "Абонемент 4 урока – 5600 ₽.", "Предоплата 50 %.", "Доставка 300 ₽.",
    "Занятия пн, ср, пт в 8:00 и 19:30.", "Урок ведёт преподаватель Анна Белова.",
    "Гитара в классе есть, домой не даём.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("Два урока стоят 3600 рублей.", True), ("Два урока стоят 3400 рублей.", False),
        ("По абонементу урок выходит по 1400 рублей.", True), ("По абонементу урок выходит по 1300 рублей.", False),
        ("За три абонемента предоплата 8400 рублей.", True), ("За три абонемента предоплата 8000 рублей.", False),
        ("Урок вместе с доставкой стоит 2100 рублей.", True), ("Урок вместе с доставкой стоит 2200 рублей.", False),
    ],
)  # fmt: skip
def test_that_a_sum_follows_from_the_facts_or_is_stopped(text: str, *, follows: bool) -> None:
    assert is_honest(text, Proof(facts=LESSONS)) is follows


@pytest.mark.parametrize(
    ("text", "is_given"),
    [
        ("Занятия по понедельникам, средам и пятницам.", True), ("Занятия по вторникам и четвергам.", False),
        ("В воскресенье занятий нет, выходной.", True), ("Начинаем в половине восьмого вечера.", True),
        ("Начинаем в половине девятого вечера.", False),
    ],
)  # fmt: skip
def test_that_days_and_hours_are_read_as_such(text: str, *, is_given: bool) -> None:
    found = {claim.reason for claim in find_claims(text, Proof(facts=LESSONS))}
    assert (Reason.DATE not in found) is is_given


@pytest.mark.parametrize(
    "text",
    [
        "Скидка 20 %, если оплатите сегодня.", "Гарантирую результат за месяц.", "Я сам учился у Анны Беловой.",
        "Урок стоит 900 рублей.", "Преподаватель Анна – лучшая в городе.",
    ],
)  # fmt: skip
def test_that_nothing_learnt_lets_a_forbidden_claim_pass(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "claim_logit", lambda *_, **__: -99.0)
    assert not is_honest(text, Proof(facts=LESSONS))


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("Свою гитару на урок нести не надо, инструмент в классе есть.", True),
        ("Гитару берите в классе, домой её не выдают.", True), ("Приятно слышать, что музыка вам близка.", True),
        ("В классе есть рояль и барабаны.", False), ("После урока можно выпить чаю в нашем кафе.", False),
        ("К нам ездят ученики из других городов.", False),
    ],
)  # fmt: skip
def test_that_facts_in_other_words_and_sympathy_pass_and_a_boast_does_not(
    text: str, *, is_fine: bool
) -> None:
    assert is_honest(text, Proof(facts=LESSONS)) is is_fine


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (("Open Tuesday to Saturday 9am-5:30pm",), "We're open Tuesday through Saturday, nine till half five."),
        (("Занятие 45 минут", "Группы во вторник и четверг в 17:00"), "Группа с 17:00 заканчивается без четверти шесть."),
        (("Встреча до свадьбы онлайн, 40 минут, без оплаты",), "До свадьбы можно встретиться онлайн минут на сорок."),
        (("Initial session 70 min, $140",), "The initial session runs an hour and ten minutes and costs $140."),
        (("Ages 6-9 on Wednesday 4:30-5:45pm, ages 10-13 on Thursday 5-6:30pm",), "The Thursday class lasts an hour and a half."),
        (("Сезонное хранение комплекта шин — 3500 ₽ за 6 месяцев",), "Хранение шин получается примерно по 583 рубля в месяц."),
        (("Yearly plan £290",), "On the yearly plan that's a little over £24 a month."),
        (("One-off deep clean £24 per hour, minimum four hours",), "The smallest deep clean comes to £96."),
    ],
)  # fmt: skip
def test_that_a_figure_told_in_other_words_or_counted_from_facts_is_proven(
    facts: tuple[str, ...], text: str
) -> None:
    assert all(one.is_proven for one in standings(visible(text), Proof(facts=facts)))


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (("Open Tuesday to Saturday 9am-5:30pm",), "We're open until half six."),
        (("Занятие 45 минут", "Группы во вторник в 17:00"), "Группа заканчивается в половине седьмого."),
        (("Ten-week course £210",), "That's £24 a lesson."), (("Шесть занятий, 4800 ₽",), "Занятие обойдётся в 700 рублей."),
    ],
)  # fmt: skip
def test_that_another_figure_in_such_words_is_not(facts: tuple[str, ...], text: str) -> None:
    assert not all(one.is_proven for one in standings(visible(text), Proof(facts=facts)))


def test_that_a_count_told_loosely_is_weighed_and_a_price_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "claim_logit", lambda *_, **__: -99.0)
    facts = ("The studio is in the old town", "Lessons are 60 minutes", "A lesson is $25")
    assert is_honest("Two left feet are nothing to be shy about.", Proof(facts=facts))
    assert not is_honest("A lesson for two left feet is $31.", Proof(facts=facts))


def test_that_a_denial_turned_round_is_seen() -> None:
    facts = ("payment by card or bank transfer, no cash",)
    turns = turned("you can pay cash at the desk", facts[0], (facts,))
    kept = turned("we don't take cash", facts[0], (facts,))
    assert turns["gives denied"] > 0
    assert kept["gives denied"] == kept["denies given"] == 0
