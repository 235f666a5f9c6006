"""The lanes of commenting and how long they wait. Keys are row ids."""

from datetime import timedelta
from typing import Final

CONSIDER_POSTS: Final = "commenting.consider_posts"
"""Key: channel. Gate, summary and drafts for its new posts, one after another, newest first: so a
burst is one wake-up per channel, and the day's caps are known exactly before a model is asked."""
SEND_COMMENT: Final = "commenting.send_comment"
"""Key: comment. Due at its slot; places an approved one that has no slot yet."""
EXPIRE_COMMENT: Final = "commenting.expire_comment"
"""Key: comment. Due when its time is over."""
END_PERMISSION: Final = "commenting.end_permission"
"""Key: channel. Due when its permission runs out."""
VERIFY_CHANNEL: Final = "commenting.verify_channel"
"""Key: channel. Looks with Telegram whether channel, thread and rights are still there."""
REFRESH_ENGAGEMENT: Final = "commenting.refresh_engagement"
"""Key: comment. On a decaying schedule."""
CATCH_UP: Final = "commenting.catch_up"
"""Key: channel. A user session reads what no bot has told us of."""
OFFER_COMMENT: Final = "commenting.offer_comment"
"""Key: comment. Shows a waiting comment in the linked Telegram chats; due again after a snooze."""
CLOSE_CARDS: Final = "commenting.close_cards"
"""Key: comment. Its cards in the linked Telegram chats say what was decided and lose their buttons."""
ANSWER_REPLY: Final = "commenting.answer_reply"
"""Key: row of `direct_messages`."""

GATHERING_PAUSE: Final = timedelta(seconds=3)
"""An album's parts and the automatic forward of a channel post come one after another."""
VERIFY_EVERY: Final = timedelta(hours=24)
NO_SLOT_PAUSE: Final = timedelta(hours=1)
NO_MODEL_PAUSE: Final = timedelta(minutes=5)
