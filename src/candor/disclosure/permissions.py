"""H4: may Candor comment in this channel now? Pure rules over the recorded permission."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CommentMode = Literal["off", "draft", "approve", "auto"]
Scope = Literal["draft", "approve", "auto"]
"""The most that the channel's owner allowed: drafts only, comments after approval, or by itself."""
_RANK = {"off": 0, "draft": 1, "approve": 2, "auto": 3}


@dataclass(frozen=True, slots=True)
class Permission:
    """An owner's permission as recorded. `expires_at` None: until it is revoked."""

    granted_by: str
    granted_at: datetime
    scope: Scope
    proof: str
    """Where it can be read: a link, a message, a document. Empty proves nothing."""
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What follows: the mode that holds, and why it is less than what was set."""

    mode: CommentMode
    reason: str = ""

    @property
    def may_draft(self) -> bool:
        return self.mode != "off"

    @property
    def may_publish(self) -> bool:
        """Whether anything may be sent at all, approved or not."""
        return self.mode in ("approve", "auto")

    @property
    def needs_approval(self) -> bool:
        return self.mode != "auto"


def allowance(
    permission: Permission | None,
    *,
    mode: CommentMode,
    now: datetime,
    is_bot_member: bool = True,
) -> Allowance:
    """The lesser of what was set for the channel and what its owner allows at this moment."""
    if mode == "off":
        return Allowance("off", "Commenting is switched off for this channel.")
    if reason := refusal(permission, now=now, is_bot_member=is_bot_member):
        return Allowance("off", reason)
    if permission is not None and _RANK[permission.scope] < _RANK[mode]:
        return Allowance(
            permission.scope, f"The owner's permission covers '{permission.scope}' only."
        )
    return Allowance(mode)


def refusal(permission: Permission | None, *, now: datetime, is_bot_member: bool = True) -> str:
    """Why nothing may be published here, or an empty string. Both ends in time count as outside."""
    if permission is None:
        return "The channel's owner has given no permission."
    if not permission.granted_by.strip() or not permission.proof.strip():
        return "The permission names no grantor or no proof."
    if reason := _out_of_time(permission, now):
        return reason
    return "" if is_bot_member else "The bot is no longer a member of the discussion group."


def _out_of_time(permission: Permission, now: datetime) -> str:
    if permission.granted_at > now:
        return "The permission has not begun yet."
    if permission.revoked_at is not None and permission.revoked_at <= now:
        return "The permission was withdrawn."
    if permission.expires_at is not None and permission.expires_at <= now:
        return "The permission has expired."
    return ""
