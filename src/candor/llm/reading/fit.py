"""`script_fit_score`: do the script's next words answer this message?

The measure is the mean cosine to the three nearest expected replies of the step, less a share of the
likeness to the off-script examples, plus a share of the likeness to the step's own words. A logistic
turns it into 0..1; the script calibrates it by itself: positives are its expected replies, each against
the others of its step, negatives the shipped off-script examples.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from candor.common.llm import Encoder, Step, Vectors
from candor.llm.reading.examples import off_script

NEEDED_EXAMPLES: Final = 5
"""Expected replies per step below which a score is called "not calibrated"."""
FITS_ABOVE: Final = 0.7
_NEAREST: Final = 3
_OFF_SHARE: Final = 0.7
_SAY_SHARE: Final = 0.2
_RIDGE: Final = 0.1
_CAUTION: Final = 0.5
"""Taken off in logits: a wrong "fits" costs more than a free answer that leads back."""
_KEPT: Final = 64
"""Scripts; the vectors of one take some 300 KB."""
_DEFAULT: Final = (20.0, -1.2)
"""Slope and offset where a script is too small to calibrate itself (mean of the sample scripts)."""

Numbers = npt.NDArray[np.float64]


def chance(logit: float) -> float:
    """The logistic, for numbers of any size."""
    return 1.0 / (1.0 + exp(-min(max(logit, -40.0), 40.0)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The logistic of one script for one encoder: score = 1 / (1 + exp(-(slope * x + offset)))."""

    slope: float
    offset: float
    examples: int
    is_calibrated: bool
    encoder: str

    def score(self, measure: float) -> float:
        return chance(self.logit(measure))

    def logit(self, measure: float) -> float:
        return self.slope * measure + self.offset


@dataclass(frozen=True, slots=True)
class StepVectors:
    """A step's expected replies and its own words as vectors."""

    step: Step
    fits: Vectors
    say: Vectors

    @property
    def has_enough(self) -> bool:
        return len(self.fits) >= NEEDED_EXAMPLES


@dataclass(frozen=True, slots=True)
class ScriptVectors:
    """All steps of a script as one matrix, so that a message is compared with them at once."""

    calibration: Calibration
    places: Mapping[str, tuple[int, int]]
    """By step: where its expected replies begin and end. The column at the end is its own words."""
    columns: Vectors
    examples: Mapping[str, tuple[str, ...]]
    """By step: its expected replies."""

    def likenesses(self, message: Vectors, outside: Numbers) -> dict[str, "Likeness"]:
        """How a message's likeliest part lies to each step that lists expected replies."""
        lines = list(zip((message @ self.columns).tolist(), outside.tolist(), strict=True))
        return {
            key: max(
                (_likeness(line[start:end], line[end], away) for line, away in lines),
                key=_by_measure,
            )
            for key, (start, end) in self.places.items()
        }


class Likeness(NamedTuple):
    """Cosines of one part of a message with a step."""

    measure: float
    best: float
    """With the nearest expected reply."""
    said: float
    """With the step's own words."""
    outside: float
    """With what lies outside any script."""


class ScriptFit:
    """Scores messages against steps; keeps the vectors and calibrations of the scripts in use."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[int, ScriptVectors] = OrderedDict()

    async def script(self, steps: Sequence[Step]) -> ScriptVectors:
        """The script's vectors and calibration, computed once per set of examples."""
        key = hash((self._encoder.name, tuple((step.key, step.say, step.fits) for step in steps)))
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        off = await self._encoder.encode(off_script())
        vectors = [await self.vectors(step) for step in steps if step.fits]
        if key in self._kept:  # another reading of the same script was first
            return self._kept[key]
        calibration = fit_calibration(vectors, off, encoder=self._encoder.name)
        made = self._kept[key] = _side_by_side(vectors, calibration)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    async def vectors(self, step: Step) -> StepVectors:
        """The step's vectors; its examples come from the encoder's cache."""
        rows = await self._encoder.encode((*step.fits, step.say))
        return StepVectors(step, rows[:-1], rows[-1])

    async def outside(self, message: Vectors) -> Numbers:
        """How near each row of `message` is to what lies outside any script."""
        off = await self._encoder.encode(off_script())
        return np.asarray(_nearest(message @ off.T), dtype=np.float64)


def _side_by_side(steps: Sequence[StepVectors], calibration: Calibration) -> ScriptVectors:
    places: dict[str, tuple[int, int]] = {}
    width = 0
    for step in steps:
        places[step.step.key] = (width, width + len(step.fits))
        width += len(step.fits) + 1
    nothing = np.zeros((0, 0), dtype=np.float32)
    columns = [part for step in steps for part in (step.fits.T, step.say[:, None])]
    side = np.hstack(columns) if columns else nothing
    return ScriptVectors(calibration, places, side, {one.step.key: one.step.fits for one in steps})


def measure(message: Vectors, step: StepVectors, outside: Numbers) -> float:
    """The measure of a message's likeliest part for one step."""
    expected, said = (message @ step.fits.T).tolist(), (message @ step.say).tolist()
    return max(map(_likeness, expected, said, outside.tolist()), key=_by_measure).measure


def _likeness(expected: Sequence[float], said: float, outside: float) -> Likeness:
    """The measure: mean of the three nearest, less off-script likeness, plus likeness to `say`."""
    nearest = sorted(expected)[-_NEAREST:]  # faster than numpy's for so few numbers
    near = sum(nearest) / len(nearest)
    value = near - _OFF_SHARE * outside + _SAY_SHARE * said
    return Likeness(value, nearest[-1], said, outside)


_by_measure: Final = attrgetter("measure")


def fit_calibration(steps: Sequence[StepVectors], off: Vectors, *, encoder: str) -> Calibration:
    """Fit the logistic by ridge-regularised Newton steps, both classes weighing the same per step."""
    values: list[Numbers] = []
    labels: list[Numbers] = []
    weights: list[Numbers] = []
    usable = [step for step in steps if step.has_enough]
    for step in usable:
        positive, negative = _left_out(step, off), _off_left_out(step, off)
        values += [positive, negative]
        labels += [np.ones(len(positive)), np.zeros(len(negative))]
        half = (len(positive) + len(negative)) / 2
        weights += [np.full(len(v), half / len(v)) for v in (positive, negative)]
    count = sum(len(step.fits) for step in steps)
    if not usable:
        return Calibration(*_DEFAULT, count, False, encoder)
    slope, offset = _logistic(*map(np.concatenate, (values, labels, weights)))
    return Calibration(slope, offset - _CAUTION, count, True, encoder)


def _left_out(step: StepVectors, off: Vectors) -> Numbers:
    """Each expected reply measured against the others of its step."""
    likeness = step.fits @ step.fits.T
    np.fill_diagonal(likeness, -np.inf)
    kept = np.sort(likeness, axis=1)[:, 1:]
    expected = kept[:, -_NEAREST:].mean(axis=1)
    outside = _nearest(step.fits @ off.T)
    return np.asarray(expected - _OFF_SHARE * outside + _SAY_SHARE * (step.fits @ step.say))


def _off_left_out(step: StepVectors, off: Vectors) -> Numbers:
    """Each off-script example measured as a message, itself left out of the bank."""
    likeness = off @ off.T
    np.fill_diagonal(likeness, -np.inf)
    outside = np.sort(likeness, axis=1)[:, -_NEAREST:].mean(axis=1)
    expected = _nearest(off @ step.fits.T)
    return np.asarray(expected - _OFF_SHARE * outside + _SAY_SHARE * (off @ step.say))


def _nearest(likeness: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    width = likeness.shape[-1]
    if not width:
        return np.zeros(likeness.shape[:-1], dtype=np.float32)
    nearest = min(_NEAREST, width)
    top = np.partition(likeness, width - nearest, axis=-1)[..., width - nearest :]
    # Not `mean`: its checks cost more than the sum of so few numbers.
    return np.asarray(top.sum(axis=-1) / np.float32(nearest), dtype=np.float32)


def _logistic(values: Numbers, labels: Numbers, weights: Numbers) -> tuple[float, float]:
    design = np.column_stack([values, np.ones(len(values))])
    beta = np.zeros(2)
    ridge = np.diag([_RIDGE, 1e-6])
    for _ in range(100):
        likely = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -40, 40)))
        slope = design.T @ (weights * (likely - labels)) + ridge @ beta
        curve = (design * (weights * likely * (1 - likely))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    return float(max(beta[0], 1.0)), float(beta[1])
