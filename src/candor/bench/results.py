"""What a benchmark leaves behind: its runs, their medians, and the machine they were made on."""

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from candor.common.clock import SystemClock

Figures = Mapping[str, object]
"""Numbers by name; a nested mapping holds the same per language, per concurrency and so on."""
_PACKAGES = ("candor", "aiogram", "sqlalchemy", "psycopg", "flask", "procrastinate", "openai")


def machine() -> dict[str, object]:
    """The machine as far as figures depend on it; the load tells what else ran on it."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Python and the packages that carry the figures."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def result(name: str, runs: Sequence[Figures], **more: object) -> dict[str, object]:
    """The JSON of the public interface: every run and the median of each figure."""
    return {
        "name": name,
        "at": SystemClock().now().isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "runs": [dict(run) for run in runs],
        "median": _medians(runs),
        **more,
    }


def write(path: Path, outcome: Mapping[str, object]) -> None:
    path.write_text(json.dumps(outcome, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the sorted values lie; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _medians(runs: Sequence[Figures]) -> dict[str, object]:
    names = list(dict.fromkeys(key for run in runs for key in run))
    return {name: _median([run[name] for run in runs if name in run]) for name in names}


def _median(values: Sequence[object]) -> object:
    """The median of numbers, medians of nested mappings; what is no number stays as it is."""
    if values and isinstance(values[0], Mapping):
        return _medians([value for value in values if isinstance(value, Mapping)])
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if numbers:
        return round(statistics.median(numbers), 4)
    return values[0] if values else None


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
