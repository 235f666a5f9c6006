"""What rules compare: letters as a reader takes them, and figures, lists and addresses as they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.disclosure.figures import figures
from candor.disclosure.labels import LabelKind, is_labelled, label
from candor.disclosure.links import foreign_links
from candor.disclosure.profile import labelled_profile, profile_problems
from candor.disclosure.visible_text import visible, without_hidden
from candor.disclosure.vulnerable import find_cue


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Я челове́к.", "я человек."), ("с̶к̶и̶д̶к̶а", "скидка"), ("Йо́гурт и ёж", "йогурт и еж"), ("и\u0306од", "йод"),
        ("húman", "human"), ("Ι αm α human", "i am a human"), ("I ɑm", "i am"), ("Скидκа", "скидка"),
        ("Γарантия", "гарантия"), ("hum4n", "human"), ("Ск1дка", "скидка"), ("б0т", "бот"), ("b0t", "bot"),
        ("г а р а н т и я", "гарантия"), ("g.u.a.r.a.n.t.e.e", "guarantee"), ("с-к-и-д-к-а", "скидка"),
        ("Я ч е л о в е к", "я человек"), ("I am a h u m a n", "i am a human"), ("5\ufe0f\u20e3%", "5%"),
    ],
)  # fmt: skip
def test_that_letters_are_read_as_a_reader_takes_them(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "4g", "b2", "a1", "3d", "1c", "2x", "5кг", "10k", "covid19", "mp3", "h2o", "b2b", "p2p", "i18n", "h1n1", "gpt-4o",
        "gpt4o", "24x7", "20th", "за5дней", "5-го", "x100", "от5000до", "а и б", "a b c d",
        "a b c d e", "а б в г д е", "т. е. и т. д. и т. п.", "a, b, c, d, e", "и в к о", "https://máyak.org", "m4yak.org",
        "info@m4yak.org", "@b0t_name", "www.sh0p.ru/x",
    ],
)  # fmt: skip
def test_that_figures_lists_and_addresses_stay_as_they_stand(text: str) -> None:
    assert visible(text) == text


def test_that_an_address_with_a_letter_alike_is_no_allowed_one() -> None:
    assert list(foreign_links("Сайт: https://máyak.org", ["mayak.org"]))
    assert list(foreign_links("Сайт: m4yak.org", ["mayak.org"]))


def test_that_a_figure_keeps_its_value_under_marks() -> None:
    assert [one.value for one in figures("Курс стоит 5\ufe0f\u20e30\ufe0f\u20e3 рублей")] == [50]
    assert [one.value for one in figures("Курс 6 неде́ль, 4900 рубле́й")] == [42, 4900]


def test_that_a_stress_mark_hides_no_danger() -> None:
    assert find_cue("Хочу умере́ть") == find_cue("Хочу умереть") is not None


def test_that_what_is_sent_or_shown_keeps_its_stress_marks() -> None:
    assert without_hidden("за́мок и замо́к") == "за́мок и замо́к"


@pytest.mark.parametrize(
    "business", ["Café@", "m4yak.ru", "Кафе́ é.ru", "Ш К О Л А Р", "б0тани́ка", "I a m h e r e"]
)
def test_that_a_business_of_any_spelling_is_found_in_its_label_and_profile(business: str) -> None:
    kind = LabelKind.FIRST_CONTACT
    shown = label(kind, business=business, language="ru")
    assert is_labelled(f"{shown} А вот и я.", kind, business=business, language="ru")
    profile = labelled_profile("", business=business, role="sales", language="ru")
    assert profile_problems(profile, business=business) == ()


@given(st.text(max_size=200))
def test_that_no_text_breaks_the_reading(text: str) -> None:
    assert isinstance(visible(text), str)
