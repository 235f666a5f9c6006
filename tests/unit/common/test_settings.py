"""A wrong setting is named with what it should look like, and no secret is repeated."""

import pytest

from candor.common.errors import ConfigurationError
from candor.common.settings import load_settings


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
