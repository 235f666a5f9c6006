"""`/api/model`, `/api/prompts`, `/api/budget`, `/api/prices`, `/api/spend`: what writes, by which words, for how much."""

import difflib

from candor.common.llm_usage import Budget, PromptVersion
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.ports_language import PromptText
from candor.panel.schemas.common import Page
from candor.panel.schemas.language import (
    BudgetAnswer,
    BudgetBody,
    ConnectionAnswer,
    ModelAnswer,
    PricesAnswer,
    PricesBody,
    PromptAnswer,
    PromptBody,
    PromptDiffAnswer,
    PromptDiffQuery,
    PromptRollbackBody,
    PromptVersionAnswer,
    SpendAnswer,
    SpendQuery,
)
from candor.panel.spending import (
    budget_of,
    language_desk,
    prices_of,
    read_engine,
    read_prices,
    read_spend,
)

TAG = "Model"
TEST_SECONDS = 45.0
"""A connection test makes three calls of a server that may be slow."""


def add_to(api: Api) -> None:
    _add_model(api)
    _add_money(api)
    _add_prompts(api)
    _add_changes(api)


def _add_model(api: Api) -> None:
    @api.get("/model", tag=TAG, summary="Who answers now, and since when and why not the model")
    def get_model() -> ModelAnswer:
        return read_engine()

    @api.post(
        "/model/test",
        tag=TAG,
        summary="Ask the model's server for a word and see what it can do",
        description="Answers 200 with `is_ok` false where the server can't be used, and why.",
        role="owner",
    )
    def test_model() -> ConnectionAnswer:
        return test_connection()


def _add_money(api: Api) -> None:
    @api.get("/budget", tag=TAG, summary="The limits that stop model calls")
    def get_budget() -> BudgetAnswer:
        return budget_answer(run(language_desk().budget()))

    @api.put("/budget", tag=TAG, summary="Change the limits", role="owner")
    def put_budget(body: BudgetBody) -> BudgetAnswer:
        budget = budget_of(body)
        run(language_desk().set_budget(budget, by=current_actor().name))
        return budget_answer(budget)

    @api.get("/prices", tag=TAG, summary="The owner's own prices, and which models have none")
    def get_prices() -> PricesAnswer:
        return read_prices()

    @api.put(
        "/prices",
        tag=TAG,
        summary="Set them: these and no others; used from the next call on",
        role="owner",
    )
    def put_prices(body: PricesBody) -> PricesAnswer:
        run(language_desk().set_prices(prices_of(body.prices), by=current_actor().name))
        return read_prices()

    @api.get("/spend", tag=TAG, summary="What the model cost, by day, model and purpose")
    def get_spend(query: SpendQuery) -> SpendAnswer:
        return read_spend(query)


def _add_prompts(api: Api) -> None:
    @api.get("/prompts", tag=TAG, summary="The prompts in use")
    def list_prompts() -> Page[PromptAnswer]:
        found = [prompt_answer(one) for one in run(language_desk().prompts())]
        return Page(items=found, page=1, per_page=len(found) or 1, total=len(found))

    @api.get("/prompts/<area>/<file>", tag=TAG, summary="One prompt and its versions")
    def get_prompt(area: str, file: str) -> PromptAnswer:
        return prompt_answer(run(language_desk().prompt(f"{area}/{file}")))

    @api.get("/prompts/<area>/<file>/diff", tag=TAG, summary="Two versions as a unified diff")
    def diff_prompt(area: str, file: str, query: PromptDiffQuery) -> PromptDiffAnswer:
        older, newer = run(
            language_desk().compared(f"{area}/{file}", older=query.older, newer=query.newer)
        )
        lines = difflib.unified_diff(
            older.splitlines(),
            newer.splitlines(),
            f"v{query.older}",
            f"v{query.newer}",
            lineterm="",
        )
        return PromptDiffAnswer(unified="\n".join(lines))


def _add_changes(api: Api) -> None:
    @api.put(
        "/prompts/<area>/<file>",
        tag=TAG,
        summary="Save an own text as a new version",
        description="A text without the needed placeholders, with one that nothing fills in, or with "
        "a key in it is refused. `left_out` names those that may be missing and are.",
        role="owner",
    )
    def put_prompt(area: str, file: str, body: PromptBody) -> PromptAnswer:
        desk, name = language_desk(), f"{area}/{file}"
        run(desk.prompt(name))
        run(desk.save_prompt(name, body.text, by=current_actor().name))
        return prompt_answer(run(desk.prompt(name)))

    @api.post(
        "/prompts/<area>/<file>/rollback",
        tag=TAG,
        summary="Go back to a version, or to the shipped text; either is a new version",
        role="owner",
    )
    def roll_back_prompt(area: str, file: str, body: PromptRollbackBody) -> PromptAnswer:
        desk, name = language_desk(), f"{area}/{file}"
        run(desk.restore_prompt(name, body.version, by=current_actor().name))
        return prompt_answer(run(desk.prompt(name)))


def test_connection() -> ConnectionAnswer:
    """Raises TemporaryError when the server takes longer than anybody waits."""
    found = services().portal.run(language_desk().connection(), timeout=TEST_SECONDS)
    return ConnectionAnswer.model_validate(found, from_attributes=True)


def budget_answer(budget: Budget) -> BudgetAnswer:
    return BudgetAnswer(
        client_day=None if budget.client_day is None else float(budget.client_day),
        day=None if budget.day is None else float(budget.day),
        month=None if budget.month is None else float(budget.month),
        client_calls_day=budget.client_calls_day,
        warn_at=float(budget.warn_at),
    )


def prompt_answer(prompt: PromptText) -> PromptAnswer:
    return PromptAnswer(
        name=prompt.name,
        label=prompt.label,
        is_own=prompt.is_own,
        text=prompt.text,
        shipped=prompt.shipped,
        left_out=list(prompt.left_out),
        versions=[_version_answer(version) for version in prompt.versions],
    )


def _version_answer(version: PromptVersion) -> PromptVersionAnswer:
    return PromptVersionAnswer(
        version=version.version,
        is_shipped_text=version.text is None,
        created_at=version.created_at,
        created_by=version.created_by,
    )
