# /// script
# requires-python = ">=3.11"
# dependencies = ["scikit-learn==1.9.1"]
# ///
"""Learns what the claims gate weighs from the labelled sentences in `training/claims.*.jsonl`.

    python tools/learn_claims.py           # writes words.npz and claims.npz to src/candor/disclosure/data
    python tools/learn_claims.py --check   # rates of the whole gate on authors that were left out
    python tools/learn_claims.py --check --keep-words   # sooner: only the weights are learnt without them

Needs Candor itself and scikit-learn, which Candor needs nowhere else.
"""

import argparse
import asyncio
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from candor.disclosure import claim_rules as rule
from candor.disclosure import claims, coverage, word_meanings
from candor.disclosure.claim_likelihood import BUCKETS, Traits, bucket, traits
from candor.disclosure.figures import Figure, figures
from candor.disclosure.proof import Proof, is_approved, sentences
from candor.disclosure.visible_text import visible
from candor.llm.encoder import UseEncoder

HOME: Final = Path(__file__).parents[1]
DATA: Final = HOME / "src/candor/disclosure/data"
WIDTH: Final = 64
"""Numbers per word that are kept of the encoder's 512."""
STRENGTH: Final = 3.0
"""Inverse of the regularisation (scikit-learn's `C`)."""
MEASURED_BY: Final = 0.3
RULES_AUTHOR: Final = "rules"
RESTATES: Final = frozenset(("fact", "paraphrase", "sum", "restated_fact"))
ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled answer with the facts that it may rest on."""

    author: str
    language: str
    facts: tuple[str, ...]
    text: str
    is_invented: bool
    kind: str
    weight: float = 1.0
    said: tuple[str, ...] = ()
    is_made: bool = False
    """Made from another line; never measured by."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a line, as the gate sees it."""

    line: int
    is_stopped: bool
    """By a rule that nothing learnt can overrule."""
    bound: float
    """Logit from which on it is stopped."""
    traits: Traits | None
    """Nothing for a sentence that stands in a fact word for word."""


def read() -> list[Line]:
    found = []
    for path in sorted((HOME / "training").glob("claims.*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            for label, kind, text in row["lines"]:
                place = (row["author"], path.suffixes[0][1:], tuple(row["facts"]))
                found.append(Line(*place, text, label == "invented", kind))
    return found + list(_rules_own())


def _rules_own() -> Iterator[Line]:
    """What the rules were written by: regression tests, no measure of anything."""
    home = HOME / "tests/data/claims"
    facts = json.loads((home / "facts.json").read_text(encoding="utf-8"))
    for path in sorted(home.glob("*.tsv")):
        for row in path.read_text(encoding="utf-8").splitlines():
            language, topic, text, *said = row.split("\t")
            is_invented = path.name.startswith("invented")
            place = (RULES_AUTHOR, language, tuple(facts[topic][language]))
            yield Line(*place, text, is_invented, "", said=tuple(said))


def made(lines: Sequence[Line]) -> Iterator[Line]:
    """The same sentences with another business's facts, and with another number."""
    chance = random.Random(7)  # noqa: S311 - the same examples each time, no secret
    for line in lines:
        others = [o.facts for o in lines if (o.author, o.language) == (line.author, line.language)]
        facts = chance.choice([other for other in others if other != line.facts])
        if not line.is_invented and line.kind in RESTATES:
            yield replace(line, facts=facts, is_invented=True, weight=0.5, is_made=True)
            if line.kind != "sum" and (text := _miscounted(line.text, chance)):
                yield replace(line, text=text, is_invented=True, weight=0.3, is_made=True)
            if text := _misplaced(line, chance):
                yield replace(line, text=text, is_invented=True, weight=0.3, is_made=True)
        elif line.kind and (not line.is_invented or _stays_invented(line, chance)):
            yield replace(line, facts=facts, weight=0.3, is_made=True)


def _stays_invented(line: Line, chance: random.Random) -> bool:
    """Beside other facts too; half of them are enough."""
    return line.kind != "contradiction" and chance.random() < 0.5


def _miscounted(text: str, chance: random.Random) -> str:
    numbers = list(re.finditer(r"(?<![\d:.,])\d+(?![\d:.,])", text))
    if not numbers:
        return ""
    found = chance.choice(numbers)
    number = int(found.group())
    other = chance.choice(
        (number + 1, number + 2, number * 2, number + (100 if number > 99 else 4))
    )
    return text[: found.start()] + str(other) + text[found.end() :]


def _misplaced(line: Line, chance: random.Random) -> str:
    """A figure of the facts in the place of another one of its kind, as when a price is moved."""
    given = [one for fact in line.facts for one in figures(fact)]
    said = list(figures(line.text))
    for figure in chance.sample(said, len(said)):
        number = _digits(figure)
        kind = [one for one in given if one.unit == figure.unit and one.value != figure.value]
        others = [digits for one in kind if (digits := _digits(one)) and digits not in line.text]
        if number and others and line.text.count(number) == 1:
            return line.text.replace(number, chance.choice(others))
    return ""


def _digits(figure: Figure) -> str:
    found = re.search(r"\d[\d ,.:]*\d|\d", figure.shown)
    return found.group() if found else ""


def vocabulary(lines: Sequence[Line]) -> list[str]:
    """The words of the lines and of the labelled messages."""
    texts = [text for line in lines for text in (line.text, *line.facts)]
    for path in sorted((HOME / "training").glob("intents.*.tsv")):
        texts += [row.partition("\t")[0] for row in path.read_text(encoding="utf-8").splitlines()]
    found = {word for text in texts for word in coverage.WORDS.findall(visible(text))}
    return sorted(word for word in found if coverage.is_content(word))


async def meanings(words: Sequence[str]) -> np.ndarray:
    """The directions in which the words differ most, each row of length 1."""
    encoder = UseEncoder()
    parts = [await encoder.encode(tuple(words[n : n + 100])) for n in range(0, len(words), 100)]
    rows = np.vstack(parts)
    rows = rows - rows.mean(axis=0)
    _, directions = np.linalg.eigh(rows.T @ rows)
    short = rows @ directions[:, ::-1][:, :WIDTH]
    return short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-6)


def use(words: Sequence[str], rows: np.ndarray) -> None:
    """Makes this the table of meanings, as the shipped file would."""
    packed = word_meanings.pack(tuple(words), rows)["rows"].astype(np.float32) / 127.0
    table = word_meanings.meanings_of(tuple(words), packed)
    coverage.word_meanings = lambda: table
    from candor.disclosure import claim_likelihood  # noqa: PLC0415 - beside its neighbour above

    claim_likelihood.word_meanings = lambda: table
    coverage._ready.cache_clear()
    coverage._joined.cache_clear()


def seen_by_gate(lines: Sequence[Line]) -> list[Sentence]:
    found = []
    for number, line in enumerate(lines):
        proof = Proof(facts=line.facts, client_said=line.said)
        for sentence in sentences(line.text):
            seen = visible(sentence)
            if is_approved(seen, proof):
                found.append(Sentence(number, bool(claims.never_allowed(seen)), 0.0, None))
                continue
            findings = claims.by_rules(seen, proof)
            stopped = claims.is_stopped_by_rules(findings, proof)
            unproven = bool(rule.unproven_statement(seen, claims.is_question(seen), proof))
            minded = claims.minded_by(findings)
            read_as = traits(seen, proof, is_unproven=unproven, minded=minded)
            bound = claims.bound(is_unproven=unproven, is_minded=bool(minded))
            found.append(Sentence(number, stopped, bound, read_as))
    return found


@dataclass(frozen=True, slots=True)
class Features:
    names: tuple[str, ...]
    middle: np.ndarray
    spread: np.ndarray
    matrix: sparse.csr_matrix


def features(found: Sequence[Sentence]) -> Features:
    known = [sentence.traits or Traits({}, {}, np.zeros(4 * WIDTH)) for sentence in found]
    names = tuple(sorted({name for one in known for name in one.measured}))
    values = np.array([[float(one.measured.get(n, 0)) for n in names] for one in known])
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    rows, columns, counts = [], [], []
    for at, one in enumerate(known):
        for name, count in one.counted.items():
            rows.append(at)
            columns.append(bucket(name))
            counts.append(count)
    words = sparse.csr_matrix((counts, (rows, columns)), shape=(len(known), BUCKETS))
    scaled = np.clip((values - middle) / spread, -6, 6) * MEASURED_BY
    meant = np.array([one.meant for one in known])
    matrix = sparse.hstack([sparse.csr_matrix(scaled), sparse.csr_matrix(meant), words]).tocsr()
    return Features(names, middle, spread, matrix)


def learned(
    lines: Sequence[Line], found: Sequence[Sentence], matrix: sparse.csr_matrix, may: np.ndarray
) -> LogisticRegression:
    """Of an invented text of several sentences only the likeliest one is taken for the claim."""
    number = np.array([sentence.line for sentence in found])
    invented = np.array([lines[n].is_invented for n in number])
    weight = np.array([lines[n].weight for n in number])
    known = np.array([sentence.traits is not None for sentence in found])
    several = np.bincount(number, minlength=len(lines))[number] > 1
    taken = may & known & ~(invented & several)
    for _ in range(ROUNDS):
        fit = LogisticRegression(
            C=STRENGTH, solver="liblinear", dual=True, tol=0.05, max_iter=200, random_state=7
        )
        fit.fit(matrix[taken], invented[taken], sample_weight=weight[taken])
        likely = fit.decision_function(matrix)
        top = np.full(len(lines), -np.inf)
        np.maximum.at(top, number, np.where(known, likely, -np.inf))
        taken = may & known & (~invented | (likely >= top[number]))
    return fit


def verdicts(lines: Sequence[Line], found: Sequence[Sentence], likely: np.ndarray) -> np.ndarray:
    """Which lines the gate stops."""
    stopped = np.zeros(len(lines), dtype=bool)
    for sentence, logit in zip(found, likely, strict=True):
        is_likely = sentence.traits is not None and logit > sentence.bound
        stopped[sentence.line] |= sentence.is_stopped or is_likely
    return stopped


def check(*, keeps_words: bool) -> None:
    """Weights are learnt anew without each author, whose lines are then judged; so are the words, unless kept."""
    lines = read()
    lines += list(made(lines))
    words = vocabulary(lines)
    rows = asyncio.run(meanings(words))
    use(words, rows)
    found = seen_by_gate(lines) if keeps_words else []
    for author in sorted({line.author for line in lines} - {RULES_AUTHOR}):
        if not keeps_words:
            mine = set(vocabulary([line for line in lines if line.author != author]))
            kept = [at for at, word in enumerate(words) if word in mine]
            use([words[at] for at in kept], rows[kept])
            found = seen_by_gate(lines)
        matrix = features(found).matrix
        may = np.array([lines[sentence.line].author != author for sentence in found])
        likely = learned(lines, found, matrix, may).decision_function(matrix)
        report(author, lines, verdicts(lines, found, likely))


def report(author: str, lines: Sequence[Line], stopped: np.ndarray) -> None:
    for language in ("ru", "en"):
        mine = [
            (line.is_invented, is_stopped)
            for line, is_stopped in zip(lines, stopped, strict=True)
            if (line.author, line.language, line.is_made) == (author, language, False)
        ]
        invented = [is_stopped for is_invented, is_stopped in mine if is_invented]
        honest = [is_stopped for is_invented, is_stopped in mine if not is_invented]
        if mine:
            print(
                f"{author:8} {language}  invented passed {invented.count(False):4} of {len(invented):4}"
                f"  honest stopped {honest.count(True):4} of {len(honest):4}",
                flush=True,
            )


def write() -> None:
    lines = read()
    lines += list(made(lines))
    words = vocabulary(lines)
    rows = asyncio.run(meanings(words))
    np.savez_compressed(DATA / "words.npz", **word_meanings.pack(tuple(words), rows))
    use(words, rows)
    found = seen_by_gate(lines)
    made_of = features(found)
    fit = learned(lines, found, made_of.matrix, np.ones(len(found), dtype=bool))
    weights = fit.coef_[0]
    count = len(made_of.names)
    measured = weights[:count] * MEASURED_BY / made_of.spread
    np.savez_compressed(
        DATA / "claims.npz",
        bias=np.float32(fit.intercept_[0] - float(measured @ made_of.middle)),
        names=np.array(made_of.names),
        measured=measured.astype(np.float32),
        meant=weights[count : count + 4 * WIDTH].astype(np.float16),
        counted=weights[count + 4 * WIDTH :].astype(np.float16),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument(
        "--keep-words", action="store_true", help="a few minutes instead of half an hour"
    )
    asked = parser.parse_args()
    check(keeps_words=asked.keep_words) if asked.check else write()
