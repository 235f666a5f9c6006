"""A wrong setting is named with what it should look like, and no secret is repeated."""

import pytest

from candor.common.errors import ConfigurationError
from candor.common.settings import describe_settings, load_settings, without_password


@pytest.mark.parametrize("address", ["nonsense", "http://cache:6379", "127.0.0.1:6379/s3cret"])
def test_that_an_address_that_is_not_redis_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({"REDIS_URL": address})
    assert "REDIS_URL: this is no Redis address; it looks like redis://" in refused.value.message
    assert address not in refused.value.message


@pytest.mark.parametrize("address", ["redis://cache", "rediss://:s3cret@cache:6380/1", "unix:///x"])
def test_that_each_way_to_redis_is_taken(address: str) -> None:
    assert load_settings({"REDIS_URL": address}).redis_url is not None


def test_that_every_wrong_setting_is_named_at_once() -> None:
    wrong = {"CANDOR_TIMEZONE": "Mars", "CANDOR_LANGUAGE": "xx"}
    with pytest.raises(ConfigurationError) as refused:
        load_settings(wrong)
    assert all(name in refused.value.message for name in wrong)
    assert "Europe/Moscow" in refused.value.message


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://me:PASSW0RD@host:8000/v1", "http://********@host:8000/v1"),
        ("https://token-PASSW0RD@host/v1", "https://********@host/v1"),
        ("https://me:PASS/W0RD@host/v1", "https://********@host/v1"),
        ("https://me:P@SSW0RD@host/v1", "https://********@host/v1"),
        ("me:PASSW0RD@host/v1", "********@host/v1"),
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("http://127.0.0.1:8000/v1?a=b", "http://127.0.0.1:8000/v1?a=b"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("localhost:8000", "localhost:8000"),
    ],
)
def test_that_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    settings = load_settings({"TELEGRAM_BOT_API_URL": address})
    told = {item.name: item.value for item in describe_settings(settings)}
    assert told["TELEGRAM_BOT_API_URL"] == shown
    assert without_password(address) == shown


def test_that_a_name_with_an_at_sign_stays_as_it_is() -> None:
    settings = load_settings({"CANDOR_BUSINESS_NAME": "me@lighthouse"})
    told = {item.name: item.value for item in describe_settings(settings)}
    assert told["CANDOR_BUSINESS_NAME"] == "me@lighthouse"


@pytest.mark.parametrize(
    "address",
    ["notaurl", "localhost:8080", "127.0.0.1:8080/v1", "ftp://host/v1", "http://", "https:///v1",
     "http://host:port/v1", "http://host:99999/v1", "http://a host/v1", "http://[::1/v1",
     "file:///etc/passwd", "sk-s3cret"],
)  # fmt: skip
def test_that_a_model_server_without_an_address_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({"OPENAI_BASE_URL": address})
    assert (
        "OPENAI_BASE_URL: this is no web address; it looks like https://" in refused.value.message
    )
    assert address not in refused.value.message


@pytest.mark.parametrize(
    "address",
    ["https://api.openai.com/v1", "https://api.openai.com/v1/", "http://127.0.0.1:8080/v1",
     "http://localhost:11434/v1", "http://localhost:8000", "http://ollama:11434/v1",
     "http://[::1]:8080/v1", "https://user:pass@gate.example.org/v1", "HTTPS://API.EXAMPLE.ORG/v1",
     "https://openrouter.ai/api/v1", "https://models.пример.рф/v1", "http://10.0.0.5/v1",
     "https://host.example.org/openai/deployments/small", "https://host/v1?api-version=2024-10-21",
     "http://model_server:80/v1", " https://api.example.org/v1 ", "https://host:443"],
)  # fmt: skip
def test_that_each_way_to_write_a_model_servers_address_is_taken(address: str) -> None:
    assert load_settings({"OPENAI_BASE_URL": address}).openai_base_url == address.strip()


@pytest.mark.parametrize("absent", ["", "  "])
def test_that_no_address_of_a_model_server_is_none(absent: str) -> None:
    assert load_settings({"OPENAI_BASE_URL": absent}).openai_base_url is None
