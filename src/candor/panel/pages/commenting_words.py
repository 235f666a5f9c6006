"""What states, modes and decisions of commenting are called, in English (keys of the catalogue)."""

from typing import Final

from candor.panel.i18n import translate

LABELS: Final[dict[str, str]] = {
    "comment-pending": "to approve",
    "comment-approved": "approved",
    "comment-scheduled": "scheduled",
    "comment-sending": "being sent",
    "comment-sent": "published",
    "comment-unconfirmed": "unconfirmed",
    "comment-rejected": "rejected",
    "comment-expired": "expired",
    "comment-failed": "failed",
    "comment-all": "all",
    "mode-off": "off",
    "mode-draft": "drafts only, nothing is sent",
    "mode-approve": "a person approves each",
    "mode-auto": "without approval, if the permission says so",
    "offer-approve": "A person approves each comment",
    "offer-auto": "Comments go out without a person's check",
    "proof-owner": "owner of the channel",
    "proof-administrator": "administrator of the channel",
    "audience-unspecified": "not said",
    "audience-RU": "yes: needs a legal sign-off",
    "audience-other": "no",
    "reply-waiting": "to be answered",
    "reply-answered": "answered",
    "reply-noted": "noted",
    "reply-complaint": "asked us to stop",
    "reply-ignored": "ignored",
    "results-by-channel": "Channel",
    "results-by-account": "Account",
    "results-by-topic": "Topic",
    "results-by-wording": "Wording",
    "gate-worth": "worth a comment",
    "gate-not_monitored": "not followed",
    "gate-no_permission": "no permission",
    "gate-mode_off": "comments are off",
    "gate-paused": "channel paused",
    "gate-deleted": "deleted",
    "gate-no_thread": "comments closed",
    "gate-too_short": "too short",
    "gate-too_old": "too old",
    "gate-advertisement": "advertisement",
    "gate-addresses_a_machine": "speaks to an AI",
    "gate-sensitive": "sensitive",
    "gate-avoided": "to be left alone",
    "gate-off_topic": "off topic",
    "gate-has_comment": "has a comment",
    "gate-cap_reached": "the day is full",
    "gate-no_account": "no free account",
    "gate-no_clean_text": "no clean text",
    "gate-no_model": "model away",
}


def label(code: str) -> str:
    """The words for a code, in the reader's language."""
    return translate(LABELS.get(code, code))


def words() -> dict[str, object]:
    """For the blueprints' context."""
    return {"label": label}
