"""How likely a sentence claims what no source carries: learnt from labelled sentences, for what no rule decides.

The sentence is held against its sources (`coverage`); which words stay uncovered, which figures, days and
negations differ, and what the uncovered words mean are weighed together. `tools/learn_claims.py` learns the
weights; here they are only applied, by numpy alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from candor.disclosure.attribution import attribution
from candor.disclosure.coverage import AKIN, SAME, Covered, covered
from candor.disclosure.figure_proof import Standing, State, standings
from candor.disclosure.figure_words import NUMBER_WORDS
from candor.disclosure.figures import Figure
from candor.disclosure.polarity import turned
from candor.disclosure.proof import MONEY, Proof, proves
from candor.disclosure.weekdays import weekdays
from candor.disclosure.word_meanings import beginning, word_meanings

BUCKETS: Final = 1 << 16
_LETTERS: Final = range(3, 6)
_LONGEST_WORD: Final = 16
_FAR: Final = 0.45
_NEGATION: Final = re.compile(
    r"(?<!\w)(?:не|нет|ни|без|кроме|увы|not|no|never|without|except|don't|doesn't|isn't|aren't|can't|cannot|won't|unfortunately)(?!\w)"
)
_UNITS: Final = frozenset(
    ("percent", "minutes", "days", "months", "workdays", "people", "year", "clock", "date", "")
)

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Traits:
    """What is weighed of a sentence."""

    measured: Mapping[str, float]
    counted: Mapping[str, float]
    """Words, letters and figures with how they are covered."""
    meant: Numbers
    """What its words mean, what the uncovered ones mean, and what the best source has beside them."""


def traits(seen: str, proof: Proof, *, is_unproven: bool, minded: Sequence[str] = ()) -> Traits:
    """Of a visible sentence; `is_unproven` is what the gate's rule for statements says of it, `minded` why rules
    that aren't sure mind it."""
    found = standings(seen, proof)
    held = covered(seen, [one.figure for one in found], proof)
    measured: dict[str, float] = {
        "unproven": is_unproven,
        "minded": bool(minded),
        **{f"minded by {reason}": 1.0 for reason in minded},
        **_covering(held),
        **_asking(seen, held),
    }
    counted: dict[str, float] = defaultdict(float)
    _figures(found, held, measured, counted)
    _days(seen, held, proof, measured)
    _negations(seen, held, measured)
    if held.best:
        near = min(1.0, measured["best mean"] * 1.5)
        turns = turned(seen, held.best.seen, proof.parts)
        measured |= {name: value * near for name, value in turns.items()}
        measured |= attribution(seen, proof.parts, has_figures=bool(found))
    for group in _words(held):
        length = sqrt(sum(count * count for count in group.values()))
        for name, count in group.items():
            counted[name] += count / length
    return Traits(measured, counted, _meant(held))


def _covering(held: Covered) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, near in (("any", held.by_any), ("best", held.by_best)):
        order = sorted(near.tolist()) or [1.0]
        same = sum(one >= SAME for one in order)
        far = sum(one < _FAR for one in order)
        found |= {
            f"{name} mean": sum(order) / len(order),
            f"{name} least": order[0],
            f"{name} second": order[1] if len(order) > 1 else 1.0,
            f"{name} same": same / len(order),
            f"{name} far": min(5, far) / 3,
            f"{name} akin": min(5, len(order) - same - far) / 3,
            f"{name} known": min(6, same if len(near) else 0) / 3,
        }
    had = len(held.left) + found["best known"] * 3
    return found | {
        "strength": min(held.strength, 6.0) / 3,
        "left": min(8, len(held.left)) / 4,
        "left share": len(held.left) / max(1.0, had),
        "replaced": max(held.replaced, default=0.0),
        "replaced often": sum(AKIN < one < SAME for one in held.replaced) / 2,
    }


def _asking(seen: str, held: Covered) -> dict[str, float]:
    return {
        "content": len(held.content) / 10,
        "length": len(held.words) / 15,
        "question": seen.rstrip("\"'») ").endswith("?"),
    }


def _figures(
    found: Sequence[Standing],
    held: Covered,
    measured: dict[str, float],
    counted: dict[str, float],
) -> None:
    given = held.best.figures if held.best else ()
    for one in found:
        figure, state = one.figure, one.state
        unit = _unit(figure)
        is_there = any(proves(known, figure) for known in given)
        counted[f"figure {state} {unit}"] += 1
        counted[f"figure {state} best {is_there}"] += 1
        if not is_there and any(known.unit == figure.unit for known in given):
            counted[f"figure clash {state} {unit}"] += 1
            measured["clash"] = 1.0
    for state in State:
        measured[state.value] = float(min(2, sum(one.state is state for one in found)))
    bad = sum(not one.is_proven for one in found)
    measured |= {"figures": len(found) / 2, "unproven figures": bad / 2}
    measured |= {"all proven": bool(found) and not bad, "any unproven": bad > 0}


def _unit(figure: Figure) -> str:
    if figure.unit in MONEY:
        return "money"
    if figure.unit.startswith("per_"):
        return "per"
    return figure.unit if figure.unit in _UNITS else "noun"


def _days(seen: str, held: Covered, proof: Proof, measured: dict[str, float]) -> None:
    if not (said := weekdays(seen)):
        return
    given = [weekdays(source.seen) for source in proof.sources]
    known = frozenset[int]().union(*given)
    measured |= {
        "days given": said <= known,
        "days beyond": bool(said - known),
        "no days known": not known,
        "same days": said in given,
    }


def _negations(seen: str, held: Covered, measured: dict[str, float]) -> None:
    said = len(_NEGATION.findall(seen))
    given = len(_NEGATION.findall(held.best.seen)) if held.best else 0
    near = measured["best mean"]
    measured |= {
        "negated": min(said, 2),
        "source negated": min(given, 2),
        "negation differs": (said > 0) != (given > 0),
        "negation added": said > 0 and not given,
        "negation lost": given > 0 and not said,
        "negation added near": near * (said > 0 and not given),
        "negation lost near": near * (given > 0 and not said),
    }


def _words(held: Covered) -> Iterator[Mapping[str, float]]:
    """Groups of counted names, each of which is brought to length 1."""
    tagged = [
        ("#", "n")
        if word[0].isdigit() or word in NUMBER_WORDS
        else (beginning(word), held.tag(word))
        for word in held.words
    ]
    plain: dict[str, float] = defaultdict(float)
    tags: dict[str, float] = defaultdict(float)
    letters: dict[str, float] = defaultdict(float)
    for word, (stem, tag) in zip(held.words, tagged, strict=True):
        plain["w" + (word if stem != "#" else stem)] += 1
        tags[tag + stem] += 1
        if tag in "ab":
            tags["c" + stem] += 1
        elif tag != "n":
            for part in _letters(word):
                letters[part] += 1
    rows: dict[str, float] = defaultdict(float)
    mixed: dict[str, float] = defaultdict(float)
    framed = [("^", ""), *tagged, ("$", "")]
    for (one, its), (other, others) in pairwise(framed):
        rows[f"2{one} {other}"] += 1
        mixed[f"s{_shown(one, its)} {_shown(other, others)}"] += 1
    for (one, _), (two, _), (three, _) in zip(framed, framed[1:], framed[2:], strict=False):
        rows[f"3{one} {two} {three}"] += 1
    left = {f"m{beginning(word)}": 1.0 for word in held.left}
    return (group for group in (plain, tags, letters, rows, mixed, left) if group)


def _shown(stem: str, tag: str) -> str:
    """What is covered is named by that alone."""
    return stem + tag if tag in ("u", "") else tag


@lru_cache(maxsize=16_384)
def _letters(word: str) -> tuple[str, ...]:
    framed = f" {word[:_LONGEST_WORD]} "
    return tuple(
        "l" + framed[start : start + size]
        for size in _LETTERS
        for start in range(max(1, len(framed) - size + 1))
    )


def _meant(held: Covered) -> Numbers:
    table = word_meanings()
    rows = table.rows[[table.place(word) for word in held.content]]
    left = table.rows[[table.place(word) for word in held.left]].sum(axis=0)
    near = float(held.by_best.mean()) if len(held.by_best) else 1.0
    parts = (
        _bounded(((1 - held.by_any)[:, None] * rows).sum(axis=0)),
        _bounded(rows.sum(axis=0)),
        _bounded(((1 - held.by_best)[:, None] * rows).sum(axis=0)),
        _bounded(left) * near,
    )
    return np.concatenate(parts).astype(np.float32)


def _bounded(vector: Numbers) -> Numbers:
    return vector / np.float32(1 + sqrt(vector @ vector))


@lru_cache(maxsize=16_384)
def bucket(name: str) -> int:
    return crc32(name.encode()) % BUCKETS


@dataclass(frozen=True, slots=True)
class ClaimWeights:
    """Learnt weights; the sum of what they give is the likelihood's logit."""

    bias: float
    names: tuple[str, ...]
    measured: Numbers
    counted: Numbers
    meant: Numbers

    def logit(self, found: Traits) -> float:
        values = np.array([found.measured.get(name, 0.0) for name in self.names], dtype=np.float32)
        count = len(found.counted)
        places = np.fromiter(map(bucket, found.counted), np.int64, count)
        counts = np.fromiter(found.counted.values(), np.float32, count)
        sums = values @ self.measured + found.meant @ self.meant + self.counted[places] @ counts
        return self.bias + float(sums)


@lru_cache(maxsize=1)
def claim_weights() -> ClaimWeights:
    """The shipped weights, read when they are first asked for."""
    package = files("candor.disclosure")
    with package.joinpath("data", "claims.npz").open("rb") as file, np.load(file) as kept:
        return ClaimWeights(
            bias=float(kept["bias"]),
            names=tuple(str(name) for name in kept["names"]),
            measured=kept["measured"].astype(np.float32),
            counted=kept["counted"].astype(np.float32),
            meant=kept["meant"].astype(np.float32),
        )


def claim_logit(seen: str, proof: Proof, *, is_unproven: bool, minded: Sequence[str] = ()) -> float:
    """Above 0 it rather is an uncarried claim, below it rather is none."""
    return claim_weights().logit(traits(seen, proof, is_unproven=is_unproven, minded=minded))
