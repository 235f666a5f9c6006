"""Prompts, budgets, spend and the state of the engine, as the owner uses them."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from tests.integration.panel.conftest import Browser, RunningPanel

from candor.bench.stub_model import MODEL, Fault, StubModelServer
from candor.clients.activity import Activity
from candor.common.llm import Usage
from candor.common.llm_usage import UsageRow
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.prompts import shipped_prompt
from candor.panel.portal import Portal

NAME = "sales/reply"


def spend(panel: RunningPanel, *usages: Usage) -> None:
    async def store() -> None:
        async with panel.units() as unit:
            await unit.llm_usage.add(
                [UsageRow(panel.clock.now(), "reply", usage) for usage in usages]
            )

    panel.portal.run(store())


def test_that_a_prompt_is_changed_compared_and_rolled_back(panel: RunningPanel) -> None:
    api = panel.program()
    found = api.get(f"/api/prompts/{NAME}").json()
    assert not found["is_own"]
    text = found["text"] + "\nBe brief."
    saved = api.put(f"/api/prompts/{NAME}", json={"text": text})
    assert saved.status_code == 200, saved.text
    assert saved.json()["label"] == "sales/reply@own-1"
    difference = api.get(f"/api/prompts/{NAME}/diff", params={"from": 0, "to": 1}).json()
    assert "+Be brief." in difference["unified"]
    back = api.post(f"/api/prompts/{NAME}/rollback", json={"version": None}).json()
    assert (back["is_own"], len(back["versions"])) == (False, 2)
    again = api.post(f"/api/prompts/{NAME}/rollback", json={"version": 1}).json()
    assert again["text"].endswith("Be brief.")
    shipped = api.post(f"/api/prompts/{NAME}/rollback", json={"version": 0}).json()
    assert (shipped["is_own"], len(shipped["versions"])) == (False, 4)


def test_that_going_back_needs_a_version(panel: RunningPanel) -> None:
    api = panel.program()
    refused = api.post(f"/api/prompts/{NAME}/rollback", json={})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "version"
    assert api.get(f"/api/prompts/{NAME}").json()["versions"] == []
    assert api.post("/api/prompts/sales/nothing/rollback", json={"version": 0}).status_code == 404


def test_that_a_harmful_prompt_is_refused_and_nothing_is_stored(panel: RunningPanel) -> None:
    api = panel.program()
    refused = api.put(f"/api/prompts/{NAME}", json={"text": "Sell hard."})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "text"
    assert api.get(f"/api/prompts/{NAME}").json()["versions"] == []
    assert api.get("/api/prompts/sales/nothing").status_code == 404
    assert api.post(f"/api/prompts/{NAME}/rollback", json={"version": 9}).status_code == 404


def test_that_only_owners_change_prompts_and_budgets(panel: RunningPanel) -> None:
    api = panel.program("operator")
    assert api.get("/api/prompts").json()["total"] == 4
    text = shipped_prompt(NAME).text + "\nBe brief."
    assert api.put(f"/api/prompts/{NAME}", json={"text": text}).status_code == 403
    assert api.put("/api/budget", json={"day": 1}).status_code == 403


def test_that_a_budget_is_kept_to_the_cent(panel: RunningPanel) -> None:
    api = panel.program()
    body = {"client_day": 0.1, "day": 2.5, "month": None, "client_calls_day": 40, "warn_at": 0.7}
    assert api.put("/api/budget", json=body).json() == body
    assert api.get("/api/budget").json() == body
    assert api.put("/api/budget", json={"day": -1}).status_code == 422


def test_that_the_budget_form_names_a_wrong_field_and_keeps_what_was_typed(
    panel: RunningPanel,
) -> None:
    browser = panel.person(language="en")
    form = {"client_day": "0,5", "day": "much", "month": "", "client_calls_day": "9"}
    wrong = browser.post("/model/budget", page="/model/budget", warn_at="80", **form)
    assert wrong.status_code == 422
    assert "amount in dollars" in wrong.text
    assert 'value="much"' in wrong.text
    form["day"] = "3"
    assert (
        browser.post("/model/budget", page="/model/budget", warn_at="80", **form).status_code == 303
    )
    assert panel.program().get("/api/budget").json()["client_day"] == 0.5


PRICES = {"model": "deepseek-chat", "prompt": "0,28", "completion": "0.42", "cached": ""}


def test_that_own_prices_are_kept_and_may_be_sent_back(panel: RunningPanel) -> None:
    api = panel.program()
    assert api.get("/api/prices").json() == {"prices": [], "models": []}
    body = {"model": "GigaChat", "prompt": "0.000001", "completion": 2, "cached": None}
    saved = api.put("/api/prices", json={"prices": [body]})
    assert saved.status_code == 200, saved.text
    assert saved.json()["prices"] == [body | {"completion": "2"}]
    assert api.put("/api/prices", json=saved.json()).json() == saved.json()


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"prompt": "-1"}, "prices.0.prompt"),
        ({"prompt": "0.1234567"}, "prices.0.prompt"),
        ({"completion": 1e9}, "prices.0.completion"),
        ({"completion": "NaN"}, "prices.0.completion"),
        ({"completion": None}, "prices.0.completion"),
        ({"cached": "abc"}, "prices.0.cached"),
        ({"model": " "}, "prices.0.model"),
        ({"prise": 1}, "prices.0.prise"),
    ],
)
def test_that_a_wrong_price_is_named_and_nothing_is_stored(
    panel: RunningPanel, wrong: dict[str, object], path: str
) -> None:
    api = panel.program()
    body = {"model": "GigaChat", "prompt": 1, "completion": 2}
    refused = api.put("/api/prices", json={"prices": [body | wrong, {**body, "model": "good"}]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == path
    assert api.get("/api/prices").json()["prices"] == []
    assert api.put("/api/prices", json={"prices": [body, body]}).status_code == 422
    assert api.put("/api/prices", json={"prices": [body] * 51}).status_code == 422


def test_that_prices_are_set_by_form_and_taken_back_by_emptying_them(panel: RunningPanel) -> None:
    browser, api, page = panel.person(language="en"), panel.program(), "/model/budget"
    assert browser.post("/model/prices", page=page, **PRICES).status_code == 303
    kept = api.get("/api/prices").json()["prices"]
    assert [(one["model"], one["prompt"], one["cached"]) for one in kept] == [
        ("deepseek-chat", "0.28", None)
    ]
    assert 'value="deepseek-chat"' in browser.http.get(page).text
    emptied = {**PRICES, "prompt": "", "completion": ""}
    assert browser.post("/model/prices", page=page, **emptied).status_code == 303
    assert api.get("/api/prices").json()["prices"] == []


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "at most 6 decimals"), ("ru", "не больше шести знаков после запятой")],
)
def test_that_a_wrong_price_stands_there_as_it_was_typed(
    panel: RunningPanel, language: str, told: str
) -> None:
    browser = panel.person(language=language)
    wrong = browser.post("/model/prices", page="/model/budget", **{**PRICES, "prompt": "cheap"})
    assert wrong.status_code == 422
    assert told in wrong.text
    assert 'value="cheap"' in wrong.text
    assert wrong.text.count('aria-invalid="true"') == 1
    assert panel.program().get("/api/prices").json()["prices"] == []


def test_that_only_owners_set_prices_and_only_from_the_page(panel: RunningPanel) -> None:
    body = {"prices": [{"model": "m", "prompt": 1, "completion": 2}]}
    assert panel.program("operator").put("/api/prices", json=body).status_code == 403
    operator = panel.person("operator", language="en")
    assert operator.post("/model/prices", **PRICES).status_code == 403
    page = operator.http.get("/model/budget").text
    assert "Prices of models" in page
    assert "Set prices" not in page
    foreign = panel.person(language="en").http.post("/model/prices", data=PRICES)
    assert foreign.status_code == 403
    assert panel.program().get("/api/prices").json()["prices"] == []


def test_that_a_wrong_budget_field_is_marked_and_a_thousand_is_no_dollar(
    panel: RunningPanel,
) -> None:
    browser = panel.person(language="ru")
    form = {"client_day": "", "day": "5", "month": "1,000", "client_calls_day": "9"}
    wrong = browser.post("/model/budget", page="/model/budget", warn_at="80", **form)
    assert wrong.status_code == 422
    assert "например 1500 или 2,50" in wrong.text
    assert wrong.text.count('aria-invalid="true"') == 1
    assert panel.program().get("/api/budget").json()["day"] is None


def test_that_the_prompt_page_shows_both_sides_and_what_is_wrong(panel: RunningPanel) -> None:
    browser, page = panel.person(language="en"), f"/model/prompts/{NAME}"
    text = shipped_prompt(NAME).text + "\nBe brief."
    assert browser.post(page, page=page, text=text).status_code == 303
    shown = browser.http.get(page).text
    assert "<ins>Be brief.</ins>" in shown
    refused = browser.post(page, page=page, text="Sell hard.")
    assert refused.status_code == 422
    assert "The prompt must hold" in refused.text
    assert "Sell hard." in refused.text
    assert browser.post(f"{page}/rollback", page=page, version="").status_code == 303
    assert "Be brief." not in panel.program().get(f"/api/prompts/{NAME}").json()["text"]


def test_that_the_prompt_page_warns_of_what_a_text_leaves_out(panel: RunningPanel) -> None:
    browser, page = panel.person(language="ru"), f"/model/prompts/{NAME}"
    assert "модель не узнает" not in browser.http.get(page).text
    text = shipped_prompt(NAME).text.replace("$knowledge", "-").replace("$style", "")
    assert browser.post(page, page=page, text=text).status_code == 303
    assert "В этом тексте нет $style, $knowledge: модель не узнает" in browser.http.get(page).text
    found = panel.program().get(f"/api/prompts/{NAME}").json()
    assert found["left_out"] == ["style", "knowledge"]


def test_that_a_wrong_prompt_is_explained_in_russian(panel: RunningPanel) -> None:
    browser, page = panel.person(language="ru"), f"/model/prompts/{NAME}"
    text = shipped_prompt(NAME).text.replace("$facts", "$fcts") + "\n${скрипт}" + " длинно" * 900
    refused = browser.post(page, page=page, text=text)
    assert refused.status_code == 422
    for told in (
        "В промпте должны быть $facts.",
        "$fcts ничем не заполняется. В этом промпте есть $business,",
        "${скрипт} – не подстановка.",
        "Промпт длиннее 6000 символов.",
    ):
        assert told in refused.text


def test_that_a_form_with_no_version_in_it_goes_nowhere(panel: RunningPanel) -> None:
    browser, page = panel.person(language="en"), f"/model/prompts/{NAME}"
    assert browser.post(f"{page}/rollback", page=page, version="old").status_code == 404


def test_that_spend_tells_exact_from_estimated_and_unknown(panel: RunningPanel) -> None:
    spend(
        panel,
        Usage("large", 1_000, 800, 50, Decimal("0.0125"), "exact"),
        Usage("large", 500, 0, 20, Decimal("0.0025"), "estimated"),
        Usage("other", 10, 0, 5, None, "unknown"),
    )
    api = panel.program()
    found = api.get("/api/spend").json()
    assert (found["cost"], found["calls"]) == ("0.015", 3)
    assert (found["estimated_calls"], found["unknown_calls"]) == (1, 1)
    browser = panel.person("viewer", language="en")
    page = browser.http.get("/model/spend").text
    assert "$0.015" in page
    assert "price not known" in page
    table = browser.http.get("/model/spend.csv").text
    assert "large,reply,2,1,1,0,1500,800,70,0.015" in table
    old = api.get("/api/spend", params={"from": "2020-01-01", "to": "2020-01-02"})
    assert old.json()["lines"] == []


def test_that_spend_names_the_clients_whose_dialogues_cost_most(panel: RunningPanel) -> None:
    cheap = Usage("large", 10, 0, 5, Decimal("0.001"), "exact")
    dear = Usage("large", 900, 0, 50, Decimal("0.02"), "exact")

    async def store() -> list[int]:
        async with panel.units() as unit:
            made = await unit._connection.execute(
                text(
                    "INSERT INTO users (telegram_user_id, first_name, language, created_at,"
                    " last_seen_at) VALUES (71, 'Anna', 'en', now(), now()),"
                    " (72, 'Boris', 'en', now(), now()) RETURNING id"
                )
            )
            anna, boris = made.scalars()
            uses = ((anna, cheap), (anna, cheap), (boris, dear), (None, dear))
            at = panel.clock.now()
            await unit.llm_usage.add([UsageRow(at, "reply", use, who) for who, use in uses])
            return [anna, boris]

    anna, boris = panel.portal.run(store())
    found = panel.program().get("/api/spend").json()["dearest"]
    assert [(one["client_id"], one["name"], one["calls"]) for one in found] == [
        (boris, "Boris", 1),
        (anna, "Anna", 2),
    ]
    page = panel.person("viewer", language="en").http.get("/model/spend").text
    assert f'href="/clients/{boris}">Boris</a>' in page
    assert page.index("Boris") < page.index("Anna")


def test_that_a_formula_in_a_models_name_stays_text(panel: RunningPanel) -> None:
    spend(panel, Usage("=1+1", 1, 0, 1, None, "unknown"))
    assert "'=1+1" in panel.person("viewer", language="en").http.get("/model/spend.csv").text


class TestConnection:
    """A model behind a real HTTP server that can be told to fail."""

    @pytest.fixture
    def server(self, loop: asyncio.AbstractEventLoop) -> Iterator[StubModelServer]:
        portal, server = Portal(loop), StubModelServer()
        portal.run(server.__aenter__())
        yield server
        portal.run(server.__aexit__(None, None, None))

    @pytest.fixture
    def language_model(
        self, loop: asyncio.AbstractEventLoop, server: StubModelServer
    ) -> Iterator[OpenAICompatibleModel]:
        model = OpenAICompatibleModel(model=MODEL, api_key="sk-test", base_url=server.base_url)
        yield model
        Portal(loop).run(model.close())

    @pytest.fixture
    def owner(self, panel: RunningPanel) -> Browser:
        return panel.person(language="en")

    def test_that_the_page_says_what_a_good_server_can_do(self, owner: Browser) -> None:
        page = owner.post("/model/test", page="/model/").text
        assert "JSON by schema" in page
        assert MODEL in page

    @pytest.mark.parametrize(
        ("fault", "told"),
        [
            ("http_401", "OPENAI_API_KEY"),
            ("http_404", "CANDOR_LLM_MODEL"),
            ("http_429", "HTTP 429"),
            ("http_500", "HTTP 500"),
            ("empty", "empty answer"),
        ],
    )
    def test_that_the_page_says_what_is_wrong_and_how_to_mend_it(
        self, owner: Browser, server: StubModelServer, fault: Fault, told: str
    ) -> None:
        server.fail(fault, count=9)
        page = owner.post("/model/test", page="/model/")
        assert page.status_code == 200
        assert told in page.text
        assert "sk-test" not in page.text

    @pytest.mark.parametrize(
        ("language", "told"), [("en", "No limit in money stops"), ("ru", "предел не остановит")]
    )
    def test_that_a_limit_that_stops_nothing_says_so_until_a_price_is_given(
        self, panel: RunningPanel, language: str, told: str
    ) -> None:
        owner, api = panel.person(language=language), panel.program()
        for path in ("/model/", "/model/budget"):
            assert told not in owner.http.get(path).text
        api.put("/api/budget", json={"day": 5})
        for path in ("/model/", "/model/budget"):
            assert told in owner.http.get(path).text
        assert api.get("/api/prices").json()["models"] == [{"model": MODEL, "source": "unknown"}]
        given = {**PRICES, "model": MODEL}
        assert owner.post("/model/prices", page="/model/budget", **given).status_code == 303
        for path in ("/model/", "/model/budget"):
            assert told not in owner.http.get(path).text
        assert api.get("/api/prices").json()["models"] == [{"model": MODEL, "source": "own"}]

    def test_that_a_limit_on_calls_alone_needs_no_price(
        self, owner: Browser, panel: RunningPanel
    ) -> None:
        panel.program().put("/api/budget", json={"client_calls_day": 5})
        assert "No limit in money stops" not in owner.http.get("/model/budget").text

    def test_that_the_owner_sees_since_when_and_why_clients_are_answered_offline(
        self, owner: Browser, panel: RunningPanel
    ) -> None:
        async def switch() -> None:
            at = panel.clock.now() - timedelta(hours=3)
            reason = "The model server refuses the key (HTTP 401). Check OPENAI_API_KEY."
            details = {"model": MODEL, "reason": reason}
            async with panel.units() as unit:
                await unit.activity.record(
                    Activity(kind="engine.offline", at=at, level="warning", details=details)
                )

        panel.portal.run(switch())
        page = owner.http.get("/model/").text
        assert "Clients are answered without the model since" in page
        assert "Check OPENAI_API_KEY" in page
        found = panel.program().get("/api/model").json()
        assert found["engine"] == "offline"
        assert "HTTP 401" in found["reason"]
        assert found["since"]
