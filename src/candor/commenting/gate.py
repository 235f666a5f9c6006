"""Worth a comment? Decided by code before any model is asked, with a reason for the owner. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from candor.commenting.channel import Channel
from candor.commenting.post import Post
from candor.commenting.sensitive import addresses_a_machine, is_advertisement, sensitive_matters
from candor.commenting.words import mentions, stems
from candor.common.llm import PostSummary

MAX_AGE: Final = timedelta(hours=12)
"""A comment under an older post is noise."""
MIN_CHARACTERS: Final = 60
MIN_WORDS: Final = 6
MIN_RELEVANCE: Final = 0.3
"""Of `Relevance`, when no topic is named by its words."""

GateCode = Literal[
    "worth",
    "not_monitored",
    "no_permission",
    "mode_off",
    "paused",
    "deleted",
    "no_thread",
    "too_short",
    "too_old",
    "advertisement",
    "addresses_a_machine",
    "sensitive",
    "avoided",
    "off_topic",
    "has_comment",
    "cap_reached",
    "no_account",
    "no_clean_text",
    "no_model",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is a sentence for the posts page."""

    code: GateCode
    reason: str

    @property
    def is_worth(self) -> bool:
        return self.code == "worth"


WORTH: Final = Decision("worth", "Fits the channel's topics and caps.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the gate must know beside post and channel."""

    now: datetime
    has_comment: bool
    in_channel_today: int
    has_account: bool
    """An account that may write there and has room in its day."""
    relevance: float | None = None
    """0..1 against the topics; None: not measured, or no topics to measure against."""


def look_at(post: Post, channel: Channel, around: Surroundings) -> Decision:
    """The whole gate: may we, is it worth it, is there room."""
    return (
        standing_refusal(channel, around.now)
        or _post_refusal(post, around)
        or content_refusal(post.text, channel)
        or _topic_refusal(post, channel, around)
        or _room_refusal(channel, around)
        or WORTH
    )


def standing_refusal(channel: Channel, now: datetime) -> Decision | None:
    """Why nothing at all is written in this channel now."""
    if not channel.is_monitored:
        return Decision("not_monitored", "The channel is not followed.")
    if channel.permission_at(now) is None:
        return Decision("no_permission", "There is no valid permission of the channel's owner.")
    if channel.comment_mode == "off":
        return Decision("mode_off", "Comments are switched off for this channel.")
    if channel.paused_at is not None:
        return Decision("paused", f"The channel is paused: {channel.pause_reason}.")
    return None


def content_refusal(text: str, channel: Channel) -> Decision | None:
    """What is never commented, whatever the topics say."""
    if is_advertisement(text):
        return Decision("advertisement", "The post is marked as an advertisement.")
    if addresses_a_machine(text):
        return Decision(
            "addresses_a_machine", "The post tells an AI what to write; that is not followed."
        )
    if matters := sensitive_matters(text):
        return Decision("sensitive", f"Touches a sensitive matter: {', '.join(matters)}.")
    if mentions(text, channel.avoid):
        return Decision("avoided", "Names something that the channel's owner wants left alone.")
    return None


def summary_refusal(summary: PostSummary, post: Post, channel: Channel) -> Decision | None:
    """What the summary adds to the gate: matters and topics that plain words did not show."""
    if summary.sensitive:
        return Decision("sensitive", f"Touches a sensitive matter: {', '.join(summary.sensitive)}.")
    seen = " ".join((summary.main_idea, *summary.keywords, *summary.topics))
    if mentions(seen, channel.avoid):
        return Decision("avoided", "Names something that the channel's owner wants left alone.")
    if post.relevance is not None and post.relevance < MIN_RELEVANCE and not _names(seen, channel):
        return Decision("off_topic", "Not about the channel's topics.")
    return None


def _post_refusal(post: Post, around: Surroundings) -> Decision | None:
    if post.deleted_at is not None:
        return Decision("deleted", "The post was deleted.")
    if around.now - post.posted_at > MAX_AGE:
        hours = int(MAX_AGE.total_seconds() // 3600)
        return Decision("too_old", f"Older than {hours} hours; a comment would come too late.")
    if post.discussion_message_id is None:
        return Decision("no_thread", "The post has no comments open, so there is no place for one.")
    if len(post.text) < MIN_CHARACTERS or len(stems(post.text)) < MIN_WORDS:
        return Decision("too_short", "Too little text to say something of substance about.")
    return None


def _topic_refusal(post: Post, channel: Channel, around: Surroundings) -> Decision | None:
    if not topics_of(channel) or _names(post.text, channel):
        return None
    if around.relevance is not None and around.relevance >= MIN_RELEVANCE:
        return None
    return Decision("off_topic", "Not about the channel's topics.")


def _room_refusal(channel: Channel, around: Surroundings) -> Decision | None:
    if around.has_comment:
        return Decision("has_comment", "A comment of ours stands or waits under this post.")
    if around.in_channel_today >= daily_cap(channel):
        return Decision("cap_reached", "The channel's comments of today are used up.")
    if not around.has_account:
        return Decision("no_account", "No account may write there or has room in its day.")
    return None


def topics_of(channel: Channel) -> tuple[str, ...]:
    """The permission's topics where it names some, else those of the owner's settings."""
    permitted = channel.permission.scope.topics if channel.permission else ()
    return permitted or channel.topics


def daily_cap(channel: Channel) -> int:
    """Never more than the permission allows."""
    permitted = channel.permission.scope.max_per_day if channel.permission else 0
    return min(channel.daily_cap, permitted)


def _names(text: str, channel: Channel) -> bool:
    return mentions(text, topics_of(channel))
