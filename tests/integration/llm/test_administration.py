"""Usage, budgets and own prompts on real tables."""

from datetime import timedelta
from decimal import Decimal

import pytest

from candor.common.clock import FrozenClock
from candor.common.errors import InvalidInputError, NotFoundError
from candor.common.hot_reload import Change, HotReloadService
from candor.common.llm import Usage
from candor.common.llm_prices import OwnPrice
from candor.common.llm_usage import Budget, UsageRow
from candor.llm.administration import LanguageAdministration
from candor.llm.assembly import ModelAccess, open_language
from candor.llm.chat_model import Completion
from candor.llm.ports import StoredPrices, StoredPrompts, StoredUsage
from candor.llm.price_book import PriceBook
from candor.llm.prompts import PromptLibrary, shipped_prompt
from candor.storage.cache import MemoryCache
from candor.storage.unit_of_work import Units

from .conftest import NOW

NAME = "sales/reply"


@pytest.fixture
def office(units: Units, clock: FrozenClock) -> LanguageAdministration:
    return LanguageAdministration(units=units, clock=clock, model=None)


async def test_that_spending_is_summed_by_day_client_and_model(
    units: Units, office: LanguageAdministration
) -> None:
    store = StoredUsage(units)
    known = Usage("gpt", 1_000, 800, 50, Decimal("0.01"), "exact")
    unknown = Usage("other", 10, 0, 5, None, "unknown")
    rows = [
        UsageRow(NOW, "reply", known),
        UsageRow(NOW - timedelta(days=2), "reply", known),
        UsageRow(NOW, "post", unknown),
    ]
    await store.add(rows)
    midnight = NOW.replace(hour=0)
    sums = await store.sums(day_from=midnight, month_from=midnight.replace(day=1))
    assert (sums.day, sums.month, sums.calls_today) == (Decimal("0.01"), Decimal("0.02"), 2)
    assert await store.client_sums(1, since=midnight) == (Decimal(0), 0)
    lines = await office.spend(since=NOW - timedelta(days=9), until=NOW + timedelta(days=1))
    assert (lines[0].day, lines[0].model, lines[0].calls) == ("2026-11-22", "gpt", 1)
    assert sum(line.unknown_calls for line in lines) == 1


async def test_that_a_budget_is_kept(office: LanguageAdministration, units: Units) -> None:
    await office.set_budget(Budget(day=Decimal("2.50"), client_calls_day=9), by="owner")
    stored = await StoredUsage(units).budget()
    assert (stored.day, stored.month, stored.client_calls_day) == (Decimal("2.50"), None, 9)


async def test_that_a_price_is_used_by_the_next_call_and_leaves_earlier_rows_as_they_are(
    office: LanguageAdministration, units: Units
) -> None:
    book, answer = (
        PriceBook(store=StoredPrices(units)),
        Completion("Да.", "deepseek-v3", 1_000, 0, 50),
    )

    async def cost() -> Decimal | None:
        await book.refresh()
        return book.usage(answer, asked="deepseek-chat", prompt_characters=1).cost

    assert await cost() is None
    await office.set_prices([OwnPrice("deepseek-chat", Decimal(10), Decimal(20))], by="owner")
    book.forget()
    assert await cost() == Decimal("0.011")
    await office.set_prices([], by="owner")
    book.forget()
    assert await cost() is None


async def test_that_every_process_hears_of_a_new_price(units: Units, clock: FrozenClock) -> None:
    reload = HotReloadService()
    access = ModelAccess(model="deepseek-chat", api_key="k", base_url="https://models.example/v1")
    async with open_language(
        access, units=units, clock=clock, cache=MemoryCache(clock), reload=reload
    ) as language:
        desk = language.administration
        assert [one.source for one in await desk.pricing()] == ["unknown"]
        elsewhere = LanguageAdministration(units=units, clock=clock, model=None)
        price = OwnPrice("deepseek-chat", Decimal(10), Decimal(20))
        await elsewhere.set_prices([price], by="owner")
        reload.receive(Change("settings", "llm_prices"))
        assert [one.source for one in await desk.pricing()] == ["own"]


async def test_that_an_own_prompt_is_used_compared_and_rolled_back(
    office: LanguageAdministration, units: Units, clock: FrozenClock
) -> None:
    library = PromptLibrary(cache=MemoryCache(clock), overrides=StoredPrompts(units))
    shipped = shipped_prompt(NAME)
    assert (await library.get(NAME)).label == "sales/reply@2"
    await office.save_prompt(NAME, shipped.text + "\nBe brief.", by="owner")
    assert (await library.get(NAME)).label == "sales/reply@2"
    await library.forget(Change("prompt", NAME))
    assert (await library.get(NAME)).label == "sales/reply@own-1"
    assert "+Be brief." in (await office.prompt(NAME)).difference
    await office.restore_prompt(NAME, None, by="owner")
    assert not (await office.prompt(NAME)).is_own
    again = await office.restore_prompt(NAME, 1, by="owner")
    assert again.version == 3
    assert (await office.prompt(NAME)).text.endswith("Be brief.")


async def test_that_a_prompt_that_breaks_answers_or_holds_a_key_is_refused(
    office: LanguageAdministration,
) -> None:
    with pytest.raises(InvalidInputError):
        await office.save_prompt(NAME, "Sell hard.", by="owner")
    text = shipped_prompt(NAME).text + " sk-abcdefghijklmnopqrstuvwxyz"
    with pytest.raises(InvalidInputError):
        await office.save_prompt(NAME, text, by="owner")
    with pytest.raises(NotFoundError):
        await office.prompt("sales/nothing")


async def test_that_a_version_saved_before_its_fault_was_known_does_not_come_back(
    office: LanguageAdministration, units: Units
) -> None:
    async with units() as unit:
        text = shipped_prompt(NAME).text.replace("$facts", "$$facts")
        await unit.prompt_versions.add(NAME, text, by="owner", now=NOW)
    assert (await office.prompt(NAME)).left_out == ("facts",)
    with pytest.raises(InvalidInputError):
        await office.restore_prompt(NAME, 1, by="owner")
    assert not (await office.restore_prompt(NAME, 0, by="owner")).text
    assert (await office.prompt(NAME)).left_out == ()
