"""Candor as processes: refused twice, split over two, stopped, killed, and silent about secrets."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.integration.bootstrap.conftest import until

from candor.bench import crash
from candor.bench.stage import Stage
from candor.bench.stub_model import StubModelServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KEY = "sk-seeded-never-to-be-seen-1234567890"


async def is_answered(stage: Stage, person: int, words: str) -> str:
    chat = await stage.write(person, words)
    return (await stage.ear.after(chat, stage.ear.count(chat), seconds=90)).text


async def test_that_a_folder_with_its_own_database_is_taken_once_and_ctrl_c_ends_well(
    stage: Stage,
) -> None:
    first = stage.start(DATABASE_URL="")
    await stage.wakes(first)
    second = stage.start(DATABASE_URL="")
    assert await asyncio.to_thread(second.process.wait, 90) == 1
    said = stage.log.read_text(encoding="utf-8")
    assert "running already" in said
    assert f"worker, process {first.process.pid}" in said
    assert "Traceback" not in said
    assert await asyncio.to_thread(first.stop) == 0


@pytest.mark.parametrize("database", ["named", "of the folder"])
async def test_that_a_second_process_on_one_folder_follows_a_killed_one(
    stage: Stage, database: str
) -> None:
    own = {"DATABASE_URL": ""} if database == "of the folder" else {}
    worker = stage.start(roles="worker", **own)
    first = stage.start(roles="telegram", **own)
    vera = await stage.person(1)
    await is_answered(stage, vera, "здравствуйте")
    second = stage.start(roles="telegram", **own)
    await stage.looks_for_accounts(2)
    first.kill()
    await is_answered(stage, vera, "хочу для работы")
    assert second.is_running
    assert worker.is_running


async def test_that_two_processes_share_the_roles(stage: Stage) -> None:
    telegram = stage.start(roles="telegram")
    worker = stage.start(roles="worker")
    vera = await stage.person(1)
    assert "Маяк" in await is_answered(stage, vera, "здравствуйте")
    assert telegram.is_running
    assert worker.is_running
    assert await asyncio.to_thread(worker.stop) == 0

    # Without a worker nothing is answered and nothing is lost: another one takes it up.
    chat = await stage.write(vera, "хочу для работы")
    before = stage.ear.count(chat)
    stage.start(roles="worker")
    assert (await stage.ear.after(chat, before, seconds=90)).text


async def test_that_kill_nine_loses_and_doubles_nothing(tmp_path: Path) -> None:
    figures = await crash.run(tmp_path / "data", kills=2, people=4)
    assert figures["inbound_lost"] == 0
    assert figures["inbound_unanswered"] == 0
    assert figures["doubled"] == 0
    assert figures["missing"] == 0
    assert figures["failed"] == 0


async def test_that_secrets_are_found_nowhere(stage: Stage) -> None:
    _, secret = await stage.container.tokens.create("seeker", "owner", actor="test")
    async with StubModelServer(api_key=KEY) as model:
        stage.start(
            roles="panel,telegram,worker",
            OPENAI_API_KEY=KEY,
            OPENAI_BASE_URL=model.base_url,
            CANDOR_LLM_MODEL="stub",
            CANDOR_LOG_LEVEL="debug",
        )
        vera = await stage.person(1)
        await is_answered(stage, vera, "здравствуйте")
        await is_answered(stage, vera, "а можно заниматься, если я работаю в ночные смены?")
        fault = {"method": "sendMessage", "kind": "error_429", "retry_after": 1}
        await stage.ask("POST", "/faults", fault)
        await is_answered(stage, vera, "хочу для работы")
        model.fail("http_401")
        await is_answered(stage, vera, "а родственников приводить можно?")
        answers = await api_answers(await address_of(stage), secret)
    seeded = {"the key of the model": KEY, "the bot's token": stage.tokens[0], "API token": secret}
    places = {
        "the log": stage.log.read_text(encoding="utf-8"),
        "an API answer": answers,
        "the database": await dump(stage),
    }
    assert model.calls, "the model was never asked"
    for what, value in seeded.items():
        for place, content in places.items():
            assert value not in content, f"{what} stands in {place}"
            assert value.split(":")[-1] not in content, f"{what} stands in {place}"


async def address_of(stage: Stage) -> str:
    async def look() -> re.Match[str] | None:
        return re.search(r"ready:\s+(http\S+)", stage.log.read_text(encoding="utf-8"))

    return str((await until(look))[1])


async def api_answers(address: str, secret: str) -> str:
    """Every list and every first item that an owner can read."""
    found = []
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as http:
        for path in (
            "/api/accounts", "/api/accounts/1", "/api/conversations", "/api/conversations/1",
            "/api/logs", "/api/stats", "/api/scripts", "/api/groups", "/metrics", "/readyz",
        ):  # fmt: skip
            answer = await http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found.append(answer.text)
    return "\n".join(found)


async def dump(stage: Stage) -> str:
    """All rows of all tables as text."""
    rows: list[Any] = []
    async with stage.container.engine.connect() as connection:
        names = await connection.execute(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        )
        for (name,) in names.all():
            rows += (await connection.execute(text(f"SELECT t::text FROM {name} t"))).scalars()
    return "\n".join(str(row) for row in rows)
