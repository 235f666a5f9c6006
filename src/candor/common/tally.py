"""Figures of a part of a period in a form that adds up: what is over is counted once and kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from candor.common.reports import (
    FunnelDay,
    ModelUse,
    ReplyTimes,
    ScriptName,
    Stats,
    VersionStats,
)

MOST_VERSIONS = 100


@dataclass(frozen=True, slots=True)
class DialogueShare:
    """What the AI answered in one dialogue, by the script that the dialogue follows."""

    script_id: int
    version: int | None
    score: float | None
    script_80: int
    free_20: int
    agreed: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of some whole days. Two tallies of days that follow each other can be joined."""

    days: tuple[FunnelDay, ...] = ()
    strategies: Mapping[str, int] = field(default_factory=dict)
    authors: Mapping[str, int] = field(default_factory=dict)
    reply_seconds: Mapping[float, int] = field(default_factory=dict)
    """Answered messages by seconds until the answer, to a hundredth."""
    model: ModelUse = field(default_factory=ModelUse)
    dialogues: Mapping[int, DialogueShare] = field(default_factory=dict)
    """By the dialogue's id; those in which the AI answered."""


def joined(earlier: Tally, later: Tally) -> Tally:
    """One tally of both; how a dialogue stands is taken from the later one."""
    return Tally(
        days=earlier.days + later.days,
        strategies=Counter(earlier.strategies) + Counter(later.strategies),
        authors=Counter(earlier.authors) + Counter(later.authors),
        reply_seconds=Counter(earlier.reply_seconds) + Counter(later.reply_seconds),
        model=_model(earlier.model, later.model),
        dialogues={
            **earlier.dialogues,
            **{
                key: _share(earlier.dialogues.get(key), share)
                for key, share in later.dialogues.items()
            },
        },
    )


def _model(one: ModelUse, two: ModelUse) -> ModelUse:
    return ModelUse(
        one.calls + two.calls,
        one.prompt_tokens + two.prompt_tokens,
        one.completion_tokens + two.completion_tokens,
        one.cost + two.cost,
        one.replies_cost + two.replies_cost,
    )


def _share(earlier: DialogueShare | None, later: DialogueShare) -> DialogueShare:
    if earlier is None:
        return later
    return DialogueShare(
        later.script_id,
        later.version,
        later.score,
        earlier.script_80 + later.script_80,
        earlier.free_20 + later.free_20,
        earlier.agreed or later.agreed,
    )


def as_stats(tally: Tally, scripts: Mapping[int, ScriptName]) -> Stats:
    """The figures as they are shown; a dialogue of a script that is not in `scripts` is left out."""
    return Stats(
        days=tally.days,
        strategies={"script_80": 0, "free_20": 0, **tally.strategies},
        authors={"ai": 0, "human": 0, **tally.authors},
        replies=reply_times(tally.reply_seconds),
        model=tally.model,
        versions=_versions(tally.dialogues.values(), scripts),
    )


def reply_times(seconds: Mapping[float, int]) -> ReplyTimes:
    count = sum(seconds.values())
    if not count:
        return ReplyTimes()
    ordered = sorted(seconds.items())
    return ReplyTimes(
        count, round(_quantile(ordered, count, 0.5), 2), round(_quantile(ordered, count, 0.95), 2)
    )


def _quantile(ordered: list[tuple[float, int]], count: int, share: float) -> float:
    """Between two values as far as the rank lies between theirs (as percentile_cont)."""
    rank = share * (count - 1)
    below = int(rank)
    low, high = _at(ordered, below), _at(ordered, min(below + 1, count - 1))
    return low + (high - low) * (rank - below)


def _at(ordered: list[tuple[float, int]], place: int) -> float:
    seen = 0
    for value, count in ordered:
        seen += count
        if place < seen:
            return value
    return ordered[-1][0]


def _versions(
    shares: Iterable[DialogueShare], scripts: Mapping[int, ScriptName]
) -> tuple[VersionStats, ...]:
    by_version: dict[tuple[int, int | None], list[DialogueShare]] = defaultdict(list)
    for share in shares:
        if share.script_id in scripts:
            by_version[share.script_id, share.version].append(share)
    found = [
        _version(scripts[script], script, version or 0, of_it)
        for (script, version), of_it in by_version.items()
    ]
    found.sort(key=lambda item: (item.title, -item.version))
    return tuple(found[:MOST_VERSIONS])


def _version(
    name: ScriptName, script_id: int, version: int, shares: list[DialogueShare]
) -> VersionStats:
    scores = [share.score for share in shares if share.score is not None]
    return VersionStats(
        script_id=script_id,
        script_key=name.key,
        title=name.title,
        version=version,
        dialogues=len(shares),
        agreements=sum(share.agreed for share in shares),
        script_80=sum(share.script_80 for share in shares),
        free_20=sum(share.free_20 for share in shares),
        score=round(sum(scores) / len(scores), 3) if scores else None,
    )
