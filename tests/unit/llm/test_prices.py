"""What a call costs: the owner's price, Candor's list, or nothing that anybody knows."""

from decimal import Decimal

import pytest

from candor.common.llm_prices import OwnPrice, Price, prices_from, prices_setting
from candor.llm.chat_model import Completion
from candor.llm.price_book import PriceBook
from candor.llm.prices import price_of

MILLION = 1_000_000
OWN = OwnPrice("deepseek-chat", Decimal("0.28"), Decimal("0.42"), Decimal("0.028"))


def answered(model: str, *, cached: int = 0, has_usage: bool = True) -> Completion:
    return Completion("Да.", model, MILLION, cached, MILLION, has_usage)


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        ("gpt-4o-mini", "0.15"),
        ("gpt-4o-mini-2024-07-18", "0.15"),
        ("openai/gpt-4o-mini", "0.15"),
        ("openrouter/openai/gpt-4o-mini-2024-07-18", "0.15"),
        ("azure/gpt-5", "1.25"),
        ("gpt-4.1", "2"),
    ],
)
def test_that_a_listed_model_is_known_behind_a_routers_prefix_too(model: str, prompt: str) -> None:
    found = price_of([model])
    assert found.price is not None
    assert (found.price.prompt, found.kind) == (Decimal(prompt), "estimated")


@pytest.mark.parametrize(
    "model",
    [
        "deepseek-chat", "yandexgpt", "GigaChat", "o4-mini", "gpt-5.1", "gpt-4-turbo", "gpt-5-pro", "gpt-4o-audio-preview",
        "gpt-4o-mini:free", "ft:gpt-4o-mini-2024-07-18:org::id", "openai/gpt-oss-120b", "gpt-4o/other", "openai/", "/", "",
    ],
)  # fmt: skip
def test_that_no_price_is_invented(model: str) -> None:
    assert price_of([model]).kind == "unknown"


@pytest.mark.parametrize(
    ("configured", "returned"),
    [("deepseek-chat", "deepseek-chat-v3-0324"), ("my-alias", "deepseek-chat")],
)
def test_that_an_own_price_holds_by_the_configured_and_by_the_returned_name(
    configured: str, returned: str
) -> None:
    usage = PriceBook([OWN]).usage(answered(returned), asked=configured, prompt_characters=1)
    assert (usage.cost, usage.cost_kind, usage.model) == (Decimal("0.70"), "exact", returned)


def test_that_the_configured_name_goes_before_the_returned_and_both_before_the_list() -> None:
    other = OwnPrice("gpt-4o-mini", Decimal(9), Decimal(9))
    names = ("deepseek-chat", "gpt-4o-mini")
    own = {one.model: one.price for one in (OWN, other)}
    assert price_of(names, own=own).price == OWN.price
    assert price_of(("gpt-4o-mini",), own=own).price == other.price
    assert price_of(("alias", "gpt-4o-mini"), own=own).source == "own"


def test_that_a_server_of_ones_own_is_free_until_the_owner_gives_a_price() -> None:
    free = PriceBook(is_local=True).usage(answered("x"), asked="x", prompt_characters=1)
    assert (free.cost, free.cost_kind) == (Decimal(0), "exact")
    paid = PriceBook([OwnPrice("x", Decimal(1), Decimal(1))], is_local=True)
    assert paid.usage(answered("x"), asked="x", prompt_characters=1).cost == Decimal(2)


def test_that_cached_tokens_have_their_own_price_or_cost_as_all_others() -> None:
    completion = answered("m", cached=MILLION)
    with_cached = OwnPrice("m", Decimal("0.28"), Decimal("0.42"), Decimal("0.028"))
    without = OwnPrice("m", Decimal("0.28"), Decimal("0.42"))
    costs = [
        PriceBook([one]).usage(completion, asked="m", prompt_characters=1).cost
        for one in (with_cached, without)
    ]
    assert costs == [Decimal("0.448"), Decimal("0.70")]


def test_that_tokens_that_were_not_counted_make_an_own_price_an_estimate() -> None:
    completion = answered("deepseek-chat", has_usage=False)
    usage = PriceBook([OWN]).usage(completion, asked="deepseek-chat", prompt_characters=300)
    assert usage.cost_kind == "estimated"
    assert usage.cost


async def test_that_a_name_that_the_server_gave_is_known_from_then_on() -> None:
    book = PriceBook()
    assert (await book.pricing("my-deployment")).is_unknown
    book.usage(answered("gpt-4o-mini-2024-07-18"), asked="my-deployment", prompt_characters=1)
    assert (await book.pricing("my-deployment")).source == "listed"


def test_that_prices_come_back_from_the_store_as_they_went_in() -> None:
    prices = (OWN, OwnPrice("m", Decimal("0.000001"), Decimal(0)))
    assert prices_from(prices_setting(prices)) == prices


@pytest.mark.parametrize(
    "stored",
    [None, "x", {}, [1], [{"model": "m"}], [{"model": "", "prompt": "1", "completion": "1"}],
     [{"model": "m", "prompt": "-1", "completion": "1"}], [{"model": "m", "prompt": "NaN", "completion": "1"}]],
)  # fmt: skip
def test_that_what_cant_be_read_is_no_price(stored: object) -> None:
    assert prices_from(stored) == ()


def test_that_a_price_is_dollars_for_a_million_tokens() -> None:
    assert OWN.price == Price(Decimal("0.28"), Decimal("0.028"), Decimal("0.42"))
