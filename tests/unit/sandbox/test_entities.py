"""Formatting: parse modes, entities found in text, offsets in UTF-16 units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.sandbox.botapi import entities, html, markdown
from candor.sandbox.botapi.errors import ApiError
from candor.sandbox.world.model import Json


def cut(text: str, entity: Json) -> str:
    raw = text.encode("utf-16-le")
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return raw[start:end].decode("utf-16-le")


def shown(parsed: tuple[str, list[Json]]) -> list[tuple[str, str]]:
    text, found = parsed
    return [(item["type"], cut(text, item)) for item in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>a</b>", [("bold", "a")]),
        ("😀<b>а<i>б</i></b>", [("bold", "аб"), ("italic", "б")]),
        ("<pre><code class='language-python'>x</code></pre>", [("pre", "x")]),
        ('<a href="https://e.org/?a=1&amp;b=2">x</a>', [("text_link", "x")]),
        ("<blockquote expandable>q</blockquote>", [("expandable_blockquote", "q")]),
        ('<span class="tg-spoiler">s</span>', [("spoiler", "s")]),
        ("1 &lt; 2 &amp; &#51; &unknown;", []),
        ("<b></b>", []),
    ],
)
def test_that_html_is_read(source: str, expected: list[tuple[str, str]]) -> None:
    assert shown(html.parse(source)) == expected


def test_that_references_become_characters() -> None:
    assert html.parse("1 &lt; 2 &amp; &#51; &unknown;")[0] == "1 < 2 & 3 &unknown;"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "*a* _b_ __c__ ~d~ ||e|| `f`",
            ["bold", "italic", "underline", "strikethrough", "spoiler", "code"],
        ),
        ("*a _b_*", ["bold", "italic"]),
        ("```python\nx = 1\n```", ["pre"]),
        ("[x](https://e.org)", ["text_link"]),
        ("[x](tg://user?id=5)", ["text_mention"]),
        ("![👍](tg://emoji?id=5)", ["custom_emoji"]),
        (">q1\n>q2\nafter", ["blockquote"]),
        (r"1\.5 \* 2", []),
    ],
)
def test_that_markdown_is_read(source: str, expected: list[str]) -> None:
    assert [kind for kind, _ in shown(markdown.parse_v2(source))] == expected


def test_that_the_old_markdown_is_read() -> None:
    found = shown(markdown.parse_legacy("*a* _b_ `c` [d](https://e.org) 5*5"[:-3]))
    assert [kind for kind, _ in found] == ["bold", "italic", "code", "text_link"]


@pytest.mark.parametrize("parse", [html.parse, markdown.parse_v2, markdown.parse_legacy])
@given(source=st.text(alphabet="ab <>&;/\"'=*_~|`[]()!\\\n>#-😀", max_size=40))
def test_that_markup_gives_entities_inside_the_text_or_a_400(parse: object, source: str) -> None:
    refused: ApiError | None = None
    try:
        text, found = parse(source)  # type: ignore[operator]
    except ApiError as error:
        refused = error
    if refused is not None:
        assert refused.status == 400
        assert "can't parse entities" in refused.message
        return
    length = len(text.encode("utf-16-le")) // 2
    for item in found:
        assert item["length"] > 0
        assert 0 <= item["offset"] <= item["offset"] + item["length"] <= length


def test_that_names_links_and_commands_are_found() -> None:
    text = "/start@school_bot 😀 @anna #курс $USD a@b.ru https://e.org/x. t.me/school и/или"
    found = entities.detect(text, [])
    assert [(item["type"], cut(text, item)) for item in found] == [
        ("bot_command", "/start@school_bot"),
        ("mention", "@anna"),
        ("hashtag", "#курс"),
        ("cashtag", "$USD"),
        ("email", "a@b.ru"),
        ("url", "https://e.org/x"),
        ("url", "t.me/school"),
    ]


def test_that_nothing_is_found_inside_code() -> None:
    code = [{"type": "code", "offset": 0, "length": 5}]
    assert entities.detect("@anna", code) == code


@given(
    before=st.text(alphabet=" \n\t", max_size=4),
    inner=st.text(alphabet="ab😀", min_size=1, max_size=8),
    after=st.text(alphabet=" \n", max_size=4),
)
def test_that_trimming_keeps_entities_on_their_text(before: str, inner: str, after: str) -> None:
    start = len(before.encode("utf-16-le")) // 2
    length = len(inner.encode("utf-16-le")) // 2
    bold = {"type": "bold", "offset": start, "length": length}
    text, (kept,) = entities.trim(before + inner + after, [bold])
    assert text == inner
    assert cut(text, kept) == inner
