"""A webhook's address is no way into the network that Candor runs in."""

import pytest

from candor.common.errors import ConfigurationError, InvalidInputError
from candor.webhooks.targets import Targets, networks_of

PUBLIC = Targets()
LOOPBACK = Targets(networks_of("127.0.0.1, ::1"))
PRIVATE_ADDRESSES = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "no address",
]


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_that_a_private_address_may_not_be_called(address: str) -> None:
    assert not PUBLIC.may_call(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_that_a_public_address_may_be_called(address: str) -> None:
    assert PUBLIC.may_call(address)


def test_that_only_the_named_network_is_opened() -> None:
    assert LOOPBACK.may_call("127.0.0.1")
    assert LOOPBACK.may_call("::ffff:127.0.0.1")
    assert not LOOPBACK.may_call("127.0.0.2")
    assert not LOOPBACK.may_call("10.0.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "https://",
        "https:///path",
        "https://user:password@example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://app.localhost/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "javascript:alert(1)",
        "https://example.org/" + "x" * 2000,
        "",
    ],
)
def test_that_such_an_address_is_refused_when_it_is_typed(url: str) -> None:
    with pytest.raises(InvalidInputError):
        PUBLIC.check_url(url)


def test_that_an_ordinary_address_is_kept() -> None:
    assert PUBLIC.check_url(" https://hooks.example.org:8443/a?b=1 ") == (
        "https://hooks.example.org:8443/a?b=1"
    )
    assert LOOPBACK.check_url("http://127.0.0.1:9000/") == "http://127.0.0.1:9000/"


def test_that_a_wrong_setting_is_told_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="CANDOR_WEBHOOK_PRIVATE_NETWORKS"):
        networks_of("10.0.0.0/8, my-network")
