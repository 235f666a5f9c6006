"""Candor's own sentences pass its own gate: nobody who says no reads a sales text in their place."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import candor.sales
from candor.common.llm import Language
from candor.disclosure.claims import Proof, find_claims
from candor.llm.offline_words import WORDS
from candor.sales import client_words
from candor.sales.drafts import proof_for
from candor.sales.parsing import accepted, parse_script

SAMPLES = Path(candor.sales.__path__[0]) / "samples"
TRAINING = Path(__file__).parents[3] / "training"
BUSINESS = {"ru": "школа «Маяк»", "en": "Lighthouse"}


def built_in(language: Language) -> Iterator[str]:
    """Every sentence that the offline engine or code says in a sales dialogue."""
    for wordings in (*WORDS[language].values(), *client_words.WORDS[language].values()):
        yield from (line.format(business=BUSINESS[language], text="") for line in wordings)


def said_before_a_step(language: Language) -> Iterator[str]:
    """Those of them that go through the gate whatever the business is."""
    spoken = [lines for kind, lines in WORDS[language].items() if not kind.startswith("group_")]
    for wordings in (*spoken, client_words.WORDS[language]["once_more"]):
        yield from (line.format(business=BUSINESS[language], text="") for line in wordings)


def other_businesses(language: Language) -> list[Proof]:
    """The facts of some of the businesses whose labelled sentences the gate has learnt from."""
    lines = (TRAINING / f"claims.{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Proof(facts=json.loads(line)["facts"]) for line in lines[::12]]


@pytest.mark.parametrize(
    "sample", ["first-contact", "first-contact-en", "guided-contact", "guided-contact-en"]
)
def test_that_no_built_in_sentence_is_stopped_beside_a_sample(sample: str) -> None:
    document = accepted(parse_script((SAMPLES / f"{sample}.yaml").read_text(encoding="utf-8")))
    proof = proof_for(document, document.variables, ())
    lines = list(built_in(document.language))
    assert len(lines) > 40
    assert {line: stopped for line in lines if (stopped := find_claims(line, proof))} == {}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_that_no_nod_is_stopped_at_other_businesses(language: Language) -> None:
    proofs = other_businesses(language)
    assert len(proofs) >= 10
    lines = list(said_before_a_step(language))
    stopped = {line for line in lines for proof in proofs if find_claims(line, proof)}
    assert stopped == set()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_that_every_kind_has_another_wording_the_next_time(language: Language) -> None:
    assert all(len(set(wordings)) == len(wordings) > 1 for wordings in WORDS[language].values())
