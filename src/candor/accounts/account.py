"""What an account is: a bot, the owner's user account, or a business connection through a bot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from candor.common.ids import AccountId, TelegramUserId
from candor.disclosure.profile import AccountRole

AccountKind = Literal["bot", "user", "business"]
AccountStatus = Literal["signing_in", "unlabelled", "active", "paused", "restricted", "logged_out"]
"""`unlabelled`: known to Telegram, its label not yet verified; `paused`: by the owner; `restricted`:
stopped by H9 until the owner looks at it; `logged_out`: no token or session is kept any more."""
LoginStep = Literal["code", "password", "qr"]

ACCOUNT_KINDS: tuple[AccountKind, ...] = ("bot", "user", "business")
ACCOUNT_ROLES: tuple[AccountRole, ...] = ("sales", "commentator", "partner")
ACCOUNT_STATUSES: tuple[AccountStatus, ...] = (
    "signing_in",
    "unlabelled",
    "active",
    "paused",
    "restricted",
    "logged_out",
)
LOGIN_STEPS: tuple[LoginStep, ...] = ("code", "password", "qr")


@dataclass(frozen=True, slots=True)
class Personality:
    """How an account writes. It colours the words; it can't remove the label or invent a person."""

    name: str = ""
    style: str = ""
    tone: str = ""
    interests: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The shape of the public interface."""
        return {
            "name": self.name,
            "style": self.style,
            "tone": self.tone,
            "interests": list(self.interests),
            "vocabulary": list(self.vocabulary),
            "phrases": list(self.phrases),
        }


@dataclass(frozen=True, slots=True)
class Account:
    """An account as everybody may see it: nothing secret is in here."""

    id: AccountId
    kind: AccountKind
    role: AccountRole
    title: str
    status: AccountStatus
    created_at: datetime
    username: str | None = None
    telegram_id: TelegramUserId | None = None
    disclosed_at: datetime | None = None
    """When the label in name and profile was last verified; without it no account is active."""
    phone_masked: str | None = None
    personality: Personality = field(default_factory=Personality)
    pause_reason: str | None = None
    """A code of `limits.PAUSE_REASONS` for `restricted`, `owner` for `paused`."""
    paused_at: datetime | None = None
    login_step: LoginStep | None = None
    """What the sign-in waits for, while `status` is `signing_in`."""
    login_expires_at: datetime | None = None
    via_account_id: AccountId | None = None
    """Business only: the bot that the owner connected."""
    business_connection_id: str | None = None
    can_reply: bool = False
    """Business only: the owner lets the bot answer."""

    @property
    def shown_name(self) -> str:
        """What lists call it: before its sign-in is done a user account has no title."""
        at_name = f"@{self.username}" if self.username else ""
        return self.title or at_name or self.phone_masked or f"#{self.id}"

    @property
    def is_working(self) -> bool:
        return self.status == "active"

    def as_json(self) -> dict[str, object]:
        """The shape of `/api/accounts`; times as ISO 8601."""
        return {
            "id": self.id,
            "kind": self.kind,
            "role": self.role,
            "title": self.title,
            "username": self.username,
            "status": self.status,
            "disclosed_at": self.disclosed_at.isoformat() if self.disclosed_at else None,
            "phone_masked": self.phone_masked,
            "personality": self.personality.as_json(),
            "pause_reason": self.pause_reason,
            "login_step": self.login_step,
            "login_expires_at": self.login_expires_at.isoformat()
            if self.login_expires_at
            else None,
            "via_account_id": self.via_account_id,
            "can_reply": self.can_reply,
            "created_at": self.created_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One line of `account_security_logs`: who did what to which account. Holds no secret."""

    account_id: AccountId | None
    event: str
    """`area.past_tense`-like words: `token_added`, `session_opened`, `sign_in_failed`."""
    actor: str
    """`operator:3`, `process:telegram`, `cli`, `telegram`."""
    at: datetime
    details: Mapping[str, str] = field(default_factory=dict)
