"""The frozen schema of the queue is the installed library's."""

from procrastinate.schema import SchemaManager

from candor.storage.migrations import FOLDER


def test_that_the_frozen_schema_is_the_installed_one() -> None:
    frozen = (FOLDER / "sql" / "procrastinate_03_10.sql").read_text(encoding="utf-8")
    assert frozen.endswith(SchemaManager.get_schema()), (
        "procrastinate has changed its schema: write a migration with its new statements, freeze "
        "the new schema beside the old one, and let this test name it."
    )
