"""Reads the forms and addresses of the commenting pages."""

from werkzeug.datastructures import MultiDict

from candor.commenting.comment import STATUSES, CommentStatus
from candor.panel.forms import whole_number
from candor.panel.schemas.commenting import ChannelBody, ScopeShape

LAST_PAGE = 10_000
SPANS = (7, 30, 90)


def number_of(given: str | None) -> int:
    """A page number of the address; anything odd is the first page."""
    return min(max(whole_number(given or "") or 1, 1), LAST_PAGE)


def span_of_days(given: str | None) -> int:
    return int(given) if given in {str(days) for days in SPANS} else 30


def status_or_all(view: str) -> CommentStatus | None:
    return next((status for status in STATUSES if status == view), None)


def lines_of(text: str) -> list[str]:
    """One entry per line, or commas between them."""
    parts = text.replace(",", "\n").splitlines()
    return [part.strip() for part in parts if part.strip()]


def channel_body(form: MultiDict[str, str]) -> ChannelBody:
    """The settings form; raises pydantic's ValidationError."""
    mode = form.get("comment_mode", "approve")
    return ChannelBody.model_validate(
        {
            "username": form.get("username", "").strip() or None,
            "title": form.get("title", "").strip() or None,
            "comment_mode": mode,
            "is_own": form.get("is_own") == "on",
            "is_monitored": mode != "off",
            "daily_cap": form.get("daily_cap", "1"),
            "topics": lines_of(form.get("topics", "")),
            "avoid": lines_of(form.get("avoid", "")),
            "timezone": form.get("timezone", "").strip() or None,
            "quiet_from": form.get("quiet_from") or None,
            "quiet_until": form.get("quiet_until") or None,
            "audience": form.get("audience") or None,
            "offer": ScopeShape(
                mode="auto" if mode == "auto" else "approve",
                max_per_day=max(1, int(form.get("daily_cap") or 1)),
                topics=lines_of(form.get("topics", "")),
                may_link=form.get("may_link") == "on",
            ),
        }
    )
