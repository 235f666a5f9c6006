"""H4: the lesser of what is set and what the channel's owner allows right now."""

from datetime import UTC, datetime, timedelta

import pytest

from candor.disclosure.permissions import CommentMode, Permission, Scope, allowance

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)


def permission(scope: Scope = "auto", **changes: object) -> Permission:
    given: dict[str, object] = {
        "granted_by": "@owner",
        "granted_at": NOW - DAY,
        "scope": scope,
        "proof": "https://t.me/c/1/2",
    }
    return Permission(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "held",
    [
        None,
        permission(granted_at=NOW + DAY),
        permission(expires_at=NOW),
        permission(revoked_at=NOW - DAY),
        permission(proof=" "),
        permission(granted_by=""),
    ],
)
def test_that_without_a_living_permission_nothing_is_written(held: Permission | None) -> None:
    allowed = allowance(held, mode="auto", now=NOW)
    assert allowed.mode == "off"
    assert allowed.reason


def test_that_a_removed_bot_writes_nothing() -> None:
    assert allowance(permission(), mode="auto", now=NOW, is_bot_member=False).mode == "off"


@pytest.mark.parametrize(
    ("scope", "mode", "expected"),
    [
        ("auto", "auto", "auto"),
        ("approve", "auto", "approve"),
        ("draft", "auto", "draft"),
        ("auto", "approve", "approve"),
        ("auto", "off", "off"),
    ],
)
def test_that_the_lesser_mode_holds(scope: Scope, mode: CommentMode, expected: str) -> None:
    allowed = allowance(permission(scope), mode=mode, now=NOW)
    assert allowed.mode == expected
    assert allowed.needs_approval == (expected != "auto")
    assert allowed.may_publish == (expected in ("approve", "auto"))
