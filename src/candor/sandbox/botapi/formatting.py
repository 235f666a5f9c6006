"""From the parameters of a call to the text, caption, buttons and replies of a message."""

from collections.abc import Callable

from candor.sandbox.botapi import entities, html, markdown, render
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.parameters import Parameters, as_integer
from candor.sandbox.world.model import Json
from candor.sandbox.world.posting import Reply, utf16_length
from candor.sandbox.world.world import World

MAX_RAW_TEXT = 32_768
MAX_CALLBACK_DATA = 64
MAX_BUTTONS = 100


def formatted(
    world: World,
    text: str,
    *,
    mode: str | None,
    given: list[Json] | None,
) -> tuple[str, list[Json]]:
    """Text and entities by parse mode or by given entities, trimmed, with links and names found."""
    text = text[:MAX_RAW_TEXT].replace("\r", "").replace("\0", "")
    found = _by_mode(text, mode) if mode else (text, entities.check_given(text, given or []))
    trimmed, kept = entities.trim(*found)
    return trimmed, [_with_user(world, item) for item in entities.detect(trimmed, kept)]


def _by_mode(text: str, mode: str) -> tuple[str, list[Json]]:
    parsers: dict[str, Callable[[str], tuple[str, list[Json]]]] = {
        "html": html.parse,
        "markdownv2": markdown.parse_v2,
        "markdown": markdown.parse_legacy,
        "none": lambda raw: (raw, []),
    }
    parser = parsers.get(mode.lower())
    if parser is None:
        raise bad_request("unsupported parse_mode")
    return parser(text)


def _with_user(world: World, item: Json) -> Json:
    if item["type"] != "text_mention":
        return item
    user_id = as_integer(item.get("user", {}).get("id")) or 0
    return {**item, "user": render.user(world, user_id)}


def text_content(world: World, parameters: Parameters) -> Json:
    """`text`, `entities` and `link_preview_options` of a text message."""
    raw = parameters.text("text") or ""
    text, found = formatted(
        world,
        raw,
        mode=parameters.text("parse_mode"),
        given=parameters.mappings("entities"),
    )
    content: Json = {"text": text}
    if found:
        content["entities"] = found
    if options := parameters.mapping("link_preview_options"):
        content["link_preview_options"] = options
    elif parameters.boolean("disable_web_page_preview"):
        content["link_preview_options"] = {"is_disabled": True}
    return content


def caption_content(world: World, source: Parameters) -> Json:
    """`caption`, `caption_entities` and what goes with them."""
    content: Json = {}
    if raw := source.text("caption"):
        text, found = formatted(
            world,
            raw,
            mode=source.text("parse_mode"),
            given=source.mappings("caption_entities"),
        )
        if text:
            content["caption"] = text
        if text and found:
            content["caption_entities"] = found
        if source.boolean("show_caption_above_media"):
            content["show_caption_above_media"] = True
    if source.boolean("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def reply(world: World, parameters: Parameters) -> Reply | None:
    """`reply_parameters`, or the older `reply_to_message_id`."""
    given = parameters.mapping("reply_parameters")
    if given is None:
        old = parameters.integer("reply_to_message_id")
        if not old:
            return None
        return Reply(old, is_optional=parameters.boolean("allow_sending_without_reply"))
    fields = Parameters(given)
    message_id = fields.integer("message_id")
    if not message_id:
        return None
    quote = fields.text("quote")
    quoted: list[Json] = []
    if quote:
        quote, quoted = formatted(
            world,
            quote,
            mode=fields.text("quote_parse_mode"),
            given=fields.mappings("quote_entities"),
        )
    return Reply(
        message_id,
        chat_id=fields.integer("chat_id"),
        quote=quote or None,
        quote_entities=tuple(quoted),
        quote_position=fields.integer("quote_position"),
        is_optional=fields.boolean("allow_sending_without_reply"),
    )


def reply_markup(parameters: Parameters) -> Json | None:
    """The keyboard, checked; None if there is none."""
    markup = parameters.mapping("reply_markup")
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"])
        checked = [[_inline_button(button) for button in row] for row in rows]
        return {"inline_keyboard": [row for row in checked if row]} if any(checked) else None
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"])
        return {**markup, "keyboard": [[_key(button) for button in row] for row in rows]}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    raise bad_request("object expected as reply markup")


def _rows(value: object) -> list[list[object]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request(
            'can\'t parse reply keyboard markup JSON object: field "keyboard" must be of type Array'
        )
    if sum(len(row) for row in value) > MAX_BUTTONS * 3:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return value


_INLINE_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in _INLINE_ACTIONS if name in button]
    if not actions:
        raise bad_request("Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not _fits(data):
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not _is_url(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return button


def _fits(data: object) -> bool:
    return isinstance(data, str) and 1 <= len(data.encode()) <= MAX_CALLBACK_DATA


def _is_url(url: object) -> bool:
    return isinstance(url, str) and (url.startswith("tg://") or "." in url or "://" in url)


def _key(button: object) -> Json:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if utf16_length(button["text"]) == 0:
        raise bad_request("keyboard button text must be non-empty")
    return button
