"""LoggingService: ids on every line, and never a secret or a word of a client."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from candor.common.logs import (
    LogFormat,
    LoggingService,
    current_ids,
    request_context,
    turn_context,
)

BOT_TOKEN = "123456789:" + "AAF-x_9" * 5
SEEDED = (
    BOT_TOKEN,
    "sk-proj-abcdefghijklmnop1234",
    "hunter2-password",
    "+7 (912) 345-67-89",
    "+79123456789",
    "1BVtsOK4Bu" + "x9_-" * 70,
    "меня зовут Ольга и мне 34 года",
    "Ольга",
)


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def service(format: LogFormat = "json") -> tuple[LoggingService, io.StringIO]:
    stream = io.StringIO()
    made = LoggingService(level="debug", format=format, stream=stream)
    made.configure()
    return made, stream


@pytest.mark.parametrize("format", ["json", "console"])
def test_that_no_seeded_secret_and_no_body_is_written(format: LogFormat) -> None:
    _, stream = service(format)
    log = structlog.get_logger("candor.test")
    token, key, password, phone, phone_flat, session, words, name = SEEDED
    log.info("sent", text=words, token=token, nested={"body": words, "api_key": key}, phone=phone)
    log.info(f"GET https://api.telegram.org/bot{token}/getMe", url=f"/bot{token}/sendMessage")
    log.info("connected", address=f"postgresql://candor:{password}@db:5432/candor")
    log.info("header", value=f"Bearer {key}", note=f"call {phone_flat} or {phone}")
    log.info("client", first_name=name, items=[{"caption": words}, session])
    logging.getLogger("aiogram").warning("Failed to fetch updates bot%s: %s", token, phone_flat)
    try:
        raise ValueError(
            "(psycopg.errors.CheckViolation) new row violates a check\n"
            f"DETAIL:  Failing row contains (1, {words}, {name}).\n"
            f"[parameters: {{'text': '{words}', 'token': '{token}'}}]\n"
            "(Background on this error at: https://sqlalche.me)"
        )
    except ValueError:
        log.exception("failed")
    written = stream.getvalue()

    assert written.count("\n") >= 6
    for secret in SEEDED:
        assert secret not in written, secret


def test_that_known_secrets_are_hidden_wherever_they_stand() -> None:
    logs, stream = service()
    logs.hide("tr0ub4dor&3")
    structlog.get_logger().info("tried tr0ub4dor&3", reason="bad: tr0ub4dor&3!")

    assert "tr0ub4dor" not in stream.getvalue()


def test_that_every_line_carries_the_ids_of_its_work() -> None:
    _, stream = service()
    log = structlog.get_logger("candor.test")
    with request_context("r-1"), turn_context("sales.answer_client", 7) as turn:
        log.info("answered", conversation_id=7)
        assert current_ids() == {"request_id": "r-1", "turn_id": turn}
    log.info("idle")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())

    assert first["request_id"] == "r-1"
    assert first["turn_id"] == turn
    assert (first["lane"], first["lane_key"]) == ("sales.answer_client", "7")
    assert first["at"].endswith("Z")
    assert first["conversation_id"] == 7
    assert "request_id" not in second


def test_that_lines_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    LoggingService(level="warning", format="json", stream=stream).configure()
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["loud"]


def test_that_ids_and_numbers_stay_readable() -> None:
    _, stream = service()
    structlog.get_logger().info("message_sent", outbox=17, chat_id=-1001234567890, took=0.5)
    line = json.loads(stream.getvalue())

    assert (line["outbox"], line["chat_id"], line["took"]) == (17, -1001234567890, 0.5)
