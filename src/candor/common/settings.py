"""All settings, read once from the environment or `.env`. Names are fixed by the public contract."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from candor.common.errors import ConfigurationError

Role = Literal["panel", "telegram", "worker"]
ALL_ROLES: tuple[Role, ...] = ("panel", "telegram", "worker")
DEFAULT_MODEL = "gpt-4.1-mini"
"""When a key or a server is named, but no model."""
_USERINFO = re.compile(r"\A(\s*\w+://)?.*@", re.DOTALL)
DEMO_BUSINESS = {"ru": "«Маяк»", "en": "Lighthouse"}


class Settings(BaseSettings):
    """The settings of CONTRACT section 3. Secrets never show in repr, logs or `candor doctor`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,
    )

    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    redis_url: SecretStr | None = Field(None, alias="REDIS_URL")

    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(None, alias="OPENAI_BASE_URL")
    llm_model: str | None = Field(None, alias="CANDOR_LLM_MODEL")
    llm_model_small: str | None = Field(None, alias="CANDOR_LLM_MODEL_SMALL")
    encoder: Literal["use", "e5"] = Field("use", alias="CANDOR_ENCODER")

    telegram_bot_api_url: str = Field("https://api.telegram.org", alias="TELEGRAM_BOT_API_URL")
    telegram_api_id: int | None = Field(None, alias="TELEGRAM_API_ID")
    telegram_api_hash: SecretStr | None = Field(None, alias="TELEGRAM_API_HASH")
    telegram_mtproto_server: str | None = Field(None, alias="TELEGRAM_MTPROTO_SERVER")
    telegram_mtproto_public_key: Path | None = Field(None, alias="TELEGRAM_MTPROTO_PUBLIC_KEY")
    telegram_mtproto_dc: int | None = Field(None, alias="TELEGRAM_MTPROTO_DC", ge=1, le=5)

    secret_keys: SecretStr | None = Field(None, alias="CANDOR_SECRET_KEYS")
    secret_keys_file: Path | None = Field(None, alias="CANDOR_SECRET_KEYS_FILE")

    business_name: str | None = Field(None, alias="CANDOR_BUSINESS_NAME", max_length=40)
    language: Literal["ru", "en"] = Field("ru", alias="CANDOR_LANGUAGE")
    timezone: str = Field("UTC", alias="CANDOR_TIMEZONE")
    public_url: str | None = Field(None, alias="CANDOR_PUBLIC_URL")

    webhook_private_networks: str = Field("", alias="CANDOR_WEBHOOK_PRIVATE_NETWORKS")
    """Private networks that outgoing webhooks may reach, as `10.0.0.0/8, 127.0.0.1`; else none."""
    burst_seconds: float = Field(1.5, alias="CANDOR_BURST_SECONDS", ge=0, le=30)
    """How long a burst of messages may grow before it is answered as one turn."""
    log_format: Literal["console", "json"] = Field("console", alias="CANDOR_LOG_FORMAT")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="CANDOR_LOG_LEVEL"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone; write it like Europe/Moscow") from error
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("this is no Redis address; it looks like redis://host:6379/0")
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        value = value and value.strip()
        if value and not _is_web_address(value):
            raise ValueError("this is no web address; it looks like https://host/v1")
        return value

    @field_validator("business_name", "openai_base_url", "public_url", mode="before")
    @classmethod
    def _blank_is_absent(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @property
    def has_model(self) -> bool:
        """A model is configured: a key, or a server of one's own that needs none."""
        return bool(self.openai_api_key or self.openai_base_url)

    @property
    def writing_model(self) -> str:
        """The model that writes: the named one, or a small, cheap one of OpenAI's."""
        return self.llm_model or DEFAULT_MODEL

    def business(self, *, demo: bool = False) -> str:
        """The name that the accounts speak for; raises ConfigurationError when there is none."""
        if self.business_name:
            return self.business_name
        if demo:
            return DEMO_BUSINESS[self.language]
        raise ConfigurationError(
            "CANDOR_BUSINESS_NAME is not set. Every account says whose AI it is, so Candor does not "
            "start without a business name. Set it in the environment or in .env."
        )


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_whole = not any(char.isspace() for char in text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_port and is_whole


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the settings; raises ConfigurationError that names each wrong setting and no secret."""
    try:
        return Settings(**dict(overrides or {}))  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc'])}: "
            + item["msg"].removeprefix("Value error, ")
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigurationError("Settings are wrong:\n  " + "\n  ".join(lines)) from None


class SettingSource(BaseModel):
    """One setting as `candor doctor` shows it."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: str
    source: Literal["environment", ".env", "default"]


def describe_settings(settings: Settings) -> tuple[SettingSource, ...]:
    """Each setting with its value and where it comes from; secrets masked."""
    in_file = _names_in_env_file()
    return tuple(
        SettingSource(
            name=field.alias or name,
            value=_masked(name, getattr(settings, name)),
            source=_source_of(field.alias or name, in_file),
        )
        for name, field in Settings.model_fields.items()
    )


def _masked(name: str, value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, SecretStr):
        return "********"
    return without_password(str(value)) if name.endswith(("_url", "_server")) else str(value)


def without_password(address: str) -> str:
    """The address with who signs in there masked: `http://me:secret@host` holds a password."""
    return _USERINFO.sub(r"\1********@", address)


def _source_of(name: str, in_file: frozenset[str]) -> Literal["environment", ".env", "default"]:
    if name in os.environ:
        return "environment"
    return ".env" if name in in_file else "default"


def _names_in_env_file() -> frozenset[str]:
    try:
        lines = Path(".env").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(line.split("=", 1)[0].strip() for line in lines if "=" in line)


def parse_roles(text: str) -> tuple[Role, ...]:
    """`panel,worker` as roles; raises ConfigurationError for an unknown or missing one."""
    names = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in ALL_ROLES]
    if unknown or not names:
        raise ConfigurationError(
            f"Unknown role {', '.join(unknown) or '(none)'}. Roles are: {', '.join(ALL_ROLES)}."
        )
    return tuple(role for role in ALL_ROLES if role in names)
