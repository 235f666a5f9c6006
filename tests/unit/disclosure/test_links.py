"""Links: what is an address, what only looks like one, and which are allowed."""

import time

import pytest

from candor.disclosure.links import addresses, foreign_links

ALLOWED = (
    "example.org", "https://t.me/mayak", "https://vk.com/mayak", "https://школа.рф/", "+7 495 123-45-67",
    "@mayak_bot", "https://shop.org/a?b=1",
)  # fmt: skip


def foreign(text: str) -> list[str]:
    return [link for _, link in foreign_links(text, ALLOWED)]


@pytest.mark.parametrize(
    "link",
    [
        "is.gd/abc", "rb.gy/x1", "u.to/abc", "discord.gg/abc", "telegram.dog/evil", "viber.click/7999", "mayak.live",
        "mayak.fun", "mayak.fr/pay", "mayak.cn", "mayak.in", "mayak.pw", "mayak.vip", "mayak.bet", "mayak.zip",
        "google.com.evil.zip", "mayak.school", "mayak.support/pay", "evil.ton", "evil.top", "xn--80ak6aa92e.xn--p1ai",
        "скидки.рф", "школа-маяк.онлайн", "mayak.рус", "mayak.москва", "школа.com", "evil.com:8080/x", "evil.zone?a=1",
        "mayak.dev/#a", "1.2.3.4/x", "new-ending.abcde/x", "http://1.2.3.4/x", "ftp://evil.zone/x", "tonsite://evil.ton",
        "tg://resolve?domain=evil", "mailto:a@evil.tech", "info@mayak.school", "@evil_bot", "＠evil_bot",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "around", ["{}", "Подробнее: {}.", "[сайт]({}), пишите", "Look at «{}»!", "...{}"]
)
def test_that_an_address_is_seen_whatever_it_ends_in(link: str, around: str) -> None:
    assert foreign(around.format(link))


@pytest.mark.parametrize(
    "text",
    [
        "урок.pdf", "file.docx", "main.py", "README.md", "Файл homework.zip уже у вас", "урок.zip", "Node.js",
        "Node.js/React", "mp3/pdf", "и т.е. так", "и т.д. и т.п.", "у.е.", "н.э.", "кв.м", "т.е.в группе", "г.Москва",
        "г.москва", "ул.Ленина", "e.g. this", "e.g.in class", "i.e. that", "at 9 a.m. or 7 p.m.", "the U.S. and U.K.",
        "a Ph.D in English", "B.Sc in maths", "Mr.Smith", "St.Petersburg", "No.5", "Inc.", "Привет.Как дела",
        "урок.Потом перерыв", "Урок бесплатный.Сайт откроется", "Онлайн.Дети учатся", "the lesson.Then we go",
        "the lesson.It is easy", "Hello.How are you", "Good.Live lessons are fun", "Так.И так", "ok...so", "в 9.30",
        "версия v2.0", "в 19:00", "4.5 из 5", "п.2.1", "рис.1.2", "1.In the morning", "3.No problem", "А.С.Пушкин",
        "И.И.Иванов", "and/or", "и/или", "руб./час", "ч.очно/онлайн", "24/7", "p.id",
    ],
)  # fmt: skip
def test_that_ordinary_writing_is_no_link(text: str) -> None:
    assert foreign(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "t。me/evil", "t．me/evil", "t｡me/evil", "t\u200b.me/evil", "ехаmple.org", "ехаmple.org/x", "https://ехаmple.org",
        r"https://evil.com\.example.org", r"https:\\evil.com\x", "https://example.org@evil.com",
        "https://example.org:x@evil.com/", "https://example.org.evil.com/", "https://evil.com/example.org", "HTTPS://EVIL.COM",
    ],
)  # fmt: skip
def test_that_a_foreign_host_in_the_clothes_of_ours_is_seen(text: str) -> None:
    assert foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/mayak_support_scam", "t.me/mayakbonus_bot?start=x", "https://vk.com/mayak_fake", "t.me/mayak2",
        "t.me/mayak_", "t.me/mayak-x", "t.me/mayak/../evil", "t.me/mayak/%2e%2e/evil", r"t.me/mayak\..\evil",
        "https://shop.org/a?b=12", "https://shop.org/ab", "@mayak_bot2",
    ],
)  # fmt: skip
def test_that_an_allowed_address_allows_none_that_only_begins_alike(text: str) -> None:
    assert foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/program", "example.org", "EXAMPLE.ORG.", "https://sub.example.org/a?b=c", "www.example.org",
        "«https://example.org/x»", "**https://example.org/x**", "https://example.org/@anna", "example.org:8080/x",
        "t.me/mayak", "t.me/mayak.", "https://t.me/mayak?start=c_1", "https://t.me/mayak/12", "https://t.me/Mayak#a",
        "vk.com/mayak", "школа.рф", "https://школа.рф/курс", "xn--80atdl2c.xn--p1ai",
        "+7 (495) 123-45-67", "+74951234567", "+7 495 123‑45‑67", "@mayak_bot", "@Mayak_Bot",
        "https://shop.org/a?b=1", "https://shop.org/a?b=1&c=2",
    ],
)  # fmt: skip
def test_that_an_allowed_address_passes_in_any_way_of_writing(text: str) -> None:
    assert foreign(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "8.999.123.45.67", "8 999 123‑45‑67", "8 (999) 123–45–67", "+7 (999) 123.45.67",
        "+7 999 123-45-67", "89991234567", "tel:+79991234567", "555-35-35", "(415) 555-2671", "415.555.2671",
        "+375 29 123 45 67", "+44 20 7946 0958",
    ],
)  # fmt: skip
def test_that_a_telephone_number_is_seen_with_any_dashes_and_dots(text: str) -> None:
    assert foreign(f"Звоните {text}!")


@pytest.mark.parametrize(
    "text",
    [
        "12.03.2024 в 19.30", "12.03.2024 - 15.03.2024", "2024-05-01", "2024-05-01 2024-06-01", "2024 - 2025",
        "10 000 - 12 000 рублей", "10 000 – 12 000 ₽", "100 000 - 150 000 ₽", "1 000 000 рублей", "10.000.000 рублей",
        "1.800 руб.", "4 000 000 000", "90-60-90", "2-3 раза", "с 10 до 12, с 14 до 16", "уровни 1, 2, 3, 4, 5, 6, 7, 8, 9",
    ],
)  # fmt: skip
def test_that_prices_dates_and_years_are_no_telephone_number(text: str) -> None:
    assert foreign(text) == []


def test_that_a_sentence_after_an_address_is_no_part_of_it() -> None:
    assert list(addresses("Сайт evil.com.Потом напишите")) == ["evil.com"]
    assert list(addresses("Сайт evil.com-скидки")) == ["evil.com"]


def test_that_the_place_of_a_link_lies_within_the_text() -> None:
    for text in ("См. evil.com", "㏂.com", "ﷺ.com/x", "t。me/evil"):
        for at, link in foreign_links(text, ()):
            assert 0 <= at <= at + len(link) <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a.", "a", "1.", "1 ", "a-", "@a", "a@", "a.b", "://", "x+", "8 ", "1-", "evil.com ", "(1", "...", "a.1.", "www.",
        "a/", "a_", "1.2.3.4.", "+7 9", "2024 ", "000 ", "aa.bb/",
    ],
)  # fmt: skip
def test_that_no_text_makes_the_search_for_links_slow(piece: str) -> None:
    text = (piece * 4000)[:4000]
    began = time.process_time()
    list(foreign_links(text, ALLOWED))
    assert time.process_time() - began < 0.5
