"""The facts of comments are those of the sales scripts, as they stand now."""

from candor.bootstrap.script_facts import ScriptFacts
from candor.common.clock import FrozenClock
from candor.common.hot_reload import HotReloadService
from candor.sales.script import ScriptService
from candor.storage.cache import MemoryCache
from candor.storage.unit_of_work import Units

SCRIPT = """
key: {key}
kind: {kind}
title: Маяк
language: ru
facts:
  - id: f1
    text: Курс длится {weeks} недель.
    evidence: https://example.org/program
steps:
  - key: greeting
    say: Здравствуйте! Я ИИ-помощник.
    must_say: [кто пишет]
    fits: [здравствуйте]
"""


async def test_that_a_new_version_counts_at_once(units: Units, clock: FrozenClock) -> None:
    scripts = ScriptService(
        units=units, cache=MemoryCache(clock), hot_reload=HotReloadService(), clock=clock
    )
    facts = ScriptFacts(scripts)
    assert await facts() == ()
    await scripts.create(SCRIPT.format(key="first", kind="sales", weeks=6), author="test")
    (fact,) = await facts()
    assert (fact.id, fact.text, fact.evidence) == (
        "first.f1",
        "Курс длится 6 недель.",
        "https://example.org/program",
    )
    await scripts.update("first", SCRIPT.format(key="first", kind="sales", weeks=8), author="test")
    assert [one.text for one in await facts()] == ["Курс длится 8 недель."]
    await scripts.delete("first")
    assert await facts() == ()
