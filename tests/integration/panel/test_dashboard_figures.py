"""Every figure of the dashboard against a small world that can be counted by hand."""

import csv
import io
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.integration.panel.conftest import RunningPanel
from tests.integration.panel.known_world import day, known_world

from candor.common.reports import Stats, StatsFilter
from candor.common.tally import as_stats, joined
from candor.panel import statistics

PERIOD = {"from": "2026-03-10", "to": "2026-03-16"}
STAGES = ("comments", "clicks", "dialogues", "agreements", "groups", "tasks_done")


@dataclass
class Known:
    api: httpx.Client
    panel: RunningPanel
    sellers: tuple[int, int]
    commentator: int
    channels: tuple[int, int]
    scripts: tuple[int, int]

    def stats(self, **wanted: int) -> dict[str, Any]:
        answer = self.api.get("/api/stats", params={**PERIOD, **wanted})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def funnel(self, **wanted: int) -> list[int]:
        return [stage["count"] for stage in self.stats(**wanted)["funnel"]]


@pytest.fixture
def known(panel: RunningPanel, database_url: str) -> Known:
    """Four dialogues of the period by two accounts and three script versions, one of the one before."""
    with known_world(database_url) as world:
        anna, boris = world.account("sales", title="Anna"), world.account("sales", title="Boris")
        talker = world.account("commentator")
        world.account("partner", status="paused")
        first, second = world.channel("first"), world.channel("second")
        course, shop = (
            world.script("course", versions=2, agrees=True),
            world.script("shop", versions=1, agrees=False),
        )
        # Comments: four in the period (its first moment counts), one before, one after, one waits.
        by_first = [
            world.comment(first, talker, sent=day(n, hour), permission=1)
            for n, hour in ((10, 0), (11, 12), (12, 12))
        ]
        by_second = world.comment(second, talker, sent=day(12), permission=2)
        world.comment(first, talker, sent=day(9, 23))
        world.comment(first, talker, sent=day(17, 0))
        world.comment(second, talker, permission=2)

        one = world.dialogue(anna, (course, 1), day(10), comment=by_first[0], score=0.8)
        one.asks(day(10), answered_after=2)
        one.answered(day(10), "script_80")
        one.answered(day(10), "free_20")
        one.answered(day(11), "script_80", trigger="agrees")
        world.group(anna, one, joined=day(12), done=day(13))

        two = world.dialogue(anna, (course, 2), day(11), comment=by_first[1], score=0.9)
        two.asks(day(11), answered_after=4)
        two.answered(day(12), "script_80", trigger="agrees")
        two.answered(day(13), "script_80", trigger="agrees")

        three = world.dialogue(boris, (shop, 1), day(12), comment=by_second, score=0.3)
        three.asks(day(12), answered_after=6)
        three.answered(day(12), "free_20", trigger="wants_person")

        four = world.dialogue(
            boris, (course, 2), day(13), score=0.7, handling="human", operator=1, waits=True
        )
        four.asks(day(13), answered_after=28)
        four.answered(day(13), "script_80", trigger="agrees")
        four.answered(day(14), None)
        world.group(boris, four, joined=day(14), trouble="the chat is gone")

        earlier = world.dialogue(anna, (course, 1), day(5), score=0.5)
        earlier.asks(day(5), answered_after=10)
        earlier.answered(day(5), "script_80", trigger="agrees")
        # Nobody of the business has this one yet.
        world.dialogue(boris, (shop, 1), day(1), handling="human", waits=True)

        for dialogue, cost in ((one, "0.02"), (two, "0.04"), (three, "0.02")):
            world.model_call(day(13), cost, client=dialogue.client)
        world.model_call(day(12), "0.06", purpose="comment")
        world.model_call(day(5), "0.01", client=earlier.client)
        world.group(anna)
        world.group(anna)
    return Known(panel.program(), panel, (anna, boris), talker, (first, second), (course, shop))


def test_that_the_funnel_its_drop_off_and_the_period_before_are_right(known: Known) -> None:
    funnel = known.stats()["funnel"]
    assert [stage["stage"] for stage in funnel] == list(STAGES)
    assert [stage["count"] for stage in funnel] == [4, 3, 4, 3, 2, 1]
    assert [stage["before"] for stage in funnel] == [1, 0, 1, 1, 0, 0]
    assert [stage["share_of_previous"] for stage in funnel] == [
        None,
        0.75,
        1.3333,
        0.75,
        0.6667,
        0.5,
    ]


def test_that_each_day_holds_what_happened_on_it(known: Known) -> None:
    days = {item["day"][-2:]: [item[stage] for stage in STAGES] for item in known.stats()["days"]}
    assert days == {
        "10": [1, 1, 1, 0, 0, 0],
        "11": [1, 1, 1, 1, 0, 0],
        "12": [2, 1, 1, 1, 1, 0],
        "13": [0, 0, 1, 1, 0, 1],
        "14": [0, 0, 0, 0, 1, 0],
        "15": [0] * 6,
        "16": [0] * 6,
    }


def test_that_the_filters_leave_what_is_theirs(known: Known) -> None:
    anna, boris = known.sellers
    first, second = known.channels
    course, shop = known.scripts
    assert known.funnel(account_id=anna) == [0, 2, 2, 2, 1, 1]
    assert known.funnel(account_id=boris) == [0, 1, 2, 1, 1, 0]
    assert known.funnel(account_id=known.commentator) == [4, 0, 0, 0, 0, 0]
    assert known.funnel(channel_id=first) == [3, 2, 2, 2, 1, 1]
    assert known.funnel(channel_id=second) == [1, 1, 1, 0, 0, 0]
    assert known.funnel(script_id=course)[1:] == [2, 3, 3, 2, 1]
    assert known.funnel(script_id=course, script_version=1)[1:] == [1, 1, 1, 1, 1]
    assert known.funnel(script_id=course, script_version=2)[1:] == [1, 2, 2, 1, 0]
    assert known.funnel(script_id=shop)[1:] == [1, 1, 0, 0, 0]


def test_that_shares_reply_times_and_versions_are_right(known: Known) -> None:
    stats = known.stats()
    assert stats["strategies"] == {"script_80": 5, "free_20": 2}
    assert stats["authors"] == {"ai": 7, "human": 1}
    assert stats["before"]["strategies"] == {"script_80": 1, "free_20": 0}
    # 2, 4, 6 and 28 seconds; the rank of 95 of 100 lies between the last two.
    assert stats["replies"] == {"answered": 4, "median": 5.0, "p95": 24.7}
    assert stats["before"]["replies"] == {"answered": 1, "median": 10.0, "p95": 10.0}
    only_first = known.stats(channel_id=known.channels[0])
    assert only_first["replies"]["median"] == 3.0
    assert only_first["strategies"] == {"script_80": 4, "free_20": 1}
    versions = {
        (item["script_key"], item["version"]): (
            item["dialogues"],
            item["agreements"],
            item["script_80"],
            item["free_20"],
            item["score"],
        )
        for item in stats["versions"]
    }
    assert versions == {
        ("course", 1): (1, 1, 2, 1, 0.8),
        ("course", 2): (2, 2, 3, 0, 0.8),
        ("shop", 1): (1, 0, 0, 1, 0.3),
    }


def test_that_money_is_told_per_dialogue_and_per_agreement(known: Known) -> None:
    model = known.stats()["model"]
    assert (model["calls"], model["prompt_tokens"], model["completion_tokens"]) == (4, 400, 40)
    assert (model["cost"], model["replies_cost"]) == ("0.1400", "0.0800")
    # Replies over four dialogues; all that was spent over three agreements.
    assert (model["cost_per_dialogue"], model["cost_per_agreement"]) == ("0.0200", "0.0467")
    assert known.stats()["before"]["model"]["cost"] == "0.0100"
    anna = known.stats(account_id=known.sellers[0])["model"]
    assert (anna["calls"], anna["cost"], anna["cost_per_dialogue"]) == (2, "0.0600", "0.0300")
    nobody = known.stats(channel_id=known.channels[1])["model"]
    assert (nobody["cost"], nobody["cost_per_agreement"]) == ("0.0200", None)


def test_that_what_waits_now_is_counted(known: Known) -> None:
    standing = known.stats()["standing"]
    assert standing["waiting_for_person"] == 2
    assert standing["held_by_people"] == 1
    assert standing["pending_comments"] == 1
    assert (standing["active_accounts"], standing["stopped_accounts"]) == (3, 1)
    assert standing["prepared_groups"] == 2
    assert (standing["active_groups"], standing["stuck_groups"]) == (2, 1)
    assert standing["clients"] == 6


def test_that_the_page_and_its_csv_show_the_same(known: Known) -> None:
    owner = known.panel.person(language="en")
    page = owner.http.get("/dashboard/", params=PERIOD).text
    for words in (
        "<strong>4</strong>",
        "75%",
        "$0.14",
        "$0.0467",
        "24.7 s",
        "before: 10.0 s",
        "before: $0.01",
    ):
        assert words in page, words
    assert ">16 Mar</th>" in page
    owner.post("/language/ru")
    assert ">16 мар.</th>" in owner.http.get("/dashboard/", params=PERIOD).text
    text = owner.http.get("/dashboard/funnel.csv", params=PERIOD).text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row[:3] for row in rows[1:]] == [
        ["comments", "4", "1"],
        ["clicks", "3", "0"],
        ["dialogues", "4", "1"],
        ["agreements", "3", "1"],
        ["groups", "2", "0"],
        ["tasks_done", "1", "0"],
    ]


def test_that_days_that_are_over_and_those_that_follow_add_up_to_the_whole(known: Known) -> None:
    anna, _ = known.sellers
    course, _ = known.scripts
    whole = StatsFilter(since=day(10, 0), until=day(17, 0))
    for wanted in (
        whole,
        replace(whole, account_id=anna),
        replace(whole, script_id=course, script_version=2),
        replace(whole, channel_id=known.channels[0]),
    ):
        expected = known.panel.portal.run(_counted(known, wanted, cut=None))
        assert expected.total("dialogues") > 0
        for number in range(11, 17):
            cut = known.panel.portal.run(_counted(known, wanted, cut=number))
            assert cut == expected, f"cut before March {number}"


async def _counted(known: Known, wanted: StatsFilter, *, cut: int | None) -> Stats:
    async with known.panel.units() as unit:
        names = await unit.reports.script_names()
        if cut is None:
            return as_stats(await unit.reports.tally(wanted), names)
        over = await unit.reports.tally(replace(wanted, until=day(cut, 0)))
        rest = await unit.reports.tally(replace(wanted, since=day(cut, 0)), after=wanted.since)
        return as_stats(joined(over, rest), names)


def test_that_what_happens_today_is_shown_though_a_long_history_is_kept(
    panel: RunningPanel, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with years of dialogues: what is over is read once and then not again for long.
    monkeypatch.setattr(statistics, "KEEP_FACTOR", 1_000_000)
    now = panel.clock.now()
    yesterday = now - timedelta(days=1, hours=2)
    with known_world(database_url) as world:
        seller = world.account("sales")
        script = world.script("course", versions=1, agrees=True)
        one = world.dialogue(seller, (script, 1), yesterday)
        one.answered(yesterday, "script_80", trigger="agrees")
    api = panel.program()

    def seen() -> list[int]:
        stats = api.get("/api/stats").json()
        return [stage["count"] for stage in stats["funnel"]] + [
            item["dialogues"] for item in stats["versions"]
        ]

    assert seen() == [0, 0, 1, 1, 0, 0, 1]
    with known_world(database_url, first_number=2000) as world:
        two = world.dialogue(seller, (script, 1), now)
        two.answered(now, "free_20", trigger="agrees")
        # This one has agreed before: still one agreement, and one dialogue of the script.
        again = type(one)(world, one.id, one.client, one.account, one.number)
        again.answered(now, "script_80", trigger="agrees")
        world.group(seller, two, joined=now)
    panel.clock.advance(timedelta(seconds=2))
    until = time.monotonic() + 30
    while seen() != [0, 0, 2, 2, 1, 0, 2] and time.monotonic() < until:
        panel.clock.advance(timedelta(seconds=2))
    assert seen() == [0, 0, 2, 2, 1, 0, 2]
