"""How a sentence is compared with the sources: fast, and the same as comparing word by word."""

from hypothesis import given
from hypothesis import strategies as st

from candor.disclosure.proof import Proof, shared, stems

words = st.text(alphabet="абвг", min_size=1, max_size=5)
sets = st.frozensets(words, max_size=6)


def word_by_word(ours: frozenset[str], others: frozenset[str]) -> int:
    return sum(
        any(other.startswith(word) or word.startswith(other) for other in others) for word in ours
    )


@given(sets, sets)
def test_that_shared_words_are_those_that_begin_each_other(
    ours: frozenset[str], others: frozenset[str]
) -> None:
    assert shared(ours, others) == word_by_word(ours, others)


@given(st.lists(st.lists(words, max_size=4).map(" ".join), max_size=5), sets)
def test_that_the_best_source_counts(lines: list[str], ours: frozenset[str]) -> None:
    proof = Proof(facts=lines)
    known = [word_by_word(ours, source.stems) for source in proof.sources]
    assert proof.most_shared(ours) == max(known, default=0)
    assert all(source.stems == stems(source.seen) for source in proof.sources)
