"""The people and programs that work with Candor, as data: operators, sessions, tokens, what they did.

Shared by the panel, which decides, and storage, which keeps; hence here. Nothing in this file holds
a secret in the clear: passwords are argon2 hashes, tokens SHA-256 hashes, second factors sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from candor.common.ids import OperatorId

OperatorRole = Literal["viewer", "operator", "owner"]
RANKS: Mapping[str, int] = {"viewer": 0, "operator": 1, "owner": 2}
"""A role may do all that a role of lower rank may do."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who signs in to the panel."""

    id: OperatorId
    email: str
    role: OperatorRole
    password_hash: str
    created_at: datetime
    language: Literal["ru", "en"] = "ru"
    name: str = ""
    """What clients read when this person takes a dialogue; empty: just that a person answers."""
    is_disabled: bool = False
    must_change_password: bool = False
    sealed_totp: bytes | None = None
    """The secret of the second factor, sealed; None while there is no second factor."""
    totp_step: int = 0
    """The last accepted 30-second step: a code is good once."""
    recovery_hashes: tuple[str, ...] = ()
    last_sign_in_at: datetime | None = None

    @property
    def has_second_factor(self) -> bool:
        return self.sealed_totp is not None


@dataclass(frozen=True, slots=True)
class NewOperator:
    email: str
    role: OperatorRole
    password_hash: str
    language: Literal["ru", "en"] = "ru"
    must_change_password: bool = True


@dataclass(frozen=True, slots=True)
class PanelSession:
    """One browser that is signed in; the browser holds the token, the database its hash."""

    id: int
    operator_id: OperatorId
    token_hash: str
    created_at: datetime
    seen_at: datetime
    ip: str = ""
    user_agent: str = ""
    is_complete: bool = True
    """False between the password and the second factor: good for nothing but that page."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's way in. The token itself is shown once, when it is made."""

    id: int
    name: str
    role: OperatorRole
    created_at: datetime
    created_by: str = ""
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which thing. `details` never hold message bodies or secrets."""

    at: datetime
    actor: str
    """An e-mail, `token NAME`, `command line` or `system`."""
    action: str
    """`noun.verb`, as `conversation.take`."""
    subject: str = ""
    ip: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class SignInAttempts:
    """Failures in a row for one e-mail or one address, and how long the next try has to wait."""

    key: str
    failures: int
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a POST with an Idempotency-Key answered; `status` is None while it is still at work."""

    request_hash: str
    status: int | None
    body: str


@dataclass(frozen=True, slots=True)
class SettingOverride:
    """A setting changed in the panel; wins over the environment for what the panel may change."""

    key: str
    value: object
    updated_at: datetime
    updated_by: str
