"""Business connections: a person lets a bot answer in the person's own dialogues."""

import secrets

from candor.sandbox.world.events import BusinessConnectionChanged
from candor.sandbox.world.model import BusinessConnection
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

RIGHTS = (
    "can_reply",
    "can_read_messages",
    "can_delete_sent_messages",
    "can_delete_all_messages",
    "can_edit_name",
    "can_edit_bio",
    "can_edit_profile_photo",
    "can_edit_username",
    "can_change_gift_settings",
    "can_view_gifts_and_stars",
    "can_convert_gifts_to_stars",
    "can_transfer_and_upgrade_gifts",
    "can_transfer_stars",
    "can_manage_stories",
)
USUAL = ("can_reply", "can_read_messages", "can_delete_sent_messages")


def connect(
    world: World, *, user_id: int, bot_id: int, rights: tuple[str, ...] = USUAL
) -> BusinessConnection:
    """Connect a bot; a person has one at most, an older one is disabled."""
    if not world.tables.bots[bot_id].can_connect_to_business:
        raise Refusal(Reason.BUSINESS_NO_RIGHT)
    for old in list(world.tables.connections.values()):
        if old.user_id == user_id and old.is_enabled:
            change(world, old, is_enabled=False)
    connection = BusinessConnection(
        id=secrets.token_urlsafe(16),
        user_id=user_id,
        bot_id=bot_id,
        date=world.now(),
        rights={name: name in rights for name in RIGHTS},
    )
    world.tables.connections[connection.id] = connection
    world.save("connections", connection)
    world.emit(BusinessConnectionChanged(connection))
    return connection


def change(
    world: World,
    connection: BusinessConnection,
    *,
    is_enabled: bool | None = None,
    rights: tuple[str, ...] | None = None,
    excluded: set[int] | None = None,
) -> None:
    """Change what is given and tell the bot."""
    if is_enabled is not None:
        connection.is_enabled = is_enabled
    if rights is not None:
        connection.rights = {name: name in rights for name in RIGHTS}
    if excluded is not None:
        connection.excluded = excluded
    world.save("connections", connection)
    world.emit(BusinessConnectionChanged(connection))
