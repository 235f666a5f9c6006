"""Every paid call is counted, and one row that can't be stored does not stop the accounts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from candor.common.clock import FrozenClock
from candor.common.errors import TemporaryError
from candor.common.llm import Usage
from candor.common.llm_usage import Budget, UsageRow
from candor.llm.chat_model import Completion
from candor.llm.prices import MOST_TOKENS, Price, usage_of
from candor.llm.usage import SUMS_AGE, MemoryUsageStore, UsageLedger

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PRICE = Price(Decimal(1), Decimal(1), Decimal(1))


class FailingStore(MemoryUsageStore):
    """Refuses what a real table would, or everything while it is away."""

    def __init__(self, budget: Budget | None = None) -> None:
        super().__init__(budget)
        self.is_away = False

    async def add(self, rows: Sequence[UsageRow]) -> None:
        if self.is_away:
            raise TemporaryError("The database can't be reached.")
        if any("\x00" in row.usage.model for row in rows):
            raise ValueError("invalid byte sequence")
        await super().add(rows)


def row(client_id: int = 7, *, model: str = "m", cost: str = "0.1") -> UsageRow:
    return UsageRow(NOW, "reply", Usage(model, 1, 0, 1, Decimal(cost), "exact"), client_id)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def store() -> FailingStore:
    return FailingStore(Budget(client_calls_day=3))


@pytest.fixture
def ledger(store: FailingStore, clock: FrozenClock) -> UsageLedger:
    return UsageLedger(store=store, clock=clock)


async def test_that_one_bad_row_is_left_out_and_the_others_stored(
    ledger: UsageLedger, store: FailingStore
) -> None:
    for model in ("a", "b\x00", "c"):
        await ledger.record(row(model=model))
    await ledger.flush()
    await ledger.record(row(model="d"))
    await ledger.flush()
    assert [stored.usage.model for stored in store.rows] == ["a", "c", "d"]


async def test_that_rows_wait_while_the_database_is_away(
    ledger: UsageLedger, store: FailingStore
) -> None:
    store.is_away = True
    await ledger.record(row())
    with pytest.raises(TemporaryError):
        await ledger.flush()
    store.is_away = False
    await ledger.record(row())
    await ledger.flush()
    assert len(store.rows) == 2


async def test_that_an_end_without_database_is_no_crash(
    ledger: UsageLedger, store: FailingStore
) -> None:
    await ledger.record(row())
    store.is_away = True
    await ledger.close()


async def test_that_a_clients_calls_count_before_they_are_stored(
    ledger: UsageLedger, store: FailingStore, clock: FrozenClock
) -> None:
    store.is_away = True
    allowed = 0
    for _ in range(8):
        clock.advance(SUMS_AGE + timedelta(seconds=1))
        if not await ledger.refusal(7):
            allowed += 1
            await ledger.record(row())
    assert allowed == 3
    assert not await ledger.refusal(8)


async def test_that_no_call_is_counted_twice(ledger: UsageLedger, clock: FrozenClock) -> None:
    for _ in range(3):
        clock.advance(SUMS_AGE + timedelta(seconds=1))
        await ledger.record(row())
    sums, _ = await ledger.spent()
    assert (sums.day, sums.calls_today) == (Decimal("0.3"), 3)


@pytest.mark.parametrize(
    ("told", "kept"),
    [(10**30, MOST_TOKENS), (3_000_000_000, MOST_TOKENS), (-5, 0), (0, 0), (1_200, 1_200)],
)
def test_that_a_figure_fits_the_accounts_whatever_a_server_tells(told: int, kept: int) -> None:
    completion = Completion("x", "m", told, told, told)
    usage = usage_of(completion, asked="m", prompt_characters=3, own={"m": PRICE})
    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (kept,) * 3
    assert usage.cost is not None
