"""Which messages are commands, and which only look like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.messaging.parsing import is_for_another_bot, parse_command


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("/start", "start"),
        ("/start c_17", "start"),
        ("/STOP", "stop"),
        ("/stop@Our_Bot", "stop"),
        ("стоп", "stop"),
        ("  Стоп!!! ", "stop"),
        ("Stop.", "stop"),
        ("с\u200bтоп", "stop"),
        ("cтоп", "stop"),  # a Latin c
        ("пожалуйста, не пишите мне", "stop"),
        ("Больше не пишите.", "stop"),
        ("Отпишите меня, пожалуйста", "stop"),
        ("please stop", "stop"),
        ("Don't write to me", "stop"),
        ("/human", "human"),
        ("/paysupport", "human"),
        ("ЧЕЛОВЕК", "human"),
        ("Позовите оператора!", "human"),
        ("I want to talk to a person", "human"),
        ("/privacy", "privacy"),
        ("/export", "export"),
        ("/delete", "delete"),
        ("/help", "help"),
    ],
)
def test_that_commands_are_recognised(words: str, name: str) -> None:
    found = parse_command(words, account_username="our_bot")

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "words",
    [
        "",
        "/",
        "/ stop",
        "/unknown",
        "/stop@their_bot",
        "человек?",
        "вы человек",
        "стоп, а сколько стоит?",
        "я не хочу останавливаться",
        "я добрый человек",
        "stop by the office tomorrow",
        "нонстоп",
        "не пишите имя с большой буквы",
        "start",
        "/" * 5000,
        "стоп " * 50,
    ],
)
def test_that_ordinary_words_are_no_commands(words: str) -> None:
    assert parse_command(words, account_username="our_bot") is None


def test_that_payload_and_language_are_told() -> None:
    start = parse_command("/start c_17")
    stop = parse_command("стоп")
    slash = parse_command("/stop")

    assert start is not None
    assert start.payload == "c_17"
    assert stop is not None
    assert stop.language == "ru"
    assert slash is not None
    assert slash.language is None


def test_that_bare_words_can_be_left_out() -> None:
    assert parse_command("стоп", words_count=False) is None
    assert parse_command("/stop", words_count=False) is not None


def test_that_another_bots_commands_are_known_as_such() -> None:
    assert is_for_another_bot("/anything@their_bot now", account_username="our_bot")
    assert not is_for_another_bot("/anything@our_bot", account_username="our_bot")
    assert not is_for_another_bot("their_bot", account_username="our_bot")


@given(st.text(max_size=300))
def test_that_any_text_can_be_parsed(words: str) -> None:
    parse_command(words)
    parse_command("/" + words, account_username="bot")
