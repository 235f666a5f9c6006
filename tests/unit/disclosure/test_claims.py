"""H3: nothing invented passes the gate, and honest sentences are not held up."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.disclosure.claims import Proof, Reason, find_claims, is_honest

DATA = Path(__file__).parents[2] / "data" / "claims"
FACTS: dict[str, dict[str, list[str]]] = json.loads((DATA / "facts.json").read_text())


def lines(name: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    rows = []
    for line in (DATA / name).read_text().splitlines():
        language, topic, text, *client = line.split("\t")
        rows.append((language, topic, text, tuple(client)))
    return rows


def proof(language: str, topic: str, client: tuple[str, ...]) -> Proof:
    return Proof(facts=FACTS[topic][language], client_said=client)


@pytest.mark.parametrize("name", ["invented.tsv", "invented-second.tsv", "invented-third.tsv"])
def test_that_no_invented_claim_passes(name: str) -> None:
    passed = [
        text for lang, topic, text, said in lines(name) if is_honest(text, proof(lang, topic, said))
    ]
    assert passed == []


@pytest.mark.parametrize("name", ["honest.tsv", "honest-second.tsv", "honest-third.tsv"])
def test_that_at_most_one_honest_sentence_in_twenty_is_stopped(name: str) -> None:
    rows = lines(name)
    stopped = [
        text for lang, topic, text, said in rows if not is_honest(text, proof(lang, topic, said))
    ]
    assert len(stopped) <= 0.05 * len(rows), stopped


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Мне этот курс помог.", Reason.EXPERIENCE),
        ("I earned a lot with it.", Reason.EXPERIENCE),
        ("Я живой человек.", Reason.DENIES_AI),
        ("I'm not a bot.", Reason.DENIES_AI),
        ("Ставлю 5.", Reason.GRADING),
        ("Загляните на evil.example.com", Reason.LINK),
        ("Пишите @somebody_else", Reason.LINK),
        ("Звоните +7 900 123-45-67", Reason.LINK),
    ],
)
def test_that_each_stop_names_its_reason_and_place(text: str, reason: Reason) -> None:
    found = {claim.reason: claim for claim in find_claims(text, Proof())}
    assert reason in found
    assert text[found[reason].start : found[reason].end].strip()


def test_that_hidden_characters_and_look_alikes_hide_no_claim() -> None:
    assert not is_honest("Я са\u200bм про\u200bшёл этот курс.", Proof())
    assert not is_honest("Я сaм прoшёл этoт куpс.", Proof())


def test_that_an_experience_is_stopped_even_in_the_owners_words() -> None:
    said = "Я сама прошла этот курс и заговорила."
    assert not is_honest(said, Proof(approved=(said,)))


def test_that_figures_in_the_owners_approved_lines_are_proven() -> None:
    assert is_honest("Курс длится 5 недель.", Proof(approved=("Наш курс длится 5 недель.",)))
    assert not is_honest("Курс длится 5 месяцев.", Proof(approved=("Курс длится 5 недель.",)))


def test_that_a_clients_own_figure_may_be_quoted_but_not_promised() -> None:
    proof = Proof(client_said=("дадите скидку 50 %?", "бюджет 2000 рублей"))
    assert is_honest("Вы писали, что бюджет 2000 рублей.", proof)
    assert not is_honest("Да, скидка 50 %.", proof)


def test_that_allowed_links_pass() -> None:
    proof = Proof(allowed_links=("example.org", "https://t.me/mayak_bot"))
    assert is_honest("Подробнее: https://example.org/program", proof)
    assert is_honest("Подробнее: t.me/mayak_bot", proof)
    assert not is_honest("Подробнее: https://example.org.evil.com/", proof)


@given(st.text(max_size=400))
def test_that_no_text_breaks_the_gate(text: str) -> None:
    for claim in find_claims(text, Proof(facts=("Курс длится 6 недель.",))):
        assert 0 <= claim.start <= claim.end <= len(text)
