"""A contact list is read row by row: every broken one is named, every good one kept."""

import pytest

from candor.clients.contacts import read_contacts, tags_of
from candor.common.errors import InvalidInputError


def read(text: str) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    found = read_contacts(text.encode(), source="list")
    people = [(c.telegram_user_id, c.username, c.name, c.tags) for c in found.contacts]
    return people, [(row.line, row.reason) for row in found.broken]


def test_that_good_rows_are_kept_and_broken_ones_named_by_their_line() -> None:
    people, broken = read(
        "telegram_id,username,name,tags\n"
        "42,@Anna_K,Анна,VIP; весна\n"
        "abc,,Without a number,\n"
        ",,Nobody at all,\n"
        ",not a name,Spaces,\n"
        "\n"
        ",https://t.me/Boris_1,Борис,\n"
        "42,,Anna again,\n"
        "7,,Too,many,cells,here\n"
    )

    assert people == [
        (42, "anna_k", "Анна", ("vip", "весна")),
        (None, "boris_1", "Борис", ()),
    ]
    assert [line for line, _ in broken] == [3, 4, 5, 8, 9]
    reasons = [reason for _, reason in broken]
    assert "telegram_id 'abc'" in reasons[0]
    assert "neither telegram_id nor username" in reasons[1]
    assert "no Telegram username" in reasons[2]
    assert "stands in the list already" in reasons[3]
    assert "cells" in reasons[4]


def test_that_a_quoted_cell_over_several_lines_does_not_shift_the_line_numbers() -> None:
    _, broken = read('username,note\nanna_k,"two\nlines"\nbad name,\n')

    assert [line for line, _ in broken] == [4]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_that_the_separator_is_found(separator: str) -> None:
    people, broken = read(separator.join(["username", "name"]) + "\n" + f"anna_k{separator}Анна\n")

    assert people == [(None, "anna_k", "Анна", ())]
    assert broken == []


def test_that_a_file_of_an_older_spreadsheet_is_read() -> None:
    found = read_contacts("username;name\nanna_k;Анна\n".encode("cp1251"), source="list")

    assert found.contacts[0].name == "Анна"


@pytest.mark.parametrize("content", [b"", b"name,phone\nAnna,123\n", b"\x00\x01\x02", b"\n\n\n"])
def test_that_a_file_without_the_columns_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(InvalidInputError, match="columns"):
        read_contacts(content, source="list")


def test_that_a_huge_file_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="MB"):
        read_contacts(b"username\n" + b"x" * 3_100_000, source="list")


def test_that_an_endless_cell_is_a_broken_row_and_not_a_failure() -> None:
    people, broken = read("username,note\nanna_k," + "x" * 200_000 + "\nboris_1,ok\n")

    assert [person[1] for person in people] == ["boris_1"]
    assert broken[0][0] in (2, 3)


def test_that_unknown_columns_are_told() -> None:
    found = read_contacts(b"username,Phone\nanna_k,+7 900 000 00 00\n", source="list")

    assert found.ignored_columns == ("Phone",)


def test_that_tags_are_few_and_short() -> None:
    assert tags_of(" VIP, vip ,  two   words ") == ("vip", "two words")
    with pytest.raises(ValueError, match="At most"):
        tags_of(";".join(str(n) for n in range(30)))
    with pytest.raises(ValueError, match="characters"):
        tags_of("x" * 41)
