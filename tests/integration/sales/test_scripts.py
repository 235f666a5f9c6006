"""Scripts on real tables: versions never change, and everybody sees the newest at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from candor.common.errors import ConflictError, InvalidInputError, NotFoundError
from candor.common.hot_reload import Change
from candor.sales.script import ScriptService
from candor.storage.cache import MemoryCache


async def test_that_a_saved_script_is_loaded_by_key_and_by_id(shop: Any) -> None:
    by_key = await shop.scripts.load_script("first-contact")
    assert (by_key.version, by_key.document.title) == (1, "Знакомство")
    assert await shop.scripts.load_script(by_key.id) == by_key


async def test_that_an_update_makes_a_new_version_and_keeps_the_old(shop: Any, source: str) -> None:
    saved = await shop.scripts.update(
        "first-contact", source.replace("Знакомство", "Привет"), author="anna", expected_version=1
    )
    assert saved.script.version == 2
    assert (await shop.scripts.load_script("first-contact")).document.title == "Привет"
    old = await shop.scripts.load_script("first-contact", version=1)
    assert (old.document.title, old.is_newest) == ("Знакомство", False)
    assert [version.author for version in await shop.scripts.versions("first-contact")] == [
        "anna",
        "test",
    ]


async def test_that_a_stale_version_is_a_conflict_naming_the_current_one(
    shop: Any, source: str
) -> None:
    await shop.scripts.update("first-contact", source, author="a")
    with pytest.raises(ConflictError) as caught:
        await shop.scripts.update("first-contact", source, author="b", expected_version=1)
    assert caught.value.details["current_version"] == 2
    assert len(await shop.scripts.versions("first-contact")) == 2


async def test_that_two_editors_at_once_get_one_version_and_one_conflict(
    shop: Any, source: str
) -> None:
    outcomes = await asyncio.gather(
        *(
            shop.scripts.update("first-contact", source, author=name, expected_version=1)
            for name in ("a", "b", "c")
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, ConflictError) for outcome in outcomes) == 2
    assert len(await shop.scripts.versions("first-contact")) == 2


async def test_that_a_script_with_mistakes_saves_nothing(shop: Any, source: str) -> None:
    with pytest.raises(InvalidInputError):
        await shop.scripts.update("first-contact", source.replace("to: need", "to: x"), author="a")
    assert len(await shop.scripts.versions("first-contact")) == 1
    assert (await shop.rows("SELECT count(*) AS n FROM script_versions"))[0]["n"] == 2


async def test_that_creating_an_existing_key_is_a_conflict(shop: Any, source: str) -> None:
    with pytest.raises(ConflictError):
        await shop.scripts.create(source, author="a")


async def test_that_a_key_can_not_be_changed(shop: Any, source: str) -> None:
    renamed = source.replace("key: first-contact", "key: other")
    with pytest.raises(InvalidInputError):
        await shop.scripts.update("first-contact", renamed, author="a")


async def test_that_importing_the_same_again_changes_nothing(shop: Any, source: str) -> None:
    again = await shop.scripts.import_script(source, author="b")
    assert (again.is_new_version, again.script.version) == (False, 1)
    changed = await shop.scripts.import_script(source.replace("4900", "5900"), author="b")
    assert changed.script.version == 2


async def test_that_a_rollback_is_a_new_version(shop: Any, source: str) -> None:
    await shop.scripts.update("first-contact", source.replace("4900", "5900"), author="a")
    back = await shop.scripts.rollback("first-contact", version=1, author="a")
    assert back.script.version == 3
    assert back.script.document.variables["price"] == "4900 ₽"
    with pytest.raises(NotFoundError):
        await shop.scripts.rollback("first-contact", version=9, author="a")


async def test_that_a_diff_names_lines_and_steps(shop: Any, source: str) -> None:
    await shop.scripts.update("first-contact", source.replace("Какой у вас", "А какой"), author="a")
    diff = await shop.scripts.diff("first-contact", old=1, new=2)
    assert "-  say: Какой у вас уровень?" in diff.unified.replace("    ", "  ")
    assert [(change.key, change.kind, change.fields) for change in diff.changes] == [
        ("need", "changed", ("say",))
    ]


async def test_that_an_export_keeps_the_authors_comments(shop: Any, source: str) -> None:
    assert await shop.scripts.export("first-contact") == source
    assert '"title": "Знакомство"' in await shop.scripts.export("first-contact", form="json")


async def test_that_a_deleted_script_leaves_lists_and_can_come_back(shop: Any, source: str) -> None:
    await shop.scripts.delete("first-contact")
    assert [item.key for item in (await shop.scripts.list_scripts()).items] == ["lessons"]
    with pytest.raises(NotFoundError):
        await shop.scripts.update("first-contact", source, author="a")
    with pytest.raises(NotFoundError):
        await shop.scripts.load_script("first-contact")
    back = await shop.scripts.create(source, author="a")
    assert back.script.version == 2
    assert (await shop.scripts.list_scripts(query="знаком")).total == 1


async def test_that_triggers_are_kept_per_version(shop: Any, source: str) -> None:
    without = source.replace('  - {key: pays, fits: ["оплатить"], action: send_invoice}\n', "")
    await shop.scripts.update("first-contact", without, author="a")
    rows = await shop.rows("SELECT version, key FROM script_triggers ORDER BY version, key")
    assert [(row["version"], row["key"]) for row in rows] == [
        (1, "agrees"), (1, "pays"), (1, "refuses"), (2, "agrees"), (2, "refuses"),
    ]  # fmt: skip


async def test_that_a_missing_lesson_script_is_a_warning(shop: Any, source: str) -> None:
    changed = source.replace("script: lessons", "script: nowhere")
    saved = await shop.scripts.update("first-contact", changed, author="a")
    assert "nowhere" in " ".join(warning.message for warning in saved.warnings)


async def test_that_another_process_uses_the_new_version_after_the_announcement(
    shop: Any, source: str
) -> None:
    other = ScriptService(
        units=shop.units,
        cache=MemoryCache(shop.clock),
        hot_reload=shop.hot_reload,
        clock=shop.clock,
    )
    assert (await other.load_script("first-contact")).version == 1
    saved = await shop.scripts.update("first-contact", source, author="a")
    assert (await other.load_script("first-contact")).version == 1
    shop.hot_reload.receive(Change("script", str(saved.script.id)))
    assert (await other.load_script("first-contact")).version == 2


async def test_that_a_cache_full_of_rubbish_does_no_harm(shop: Any) -> None:
    cache = MemoryCache(shop.clock)
    service = ScriptService(
        units=shop.units, cache=cache, hot_reload=shop.hot_reload, clock=shop.clock
    )
    info = await shop.scripts.load_script("first-contact")
    await cache.put(f"script:{info.id}:1", b"{broken", ttl=timedelta(hours=1))
    assert (await service.load_script("first-contact")).document == info.document


async def test_that_an_account_can_have_a_script_of_its_own(shop: Any, source: str) -> None:
    own = source.replace("key: first-contact", "key: own")
    made = (await shop.scripts.create(own, author="a")).script
    assert (await shop.scripts.choose_script(1, "ru")).key == "first-contact"
    await shop.scripts.choices.assign(made.id, account_id=1, language="ru")
    assert (await shop.scripts.choose_script(1, "ru")).key == "own"
    assert (await shop.scripts.choose_script(1, "en")).key == "own"
