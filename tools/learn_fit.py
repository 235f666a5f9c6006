# /// script
# requires-python = ">=3.11"
# dependencies = ["scikit-learn==1.9.1"]
# ///
"""Learns whether a client responds to a step, from the labelled dialogues in `training/fit`.

    python tools/learn_fit.py            # writes src/candor/llm/data/fit.npz
    python tools/learn_fit.py --check    # only measures, each author left out when judged
    python tools/learn_fit.py --check --without m,r

A file is an author's. Two weighings are learnt: how a message that responds sounds, whatever was said to it,
and then how much that, the likeness to the step's examples and their kind tell together. The second sees
the first only as it judges authors that it has not learnt from. Replies to other trades' steps, and to
other steps of the same script, are counter-examples of the second: they sound like replies, but not to this.
"""

import argparse
import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
from learn import HOME, words_of
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from candor.common.llm import Step
from candor.llm.encoder import UseEncoder
from candor.llm.labelled import Labelled, Saying, labelled
from candor.llm.reading.intents import Intents
from candor.llm.reading.keywords import without_start
from candor.llm.reading.reader import Reader
from candor.llm.reading.responding import FILE, RESPONDS, Message, marks

WORDS_STRENGTH: Final = 9.0
MARKS_STRENGTH: Final = 0.3
"""Inverses of the regularisation (scikit-learn's `C`), chosen on authors left out."""
GROUPS: Final = 6
CAUTION: Final = 0.25
"""Taken off in log odds: a wrong "fits" costs more than a free answer that leads back."""
STRANGERS: Final = 6
SIBLINGS: Final = 4
"""Counter-examples per step."""
BARE: Final = {
    "ru": ("да", "ок", "ага", "хорошо", "угу", "ну да", "нет", "не знаю", "+", "конечно", "понятно", "интересно", "спасибо"),
    "en": ("yes", "ok", "sure", "fine", "yep", "yeah", "no", "I don't know", "+", "of course", "got it", "interesting", "thanks"),
}  # fmt: skip
"""Answers to a question of yes or no, and to no other."""
_AGREEING: Final = 0.6
"""A step whose examples say no yes, and sound no likelier like one, expects none."""
WEIGHTS: Final = {"given": 1.0, "example": 0.5, "made": 0.5}
_PLAIN: Final = 0.3
"""From this likelihood of any intent on a reply may answer quite other steps as well."""


Origin = Literal["given", "example", "made"]
"""Labelled by the author; an example of the script, itself left out; a counter-example made of another
step's reply."""


@dataclass(slots=True)
class Pair:
    """A message and a step that it responds to, or not."""

    author: str
    text: str
    wanted: bool
    origin: Origin
    intents: Intents
    vector: np.ndarray
    rest: tuple = ()
    """The arguments of `marks` after the message."""
    words: float = 0.0

    def marks(self) -> list[float]:
        return marks(Message(self.text, self.words, self.intents), *self.rest)


@dataclass(slots=True)
class Source:
    """Reads what the authors wrote as production does."""

    reader: Reader = field(default_factory=lambda: Reader(UseEncoder()))
    chance: random.Random = field(default_factory=lambda: random.Random(3))  # noqa: S311 - a sample

    async def pairs(self, files: Sequence[Path]) -> list[Pair]:
        given = {path.stem: _read(path) for path in files}
        return [pair for author in given for pair in await self._of(author, given)]

    async def _of(self, author: str, given: dict[str, Labelled]) -> list[Pair]:
        found = []
        for language in given[author].languages:
            own = Scene(author, language, given[author])
            found += [pair async for pair in self._labelled(own)]
            found += [pair async for pair in self._examples(own)]
            strangers = [
                text
                for name, one in given.items()
                if name != author
                for text in Scene(name, language, one).texts()
            ]
            found += [pair async for pair in self._made(own, strangers)]
            found += [pair async for pair in self._bare(own)]
        return found

    async def _labelled(self, own: "Scene") -> AsyncIterator[Pair]:
        for reply in own.replies:
            step = own.given.steps[own.language, reply.step]
            yield await self._pair(own, own.steps, step, reply.text, reply.is_wanted, "given")

    async def _examples(self, own: "Scene") -> AsyncIterator[Pair]:
        for step in own.steps:
            for example in step.fits:
                left = replace(step, fits=tuple(one for one in step.fits if one != example))
                steps = tuple(left if one is step else one for one in own.steps)
                if left.fits:
                    yield await self._pair(own, steps, left, example, True, "example")

    async def _made(self, own: "Scene", strangers: Sequence[str]) -> AsyncIterator[Pair]:
        for step in own.steps:
            siblings = [one.text for one in own.replies if one.is_wanted and one.step != step.key]
            for texts, most in ((strangers, STRANGERS), (siblings, SIBLINGS)):
                async for text in self._unlike(texts, most):
                    yield await self._pair(own, own.steps, step, text, False, "made")

    async def _bare(self, own: "Scene") -> AsyncIterator[Pair]:
        for step in own.steps:
            kind = await self.reader.kind_of(step.fits)
            if not kind.yes and kind.agree < _AGREEING:
                for text in BARE[own.language]:
                    yield await self._pair(own, own.steps, step, text, False, "made")

    async def _unlike(self, texts: Sequence[str], most: int) -> AsyncIterator[str]:
        """Some of the texts that can hardly answer another step than their own."""
        for text in self.chance.sample(texts, len(texts)):
            if most and await self._is_particular(text):
                most -= 1
                yield text

    async def _is_particular(self, text: str) -> bool:
        if len(text.split()) < 3 or any(letter.isdigit() for letter in text):
            return False
        read = await self.reader.intents(text)
        return read.heard in (None, "question") and max(read.likely.values()) < _PLAIN

    async def _pair(
        self,
        own: "Scene",
        steps: tuple[Step, ...],
        step: Step,
        text: str,
        wanted: bool,
        origin: Origin,
    ) -> Pair:
        reading = await self.reader.measured(text, steps)
        rival = max(
            (one.measure for key, one in reading.likenesses.items() if key != step.key),
            default=None,
        )
        like = reading.likenesses[step.key]
        kind = await self.reader.kind_of(step.fits)
        rest = (kind, reading.calibration.logit(like.measure), like, rival)
        return Pair(own.author, text, wanted, origin, reading.intents, reading.vector, rest)


@dataclass(frozen=True, slots=True)
class Scene:
    """What an author wrote in one language: the steps of one script, and the replies to them."""

    author: str
    language: str
    given: Labelled

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(
            step for (spoken, _), step in self.given.steps.items() if spoken == self.language
        )

    @property
    def replies(self) -> list[Saying]:
        return [reply for reply in self.given.replies if reply.language == self.language]

    def texts(self) -> list[str]:
        return [reply.text for reply in self.replies]


def _read(path: Path) -> Labelled:
    lines = path.read_text(encoding="utf-8").splitlines()
    return labelled(enumerate((json.loads(line) for line in lines if line.strip()), 1))


@dataclass(slots=True)
class Learner:
    """Both weighings of some authors."""

    words: LogisticRegression
    marks: LogisticRegression
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "Learner":
        authors = sorted({pair.author for pair in pairs})
        for start in range(GROUPS):
            left_out = authors[start::GROUPS]
            _sound(_words([pair for pair in pairs if pair.author not in left_out]),
                   [pair for pair in pairs if pair.author in left_out])  # fmt: skip
        rows = np.array([pair.marks() for pair in pairs], dtype=float)
        mean, scale = rows.mean(0), rows.std(0) + 1e-9
        weights = [WEIGHTS[pair.origin] for pair in pairs]
        fit = LogisticRegression(C=MARKS_STRENGTH, solver="liblinear", max_iter=500).fit(
            (rows - mean) / scale, [pair.wanted for pair in pairs], sample_weight=weights
        )
        return cls(_words(pairs), fit, mean, scale)

    @property
    def weights(self) -> np.ndarray:
        return self.marks.coef_[0] / self.scale

    @property
    def bias(self) -> float:
        return float(self.marks.intercept_[0] - self.weights @ self.mean - CAUTION)

    def scores(self, pairs: Sequence[Pair]) -> np.ndarray:
        _sound(self.words, pairs)
        sums = np.array([pair.marks() for pair in pairs]) @ self.weights + self.bias
        return 1.0 / (1.0 + np.exp(-sums))

    def write(self) -> None:
        size = self.words.coef_.shape[1] - 512
        np.savez_compressed(
            HOME / "src/candor/llm/data" / FILE,
            classes=np.array([RESPONDS]),
            bias=self.words.intercept_.astype(np.float16),
            words=self.words.coef_[:, :size].astype(np.float16),
            measures=self.words.coef_[:, size:].astype(np.float16),
            weights=self.weights.astype(np.float32),
            bias_of_marks=np.float32(self.bias),
        )


def _features(pairs: Sequence[Pair]) -> sparse.csr_matrix:
    texts = [without_start(pair.text) for pair in pairs]
    vectors = sparse.csr_matrix(np.array([pair.vector for pair in pairs]))
    return sparse.hstack([words_of(texts), vectors]).tocsr()


def _words(pairs: Sequence[Pair]) -> LogisticRegression:
    given = [pair for pair in pairs if pair.origin != "made"]
    model = LogisticRegression(C=WORDS_STRENGTH, solver="liblinear", tol=1e-3)
    weights = [WEIGHTS[pair.origin] for pair in given]
    return model.fit(_features(given), [pair.wanted for pair in given], sample_weight=weights)


def _sound(model: LogisticRegression, pairs: Sequence[Pair]) -> None:
    if pairs:
        for pair, odds in zip(pairs, model.decision_function(_features(pairs)), strict=True):
            pair.words = float(odds)


def check(pairs: Sequence[Pair], without: Sequence[str]) -> None:
    """Each author by weights that were learnt without him and without `without`."""
    scores: dict[int, float] = {}
    authors = sorted({pair.author for pair in pairs} - set(without))
    for author in authors:
        learnt = Learner.of([pair for pair in pairs if pair.author not in (author, *without)])
        left_out = [pair for pair in pairs if pair.author == author]
        scores |= dict(zip(map(id, left_out), learnt.scores(left_out), strict=True))
        tell(author, left_out, scores)
    tell("all", [pair for pair in pairs if pair.author in authors], scores)
    if without:
        learnt = Learner.of([pair for pair in pairs if pair.author in authors])
        for author in without:
            left_out = [pair for pair in pairs if pair.author == author]
            tell(
                author, left_out, dict(zip(map(id, left_out), learnt.scores(left_out), strict=True))
            )


def tell(name: str, pairs: Sequence[Pair], scores: dict[int, float]) -> None:
    given = [pair for pair in pairs if pair.origin == "given"]
    wanted = np.array([pair.wanted for pair in given])
    found = np.array([scores[id(pair)] for pair in given])
    made = np.array([scores[id(pair)] for pair in pairs if pair.origin == "made"])
    examples = np.array([scores[id(pair)] for pair in pairs if pair.origin == "example"])
    taken = found > 0.7
    print(
        f"{name:12} {len(given):5} AUC {roc_auc_score(wanted, found):.3f}"
        f"  precision {wanted[taken].mean():.3f}  recall {taken[wanted].mean():.3f}"
        f"  of examples taken {(examples > 0.7).mean():.3f}, of replies to other steps {(made > 0.7).mean():.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--without", default="", help="authors never learnt from, by a comma")
    asked = parser.parse_args()
    files = sorted((HOME / "training" / "fit").glob("*.jsonl"))
    pairs = asyncio.run(Source().pairs(files))
    without = [name for name in asked.without.split(",") if name]
    if asked.check:
        check(pairs, without)
    else:
        Learner.of([pair for pair in pairs if pair.author not in without]).write()


if __name__ == "__main__":
    main()
