"""What is learnt of language and time zone, and what a name is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.clients.consent import Consent
from candor.clients.profile import (
    ClientProfile,
    checked_time_zone,
    language_by_code,
    language_of_text,
    time_zone_of_text,
)
from candor.common.ids import ClientId, TelegramUserId

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("uk", "ru"), ("en-US", "en"), ("de", "en"), (None, "ru"), ("", "ru")],
)
def test_that_the_apps_language_is_read(code: str | None, language: str) -> None:
    assert language_by_code(code, default="ru") == language


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Здравствуйте, сколько стоит?", "ru"),
        ("Hello, how much is it please", "en"),
        ("ok", None),
        ("да", None),
        ("12345 🦊🦊🦊", None),
        ("Хочу курс English Grammar", None),
    ],
)
def test_that_only_certain_texts_tell_a_language(words: str, language: str | None) -> None:
    assert language_of_text(words) == language


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("в 18 по мск", "Europe/Moscow"),
        ("my time is UTC+5", "Etc/GMT-5"),
        ("GMT-3 here", "Etc/GMT+3"),
        ("utc+0", "UTC"),
        ("utc+99", None),
        ("москвичка", None),
        ("", None),
    ],
)
def test_that_a_named_time_zone_is_learnt(words: str, zone: str | None) -> None:
    assert time_zone_of_text(words) == zone


@given(st.text(max_size=60), st.sampled_from(["utc+", "gmt-", "UTC "]), st.integers(0, 99))
def test_that_what_is_learnt_is_a_time_zone(words: str, name: str, hours: int) -> None:
    zone = time_zone_of_text(f"{words} {name}{hours}")
    if zone is not None:
        assert ZoneInfo(zone)


def test_that_unknown_time_zones_are_refused() -> None:
    assert checked_time_zone("Europe/Moscow") == "Europe/Moscow"
    for wrong in ("Moscow", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="time zone"):
            checked_time_zone(wrong)


@pytest.mark.parametrize(
    ("first", "last", "username", "name"),
    [("Ольга", "К", None, "Ольга К"), ("", "", "olga", "@olga"), ("", "", None, "#5")],
)
def test_that_a_client_always_has_a_name(
    first: str, last: str, username: str | None, name: str
) -> None:
    client = ClientProfile(ClientId(5), TelegramUserId(7), first, last, username, "ru", NOW, NOW)
    assert client.name == name


def test_that_an_existing_customer_needs_a_purchase() -> None:
    with pytest.raises(ValueError, match="purchase"):
        Consent(
            client_id=ClientId(1),
            purpose="marketing",
            text_version="1",
            text="…",
            source="x",
            granted_at=NOW,
            basis="existing_customer",
        )
