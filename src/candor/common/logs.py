"""`LoggingService`: structured logs without message bodies and without secrets.

Every line carries the ids of the request and the turn it belongs to. Bodies are replaced by their
length, secrets by stars, whoever wrote the line: our own rooms, aiogram, or a database error that
quotes its parameters. What happened to clients is kept in `user_activity_log`, not here.
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars

LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
STARS: Final = "********"

_BODIES: Final = frozenset(
    {
        "text", "body", "caption", "prompt", "content", "draft", "words", "message_text", "answer",
        "history", "summary", "first_name", "last_name", "username", "payload", "update", "msg",
    }
)  # fmt: skip
_SECRETS: Final = re.compile(
    r"token|password|secret|api_?key|authorization|cookie|session_string|phone|recovery|otp|salt",
    re.IGNORECASE,
)
_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # A database error quotes the row and the parameters it failed with.
    (re.compile(r"\[parameters: .*?(?=\n\(Background|\Z)", re.DOTALL), "[parameters left out]"),
    (re.compile(r"(?m)^(DETAIL|CONTEXT|HINT):.*$"), r"\1: left out"),
    (re.compile(r"-----BEGIN [A-Z ]*KEY-----.*?-----END [A-Z ]*KEY-----", re.DOTALL), STARS),
    # A bot's token, also inside an address (/bot123:AA.../getMe).
    (re.compile(r"\d{5,14}:[A-Za-z0-9_-]{30,}"), STARS),
    (re.compile(r"\b(?:sk|pk|rk|cndr|candor)[-_][A-Za-z0-9_-]{12,}"), STARS),
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{8,}"), "Bearer " + STARS),
    (re.compile(r"://([^\s:/@]+):[^\s@/]+@"), rf"://\1:{STARS}@"),
    # A session string of a user account.
    (re.compile(r"\b1[A-Za-z0-9_=-]{200,}"), STARS),
    (re.compile(r"\+\d[\d\s()-]{8,17}\d"), STARS),
)
_TALKATIVE: Final = ("httpx", "httpcore", "aiogram.event", "waitress.queue", "werkzeug", "alembic")
_LONGEST_VALUE: Final = 20_000


class LoggingService:
    """Sets the process's logs up; made once at the start."""

    def __init__(
        self,
        *,
        level: LogLevel = "info",
        format: LogFormat = "console",
        stream: TextIO | None = None,
        known_secrets: Iterable[str] = (),
    ) -> None:
        self._level = level
        self._format: LogFormat = format
        self._stream = stream or sys.stderr
        self._redactor = Redactor(known_secrets)

    def hide(self, *values: str) -> None:
        """Replace these very values wherever they would be written from now on."""
        self._redactor.hide(*values)

    def configure(self) -> None:
        """Route structlog and the standard library's logs into one stream."""
        shared = self._shared_processors()
        structlog.configure(
            processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            wrapper_class=structlog.make_filtering_bound_logger(self._level),
            logger_factory=structlog.stdlib.LoggerFactory(),
            cache_logger_on_first_use=False,
        )
        handler = logging.StreamHandler(self._stream)
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=shared,
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *self._last_processors(),
                ],
            )
        )
        root = logging.getLogger()
        root.handlers[:] = [handler]
        root.setLevel(self._level.upper())
        for noisy in _TALKATIVE:
            logging.getLogger(noisy).setLevel(logging.WARNING)

    def _shared_processors(self) -> list[Any]:
        return [
            merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.StackInfoRenderer(),
        ]

    def _last_processors(self) -> list[Any]:
        """Redaction comes after the traceback has become text and before anything is written."""
        common = [structlog.processors.format_exc_info, self._redactor]
        if self._format == "json":
            return [*common, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
        colors = self._stream.isatty()
        return [
            *common,
            structlog.dev.ConsoleRenderer(
                colors=colors, exception_formatter=structlog.dev.plain_traceback
            ),
        ]


class Redactor:
    """A structlog processor: bodies become their length, secrets become stars."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: tuple[str, ...] = ()
        self.hide(*known)

    def hide(self, *values: str) -> None:
        self._known = tuple({*self._known, *(v for v in values if len(v) >= 6)})

    def __call__(
        self, logger: object, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for key, value in event.items():
            event[key] = self._clean(key, value)
        return event

    def _clean(self, key: str, value: Any) -> Any:
        if key in _BODIES and isinstance(value, str | bytes | list | tuple | dict):
            return f"[left out, {len(value)}]"
        if value is None or isinstance(value, bool | int | float):
            return value
        if _SECRETS.search(key):
            return STARS
        if isinstance(value, Mapping):
            return {str(name): self._clean(str(name), item) for name, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(key, item) for item in value]
        return self.scrub(value if isinstance(value, str) else str(value))

    def scrub(self, text: str) -> str:
        """A text without anything that looks like a secret."""
        cleaned = text[:_LONGEST_VALUE]
        for known in self._known:
            cleaned = cleaned.replace(known, STARS)
        for pattern, instead in _PATTERNS:
            cleaned = pattern.sub(instead, cleaned)
        return cleaned


def new_id() -> str:
    """A short id for a request or a turn."""
    return secrets.token_hex(6)


@contextmanager
def request_context(request_id: str | None = None, **more: str | int) -> Iterator[str]:
    """Every line written inside carries `request_id`; a new one unless given."""
    chosen = request_id or new_id()
    with bound_contextvars(request_id=chosen, **more):
        yield chosen


@contextmanager
def turn_context(kind: str, key: object, *, request_id: str | None = None) -> Iterator[str]:
    """The same for one run of a lane or job: `turn_id`, what it does and for whom."""
    chosen = new_id()
    ids = {"turn_id": chosen, "lane": kind, "lane_key": str(key)}
    if request_id:
        ids["request_id"] = request_id
    with bound_contextvars(**ids):
        yield chosen


def current_ids() -> dict[str, str]:
    """The ids of the line of work this task is in, to be handed on with a job."""
    bound = get_contextvars()
    return {name: str(bound[name]) for name in ("request_id", "turn_id") if name in bound}
