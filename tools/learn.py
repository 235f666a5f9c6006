# /// script
# requires-python = ">=3.11"
# dependencies = ["scikit-learn==1.9.1"]
# ///
"""Learns the weights that Candor ships from the labelled lines in `training/`.

    python tools/learn.py intents      # writes src/candor/llm/data/intents*.npz

Needs Candor itself and scikit-learn, which Candor needs nowhere else. Prints, by cross-validation, what the
new weights can do on lines that they have not seen. Look at the figures of `candor bench fit` afterwards.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from candor.common.learned_text import BUCKETS, counted
from candor.disclosure.visible_text import visible
from candor.llm.encoder import UseEncoder
from candor.llm.reading.intents import INTENTS
from candor.llm.reading.keywords import encoded_part

HOME: Final = Path(__file__).parents[1]
STRENGTH: Final = 20.0
"""Inverse of the regularisation (scikit-learn's `C`), the best of 1, 3, 10, 20 and 30 on authors
that were not learnt from."""
FOLDS: Final = 5


def words_of(texts: Sequence[str]) -> sparse.csr_matrix:
    """One row of hashed n-grams per text."""
    rows, columns, values = [], [], []
    for number, text in enumerate(texts):
        buckets, weights = counted(visible(text))
        rows.append(np.full(len(buckets), number))
        columns.append(buckets)
        values.append(weights)
    found = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(found, shape=(len(texts), BUCKETS))


async def vectors_of(texts: Sequence[str]) -> np.ndarray:
    encoder = UseEncoder()
    texts = [encoded_part(text) for text in texts]
    parts = [await encoder.encode(tuple(texts[n : n + 100])) for n in range(0, len(texts), 100)]
    return np.vstack(parts)


def learned(features: sparse.csr_matrix, wanted: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-3).fit(features, wanted)


def foretold(features: sparse.csr_matrix, wanted: np.ndarray) -> np.ndarray:
    """The likelihood of each line by weights that were learnt without it."""
    found = np.zeros(len(wanted))
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=2).split(features):
        found[unseen] = learned(features[seen], wanted[seen]).predict_proba(features[unseen])[:, 1]
    return found


def write(
    name: str,
    classes: Sequence[str],
    features: sparse.csr_matrix,
    wanted: dict[str, np.ndarray],
) -> None:
    """The words' columns stand first in `features`, the measured numbers behind them."""
    fits = [learned(features, wanted[kind]) for kind in classes]
    weights = np.vstack([fit.coef_[0] for fit in fits]).astype(np.float16)
    np.savez_compressed(
        HOME / name,
        classes=np.array(classes),
        bias=np.array([fit.intercept_[0] for fit in fits], dtype=np.float16),
        words=weights[:, :BUCKETS],
        measures=weights[:, BUCKETS:],
    )


def report(kind: str, wanted: np.ndarray, likely: np.ndarray) -> None:
    taken = likely >= 0.5
    right = (taken & wanted).sum()
    print(
        f"{kind:16} lines {wanted.sum():5}  precision {right / max(1, taken.sum()):.3f}"
        f"  recall {right / max(1, wanted.sum()):.3f}"
        f"  F1 {2 * right / max(1, taken.sum() + wanted.sum()):.3f}"
    )


def read_intents() -> list[tuple[str, frozenset[str]]]:
    """Message and labels of every line, each message once."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for path in sorted((HOME / "training").glob("intents.*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, _, labels = line.partition("\t")
            named = frozenset(filter(None, labels.split(",")))
            if unknown := named - set(INTENTS):
                raise SystemExit(f"{path.name}: {text!r} has the unknown label {unknown}")
            found.setdefault(visible(text), (text, named))
    return list(found.values())


def learn_intents() -> None:
    lines = read_intents()
    texts = [text for text, _ in lines]
    wanted = {kind: np.array([kind in labels for _, labels in lines]) for kind in INTENTS}
    words = words_of(texts)
    both = sparse.hstack([words, sparse.csr_matrix(asyncio.run(vectors_of(texts)))]).tocsr()
    for kind in INTENTS:
        report(kind, wanted[kind], foretold(both, wanted[kind]))
    write("src/candor/llm/data/intents.npz", INTENTS, both, wanted)
    write("src/candor/llm/data/intents-by-words.npz", INTENTS, words, wanted)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["intents"])
    parser.parse_args()
    learn_intents()
