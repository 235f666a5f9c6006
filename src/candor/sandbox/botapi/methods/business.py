"""Business connections."""

from candor.sandbox.botapi import render
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world.model import BusinessConnection, Json
from candor.sandbox.world.refusals import Reason, Refusal


@method("getBusinessConnection")
def get_business_connection(call: Call) -> Json:
    given = call.parameters.text("business_connection_id") or ""
    found = call.world.tables.connections.get(given)
    if found is None or found.bot_id != call.bot.id:
        raise Refusal(Reason.BUSINESS_CONNECTION_INVALID)
    return render.business_connection(call.world, found)


@method("readBusinessMessage")
def read_business_message(call: Call) -> bool:
    connection = _needed(call)
    if not connection.rights.get("can_read_messages"):
        raise Refusal(Reason.BUSINESS_NO_RIGHT)
    chat = call.target_chat()
    message = call.message(chat, "read")
    chat.read[connection.user_id] = max(chat.read.get(connection.user_id, 0), message.id)
    call.world.save("chats", chat)
    return True


def _needed(call: Call) -> BusinessConnection:
    connection = call.connection()
    if connection is None:
        raise bad_request('parameter "business_connection_id" is required')
    return connection
