"""Which addresses may be called: the public internet, and private networks that a setting names.

An owner types the address in the panel, so it must not become a way into the network that Candor runs
in. Names are judged when they are resolved, at every request, and the connection goes to the very
address that was judged.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import urlsplit

from candor.common.errors import ConfigurationError, InvalidInputError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LONGEST_URL: Final = 2000
_TRANSLATED: Final = ip_network("64:ff9b::/96")
"""NAT64: the last four bytes are an address of the old kind."""


class Targets:
    """What may be called."""

    def __init__(self, private_networks: Sequence[Network] = ()) -> None:
        self._private = tuple(private_networks)

    @property
    def allows_private(self) -> bool:
        return bool(self._private)

    def may_call(self, address: str) -> bool:
        """An address as it was resolved, without a zone."""
        try:
            found = ip_address(address.split("%", 1)[0])
        except ValueError:
            return False
        inner = _inner(found)
        if any(inner in network for network in self._private if network.version == inner.version):
            return True
        return all(_is_public(one) for one in (found, inner))

    def check_url(self, url: str) -> str:
        """The address as it may be stored; raises InvalidInputError that says what is wrong."""
        address = url.strip()
        parts = _split(address)
        if parts is None or len(address) > LONGEST_URL:
            raise InvalidInputError(
                "This is no web address. Write it like https://example.org/hook."
            )
        scheme, host = parts
        if scheme != "https" and not (scheme == "http" and self.allows_private):
            raise InvalidInputError(
                "The address must begin with https://, so that nobody on the way can read it."
            )
        if _is_address(host) and not self.may_call(host):
            raise InvalidInputError(PRIVATE)
        if not self.allows_private and (host == "localhost" or host.endswith(".localhost")):
            raise InvalidInputError(PRIVATE)
        return address


PRIVATE: Final = (
    "This address lies in a private network. Name the network in "
    "CANDOR_WEBHOOK_PRIVATE_NETWORKS to allow it."
)


def _split(url: str) -> tuple[str, str] | None:
    """Scheme and host; None for what is no address or carries a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    has_odd = any(character.isspace() or ord(character) < 32 for character in url)
    if not host or has_odd or parts.username is not None or port == 0:
        return None
    return parts.scheme, host


def _is_address(host: str) -> bool:
    try:
        ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    return True


def _inner(address: Address) -> Address:
    """The old-style address inside a new-style one, where there is one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return address.teredo[1]
    return address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (
        address.ipv4_mapped is not None or address in _TRANSLATED
    ):
        return True
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def networks_of(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8, 127.0.0.1` as networks; raises ConfigurationError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise ConfigurationError(
            f"CANDOR_WEBHOOK_PRIVATE_NETWORKS: {error}. Write networks like 10.0.0.0/8, 127.0.0.1."
        ) from error
