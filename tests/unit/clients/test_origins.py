"""What a deep link tells of where a person came from."""

import pytest

from candor.clients.journey import Origin, origin_of


@pytest.mark.parametrize(
    ("payload", "source", "details", "cause"),
    [
        (None, "direct", {}, "direct"),
        ("c_12", "comment", {"comment": 12}, "comment:12"),
        ("ch_my_channel", "channel", {"channel": "my_channel"}, "channel:my_channel"),
        (
            "utm_instagram_ads_spring-2026",
            "utm",
            {"source": "instagram", "medium": "ads", "campaign": "spring-2026"},
            "utm:instagram/ads/spring-2026",
        ),
        ("utm_vk", "utm", {"source": "vk"}, "utm:vk"),
        ("flyer", "deep_link", {"payload": "flyer"}, "deep_link:flyer"),
        ("c_notanumber", "deep_link", {"payload": "c_notanumber"}, "deep_link:c_notanumber"),
        ("c_٣", "deep_link", {"payload": "c_٣"}, "deep_link:c_٣"),
        ("utm__", "deep_link", {"payload": "utm__"}, "deep_link:utm__"),
    ],
)
def test_that_a_link_is_read(
    payload: str | None, source: str, details: dict[str, object], cause: str
) -> None:
    found = origin_of(payload)

    assert (found.source, found.details, found.cause) == (source, details, cause)


def test_that_a_long_payload_can_not_grow_the_record() -> None:
    found = origin_of("x" * 5000)

    assert len(str(found.details["payload"])) == 64
    assert isinstance(found, Origin)
