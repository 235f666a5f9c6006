"""The figures of the Spend page and of `/api/spend`; who answers now; two prompts side by side."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.llm_prices import ModelPricing, OwnPrice
from candor.common.llm_usage import Budget
from candor.panel.inward import panel_settings, run, services
from candor.panel.ports_language import LanguageDesk
from candor.panel.schemas.language import (
    BudgetBody,
    ClientSpendAnswer,
    ModelAnswer,
    ModelPricingAnswer,
    PriceAnswer,
    PriceBody,
    PricesAnswer,
    SpendAnswer,
    SpendLineAnswer,
    SpendQuery,
    SwitchAnswer,
)
from candor.panel.statistics import period, read_figures, stats_answer


def language_desk() -> LanguageDesk:
    """Raises NotFoundError where this process has no language room (a test of another part)."""
    found = services().language
    if found is None:
        raise NotFoundError
    return found


def read_spend(query: SpendQuery) -> SpendAnswer:
    asked = query.as_stats()
    timezone = panel_settings().timezone
    days = period(asked, now=services().clock.now(), timezone=timezone)
    lines = run(language_desk().spend(since=days.since, until=days.until))
    dearest = run(language_desk().dearest(since=days.since, until=days.until))
    use = stats_answer(read_figures(asked)).model
    zone = ZoneInfo(timezone)
    return SpendAnswer(
        since=days.since.astimezone(zone).date(),
        until=(days.until.astimezone(zone) - timedelta(hours=12)).date(),
        cost=sum((line.cost for line in lines), Decimal(0)),
        calls=sum(line.calls for line in lines),
        unknown_calls=sum(line.unknown_calls for line in lines),
        estimated_calls=sum(line.estimated_calls for line in lines),
        cost_per_dialogue=use.cost_per_dialogue,
        cost_per_agreement=use.cost_per_agreement,
        lines=[SpendLineAnswer.model_validate(line) for line in lines],
        dearest=[ClientSpendAnswer.model_validate(one) for one in dearest],
    )


def read_engine() -> ModelAnswer:
    """Who answers now. Another process than the panel's may serve clients: its last switch counts."""
    desk = language_desk()
    engine, switches = run(desk.engine()), run(desk.switches())
    last = switches[0] if switches and services().model is not None else None
    is_offline = engine.engine == "offline" or (last is not None and last.engine == "offline")
    was_offline = last is not None and last.engine == "offline"
    return ModelAnswer(
        is_configured=services().model is not None,
        engine="offline" if is_offline else "model",
        model=desk.name,
        reason=engine.reason or (last.reason if last and was_offline else ""),
        since=last.at if last and last.engine == ("offline" if is_offline else "model") else None,
        encoder=engine.encoder,
        spent_today=engine.spent_today,
        spent_month=engine.spent_month,
        switches=[
            SwitchAnswer(at=one.at, engine=one.engine, model=one.model, reason=one.reason)
            for one in switches
        ],
    )


def budget_of(body: BudgetBody) -> Budget:
    """Shortest decimal of what was typed: 0.1 is a dime, not its binary neighbour."""

    def money(value: float | None) -> Decimal | None:
        return None if value is None else Decimal(repr(value))

    return Budget(
        client_day=money(body.client_day),
        day=money(body.day),
        month=money(body.month),
        client_calls_day=body.client_calls_day,
        warn_at=Decimal(repr(body.warn_at)),
    )


def prices_of(rows: Sequence[PriceBody]) -> tuple[OwnPrice, ...]:
    """Raises InvalidInputError for a model that stands there twice."""
    names = [row.model for row in rows]
    twice = [at for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise InvalidInputError(
            errors=tuple(
                FieldError(f"prices.{at}.model", "This model stands here twice.") for at in twice
            )
        )
    return tuple(OwnPrice(row.model, row.prompt, row.completion, row.cached) for row in rows)


def read_prices() -> PricesAnswer:
    """The owner's prices, and where those of the configured models are from."""
    desk = language_desk()
    return PricesAnswer(
        prices=[PriceAnswer.model_validate(one) for one in run(desk.prices())],
        models=[ModelPricingAnswer.model_validate(one) for one in run(desk.pricing())],
    )


def without_limit(budget: Budget, pricing: Sequence[ModelPricing]) -> tuple[str, ...]:
    """The configured models that no limit in money stops, though one is set."""
    if not budget.has_money_limit:
        return ()
    return tuple(one.model for one in pricing if one.is_unknown)


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line of a comparison; a side without a line has number 0."""

    kind: Literal["same", "changed", "added", "removed"]
    left_number: int
    left: str
    right_number: int
    right: str


def side_by_side(older: str, newer: str) -> tuple[DiffRow, ...]:
    """Two texts line by line, for a table of two columns."""
    return tuple(_rows(older.splitlines(), newer.splitlines()))


def _rows(left: list[str], right: list[str]) -> Iterator[DiffRow]:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for kind, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        for step in range(max(left_to - left_from, right_to - right_from)):
            has_left, has_right = left_from + step < left_to, right_from + step < right_to
            yield DiffRow(
                _kind(kind, has_left, has_right),
                left_from + step + 1 if has_left else 0,
                left[left_from + step] if has_left else "",
                right_from + step + 1 if has_right else 0,
                right[right_from + step] if has_right else "",
            )


def _kind(
    opcode: str, has_left: bool, has_right: bool
) -> Literal["same", "changed", "added", "removed"]:
    if opcode == "equal":
        return "same"
    if has_left and has_right:
        return "changed"
    return "removed" if has_left else "added"
