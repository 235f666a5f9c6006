"""Who the bot is: getMe, name, descriptions, commands, menu button, default rights."""

import json
import re

from candor.sandbox.botapi import render
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import ApiError, bad_request
from candor.sandbox.botapi.parameters import Parameters
from candor.sandbox.world.events import UserChanged
from candor.sandbox.world.model import Json
from candor.sandbox.world.rights import CHANNEL_RIGHTS, COMMON_RIGHTS, GROUP_RIGHTS

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
MAX_COMMANDS = 100


@method("getMe")
def get_me(call: Call) -> Json:
    bot = call.bot
    return render.user(call.world, bot.id) | {
        "can_join_groups": bot.can_join_groups,
        "can_read_all_group_messages": not bot.privacy_mode,
        "supports_inline_queries": False,
        "supports_guest_queries": False,
        "supports_join_request_queries": False,
        "can_connect_to_business": bot.can_connect_to_business,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


@method("logOut")
def log_out(call: Call) -> bool:
    return True


@method("close")
def close(call: Call) -> bool:
    return True


def _language(parameters: Parameters) -> str:
    code = parameters.text("language_code") or ""
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("LANG_CODE_INVALID")
    return code


def _set_text(call: Call, kind: str, parameter: str, longest: int) -> bool:
    text = call.parameters.text(parameter) or ""
    if len(text) > longest:
        raise bad_request(
            f"BOT_{kind.upper()}_TOO_LONG" if kind != "name" else "BOT_TITLE_TOO_LONG"
        )
    key = f"{kind}:{_language(call.parameters)}"
    if text:
        call.bot.texts[key] = text
    else:
        call.bot.texts.pop(key, None)
    if key == "name:" and text:
        user = call.world.user(call.bot.id)
        user.first_name = text
        call.world.save("users", user)
    call.world.save("bots", call.bot)
    call.world.emit(UserChanged(call.bot.id))
    return True


def _get_text(call: Call, kind: str) -> str:
    texts = call.bot.texts
    found = texts.get(f"{kind}:{_language(call.parameters)}") or texts.get(f"{kind}:")
    return found or ""


@method("setMyName")
def set_my_name(call: Call) -> bool:
    return _set_text(call, "name", "name", 64)


@method("getMyName")
def get_my_name(call: Call) -> Json:
    return {"name": _get_text(call, "name") or call.world.user(call.bot.id).first_name}


@method("setMyDescription")
def set_my_description(call: Call) -> bool:
    return _set_text(call, "description", "description", 512)


@method("getMyDescription")
def get_my_description(call: Call) -> Json:
    return {"description": _get_text(call, "description")}


@method("setMyShortDescription")
def set_my_short_description(call: Call) -> bool:
    return _set_text(call, "short_description", "short_description", 120)


@method("getMyShortDescription")
def get_my_short_description(call: Call) -> Json:
    return {"short_description": _get_text(call, "short_description")}


def _scope_key(parameters: Parameters) -> str:
    scope = parameters.mapping("scope") or {"type": "default"}
    kind = scope.get("type")
    known = {
        "default": (),
        "all_private_chats": (),
        "all_group_chats": (),
        "all_chat_administrators": (),
        "chat": ("chat_id",),
        "chat_administrators": ("chat_id",),
        "chat_member": ("chat_id", "user_id"),
    }
    if not isinstance(kind, str) or kind not in known:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    fields = known[str(kind)]
    if any(name not in scope for name in fields):
        raise bad_request("can't parse BotCommandScope: chat not found")
    target = {name: str(scope[name]) for name in fields}
    return json.dumps([kind, target, _language(parameters)])


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    given = call.parameters.mappings("commands")
    if given is None:
        raise bad_request('parameter "commands" is required')
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(item) for item in given]
    key = _scope_key(call.parameters)
    if commands:
        call.bot.commands[key] = commands
    else:
        call.bot.commands.pop(key, None)
    call.world.save("bots", call.bot)
    call.world.emit(UserChanged(call.bot.id))
    return True


def _command(item: Json) -> Json:
    name = str(item.get("command", "")).removeprefix("/")
    description = str(item.get("description", ""))
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= 256:
        raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("getMyCommands")
def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get(_scope_key(call.parameters), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_scope_key(call.parameters), None)
    call.world.save("bots", call.bot)
    call.world.emit(UserChanged(call.bot.id))
    return True


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    button = call.parameters.mapping("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse MenuButton: Unsupported type specified")
    call.bot.menu_buttons[call.parameters.text("chat_id") or ""] = button
    call.world.save("bots", call.bot)
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Json:
    buttons = call.bot.menu_buttons
    own = buttons.get(call.parameters.text("chat_id") or "")
    return own or buttons.get("") or {"type": "commands"}


@method("setMyDefaultAdministratorRights")
def set_default_rights(call: Call) -> bool:
    key = "channels" if call.parameters.boolean("for_channels") else "groups"
    call.bot.default_rights[key] = call.parameters.mapping("rights") or {}
    call.world.save("bots", call.bot)
    return True


@method("getMyDefaultAdministratorRights")
def get_default_rights(call: Call) -> Json:
    for_channels = call.parameters.boolean("for_channels")
    own = call.bot.default_rights.get("channels" if for_channels else "groups", {})
    names = COMMON_RIGHTS + (CHANNEL_RIGHTS if for_channels else GROUP_RIGHTS)
    return {"is_anonymous": bool(own.get("is_anonymous"))} | {
        name: bool(own.get(name)) for name in names
    }
