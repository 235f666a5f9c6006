"""What stops a group, in words for the operator. The panel's catalogue has each in both languages.

Telegram's own words may stand in `Group.trouble` too, where Telegram is the one who refuses.
"""

from typing import Final

POOL_EMPTY: Final = (
    "No prepared group is left. Prepare one: the client is invited as soon as it is there."
)
REMOVED: Final = "The bot was removed from the group."
NO_RIGHTS: Final = "The bot lost rights that it needs in the group."
UNREACHABLE: Final = "Telegram does not let the bot write into the group any more."
PARTNER_SILENT: Final = "A partner bot can't write in the group. Add it again."
NO_SCRIPT: Final = "The lesson script of this group is gone. Choose another one."
NO_TEACHER: Final = "No sales bot is at work that could lead the group."
QUESTION_WAITS: Final = "A question waits for a person."
OTHER_ACCOUNT: Final = "Somebody else asked to join by this client's link and was not let in."
NO_CONSENT: Final = "The client was added without asking to join, so there is no consent yet."

LOST: Final = frozenset({REMOVED, NO_RIGHTS, UNREACHABLE})
"""The chat itself is out of reach: nothing is led until the bot is back, or another group is opened."""
STOPS_LESSONS: Final = LOST | {NO_SCRIPT}
