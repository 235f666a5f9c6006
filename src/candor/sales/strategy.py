"""`StrategySelectorService`: by script or freely. The one rule of the 80/20 system, pure."""

from typing import Final

from candor.common.llm import Strategy

SCRIPT_FROM: Final = 0.7
"""Strictly above it the script's next words answer the message."""


class StrategySelectorService:
    """The outline's StrategySelectorService."""

    def select(self, script_fit_score: float) -> Strategy:
        """`script_80` strictly above 0.7, else `free_20`; a score that is no number is `free_20`."""
        return "script_80" if script_fit_score > SCRIPT_FROM else "free_20"
