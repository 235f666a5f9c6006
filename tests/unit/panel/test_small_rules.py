"""Small rules of the panel: addresses to go back to, periods, call rates, error messages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from candor.common.errors import (
    CandorError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TemporaryError,
)
from candor.messaging.gateway import NotReachedError
from candor.panel.auth.browsers import browser_of
from candor.panel.errors import status_of
from candor.panel.i18n import show_money
from candor.panel.pages.signing import local_path
from candor.panel.rate_limit import RateLimit
from candor.panel.rendering import dump_json
from candor.panel.schemas.common import Money
from candor.panel.schemas.stats import StatsQuery
from candor.panel.statistics import period

NOW = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "evil", ""],
)
def test_that_nobody_is_sent_to_another_site(target: str) -> None:
    assert local_path(target) == ""


def test_that_a_path_of_this_site_is_kept() -> None:
    assert local_path("/conversations/?q=x&handling=human") == "/conversations/?q=x&handling=human"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInputError(), 422),
        (NotFoundError(), 404),
        (ConflictError(), 409),
        (TemporaryError(), 503),
        (NotReachedError(), 424),
        (CandorError(), 422),
    ],
)
def test_that_every_kind_of_error_has_its_status(error: CandorError, status: int) -> None:
    assert status_of(error) == status


def test_that_days_are_those_of_the_owners_zone() -> None:
    # In Moscow it is the third of March already.
    found = period(StatsQuery(), now=NOW, timezone="Europe/Moscow")
    assert found.until == datetime(2026, 3, 3, 21, 0, tzinfo=UTC)
    assert found.until - found.since == timedelta(days=30)
    query = StatsQuery.model_validate({"from": date(2026, 3, 1), "to": date(2026, 3, 1)})
    one = period(query, now=NOW, timezone="UTC")
    assert (one.since, one.until) == (
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 2, tzinfo=UTC),
    )


def test_that_calls_are_let_in_at_their_rate_per_token() -> None:
    limit = RateLimit(60)
    assert [limit.take(1, now=NOW) for _ in range(11)] == [0] * 10 + [1]
    assert limit.take(2, now=NOW) == 0
    assert limit.take(1, now=NOW + timedelta(seconds=1)) == 0
    assert limit.take(1, now=NOW + timedelta(seconds=1)) == 1


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("0E-8"), "$0.00"),
        ("0E-8", "$0.00"),
        (Decimal("0.00001234"), "<$0.0001"),
        ("0.0467", "$0.0467"),
        ("0.1400", "$0.14"),
        (Decimal("1234.5"), "$1,234.50"),
        (2.5, "$2.50"),
        (None, "—"),
    ],
)
def test_that_money_is_readable(amount: Decimal | float | str | None, shown: str) -> None:
    assert show_money(amount) == shown


def test_that_no_amount_leaves_the_api_with_an_exponent() -> None:
    assert dump_json({"cost": Decimal("0E-8")}) == '{"cost":"0.00000000"}'
    assert TypeAdapter(Money).dump_json(Decimal("0E-8")) == b'"0"'
    assert TypeAdapter(Money).dump_json(Decimal("0.0012")) == b'"0.0012"'


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0",
            "Firefox 141, Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome 140, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 YaBrowser/25.8.0 Safari/537.36",
            "Yandex 25, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18, iPhone",
        ),
        ("python-httpx/0.28", ""),
    ],
)
def test_that_a_session_shows_which_browser_it_is(agent: str, name: str) -> None:
    assert browser_of(agent) == name
