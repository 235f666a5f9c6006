"""Database addresses are read in every common form and shown in none with a password."""

import pytest

from candor.common.errors import ConfigurationError
from candor.storage.backup import _without_password
from candor.storage.engine import database_url, libpq_url


@pytest.mark.parametrize(
    "address",
    [
        "postgres://me:secret@db.example.org:5433/candor",
        "postgresql://me:secret@db.example.org:5433/candor",
        "postgresql+psycopg://me:secret@db.example.org:5433/candor",
        "postgresql+asyncpg://me:secret@db.example.org:5433/candor",
    ],
)
def test_that_every_form_becomes_the_one_driver(address: str) -> None:
    url = database_url(address)
    assert url.drivername == "postgresql+psycopg"
    assert libpq_url(url) == "postgresql://me:secret@db.example.org:5433/candor"
    assert "secret" not in _without_password(address)


@pytest.mark.parametrize("address", ["mysql://localhost/x", "sqlite:///x.db", "nonsense", ""])
def test_that_anything_else_is_refused_with_what_is_needed(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"PostgreSQL|DATABASE_URL"):
        database_url(address)


def test_that_a_socket_folder_with_a_space_is_read_by_postgres_tools() -> None:
    url = database_url("postgresql://candor@/candor?host=%2Fa%20b%2Bc")
    assert url.query["host"] == "/a b+c"
    assert libpq_url(url) == "postgresql://candor@/candor?host=%2Fa%20b%2Bc"
