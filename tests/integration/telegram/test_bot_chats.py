"""What a bot sets in a group: said twice, it is no error."""

from candor.telegram.bot.chats import BotChats


async def test_that_a_group_that_has_its_title_already_is_used_again(station):
    """A group that comes back to the pool unused is given the same title and words once more."""
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    olga = await station.person("Ольга")
    group = await station.post("/chats", type="supergroup", title="Новая", owner_id=olga)
    members = f"/chats/{group['id']}/members"
    await station.post(members, **{"username": "school_bot", "as": "admin"})
    chats = BotChats(station.gateways.client_of)

    for _ in range(2):
        await chats.set_title(account.id, group["id"], "Первые шаги", "«Маяк»")
        await chats.set_permissions(account.id, group["id"])

    assert station.server.world.chat(group["id"]).title == "Первые шаги"
