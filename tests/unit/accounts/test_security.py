"""Sealing, keys and the chain, without a database."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from candor.accounts.account import SecurityEvent
from candor.accounts.errors import KeysError, SecretUnreadableError
from candor.accounts.keys import KEY_FILE, KeyRing, load_keys
from candor.accounts.ports import AccountUnits, LoggedEvent, Place
from candor.accounts.security import AccountSecurityService, mask_phone
from candor.accounts.security_log import GENESIS, digest_of, first_break
from candor.common.clock import SystemClock
from candor.common.ids import AccountId

KEY = "k" * 43
OTHER_KEY = "o" * 43
PLACE = Place("telegram_account_sessions", 7, "secret")


def _service(*keys: str) -> AccountSecurityService:
    ring = KeyRing(keys or (KEY,), source="environment")
    return AccountSecurityService(keys=ring, units=cast(AccountUnits, None), clock=SystemClock())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_that_what_was_sealed_opens_at_its_place(text: str) -> None:
    service = _service()
    assert service.open(service.seal(SecretStr(text), place=PLACE), place=PLACE) == SecretStr(text)


@pytest.mark.parametrize(
    "place",
    [
        Place("telegram_account_sessions", 8, "secret"),
        Place("telegram_account_sessions", 7, "phone"),
        Place("operators", 7, "secret"),
    ],
)
def test_that_a_ciphertext_moved_elsewhere_does_not_open(place: Place) -> None:
    service = _service()
    sealed = service.seal(SecretStr("token"), place=PLACE)
    with pytest.raises(SecretUnreadableError):
        service.open(sealed, place=place)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_that_any_altered_byte_is_noticed(at: int, change: int) -> None:
    service = _service()
    sealed = bytearray(service.seal(SecretStr("token"), place=PLACE))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(SecretUnreadableError) as raised:
        service.open(bytes(sealed), place=PLACE)
    assert "token" not in repr(raised.value.__dict__)


@pytest.mark.parametrize("sealed", [b"", b"\x01", bytes(33), b"\x02" + bytes(60)])
def test_that_what_is_no_ciphertext_is_refused(sealed: bytes) -> None:
    with pytest.raises(SecretUnreadableError):
        _service().open(sealed, place=PLACE)


def test_that_older_keys_still_open_and_the_newest_seals() -> None:
    sealed = _service(KEY).seal(SecretStr("token"), place=PLACE)
    both = _service(OTHER_KEY, KEY)
    assert both.open(sealed, place=PLACE).get_secret_value() == "token"
    with pytest.raises(SecretUnreadableError):
        _service(KEY).open(both.seal(SecretStr("token"), place=PLACE), place=PLACE)


def test_that_look_up_hashes_depend_on_the_key_and_match_across_a_rotation() -> None:
    phone = SecretStr("+79001234567")
    assert _service(KEY).lookup_hash(phone) != _service(OTHER_KEY).lookup_hash(phone)
    assert _service(KEY).lookup_hash(phone) in _service(OTHER_KEY, KEY).lookup_hashes(phone)


def test_that_nothing_secret_shows_in_repr(tmp_path: Path) -> None:
    ring = load_keys(tmp_path)
    text = (tmp_path / KEY_FILE).read_text().strip()
    shown = repr(ring) + repr(ring.all)
    assert text not in shown
    assert ring.newest.seal.get_secret_value() not in shown


def test_that_the_first_start_makes_one_private_key_file(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "data")
    assert (tmp_path / "data" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert load_keys(tmp_path / "data").newest.id == first.newest.id
    assert len(list((tmp_path / "data").iterdir())) == 1


def test_that_keys_of_the_environment_come_first(tmp_path: Path) -> None:
    ring = load_keys(tmp_path, keys=SecretStr(f" {KEY} , {OTHER_KEY}\n"))
    assert (ring.source, len(ring.all)) == ("environment", 2)
    assert not (tmp_path / KEY_FILE).exists()


def test_that_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path)
    os.chmod(tmp_path / KEY_FILE, 0o644)
    with pytest.raises(KeysError, match="chmod 600"):
        load_keys(tmp_path)


def test_that_a_missing_named_key_file_is_an_error_and_no_new_key(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="missing"):
        load_keys(tmp_path, file=tmp_path / "elsewhere.keys")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["short", f"{KEY},{KEY}", " , "])
def test_that_bad_keys_are_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeysError) as raised:
        load_keys(tmp_path, file=path)
    assert KEY not in str(raised.value)


def test_that_keys_of_the_environment_can_not_be_rotated_by_a_program() -> None:
    with pytest.raises(KeysError, match="in front of the list"):
        KeyRing((KEY,), source="environment").add_new()


def test_that_a_phone_is_masked_to_what_its_owner_recognises() -> None:
    assert mask_phone(SecretStr("+79001234567")) == "+7 ••• 45 67"
    assert mask_phone(SecretStr("112")) == "•••"


@given(st.lists(st.text(max_size=8), min_size=1, max_size=12), st.data())
def test_that_a_chain_tells_its_first_wrong_line(actors: list[str], data: Any) -> None:
    lines = _chain(actors)
    assert first_break(lines) is None
    at = data.draw(st.integers(0, len(lines) - 1))
    broken = lines[at]
    event = SecurityEvent(broken.event.account_id, "other", broken.event.actor, broken.event.at)
    lines[at] = LoggedEvent(broken.number, event, broken.previous, broken.digest)
    assert first_break(lines) == at + 1


def _chain(actors: list[str]) -> list[LoggedEvent]:
    lines: list[LoggedEvent] = []
    previous = GENESIS
    for number, actor in enumerate(actors, 1):
        event = SecurityEvent(AccountId(1), "used", actor, datetime(2026, 3, 2, tzinfo=UTC))
        digest = digest_of(event, previous=previous)
        lines.append(LoggedEvent(number, event, previous, digest))
        previous = digest
    return lines
