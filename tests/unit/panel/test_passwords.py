"""Passwords, one-time secrets, second factors and the brake on guessing."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from candor.common.errors import InvalidInputError
from candor.panel.auth.passwords import (
    check_new_password,
    hash_password,
    make_password,
    verify_password,
)
from candor.panel.auth.second_factor import (
    accepted_step,
    new_recovery_codes,
    new_secret,
    recovery_hash,
)
from candor.panel.auth.sign_in import LONGEST_WAIT, waiting_time

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_that_a_password_is_kept_as_a_hash_that_only_it_opens() -> None:
    stored = hash_password("three quiet lighthouses")
    assert "lighthouses" not in stored
    assert verify_password("three quiet lighthouses", stored)
    assert not verify_password("three quiet lighthouse", stored)
    assert not verify_password("anything", None)
    assert not verify_password("anything", "no hash at all")


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaa", "owner@candor.local", "x" * 129, "123456789012"]
)
def test_that_easy_passwords_are_refused_with_a_reason(password: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_new_password(password, email="owner@candor.local")
    assert caught.value.errors[0].path == "password"


def test_that_made_passwords_are_good_enough_for_our_own_rule() -> None:
    for _ in range(50):
        check_new_password(make_password(), email="owner@candor.local")


def test_that_a_code_is_good_for_its_half_minute_and_once() -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    step = accepted_step(secret, code, now=NOW, last_step=0)
    assert step is not None
    assert accepted_step(secret, code, now=NOW, last_step=step) is None
    assert accepted_step(secret, code, now=NOW + timedelta(minutes=3), last_step=0) is None
    assert accepted_step(secret, f" {code[:3]} {code[3:]} ", now=NOW, last_step=0) == step
    assert accepted_step(secret, "не код", now=NOW, last_step=0) is None


def test_that_recovery_codes_differ_and_forgive_dashes_and_case() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_hash(codes[0]) == recovery_hash(codes[0].replace("-", " ").upper())


def test_that_waiting_grows_and_ends_at_a_quarter_of_an_hour() -> None:
    assert waiting_time(4, free=5) == timedelta()
    waits = [waiting_time(failures, free=5) for failures in range(5, 100)]
    assert waits[0] == timedelta(seconds=15)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
