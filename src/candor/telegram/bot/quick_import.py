"""Imports aiogram in a fraction of the time, by building its models when they are first used.

aiogram builds all of its 440 types when it is imported: 6 of the 7 CPU seconds that a start of Candor
would take on a small machine, for types of which a process uses a few dozen. pydantic can build a
model at first use (`defer_build`, which aiogram sets); what stands in the way is the loop at the end of
`aiogram.types`, which builds them at once only to hand over the namespace of their names. Here that
loop is made to leave the namespace behind instead, and each model takes it when it is built.
"""

import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def import_aiogram() -> None:
    """Import aiogram with its models unbuilt. Does nothing when it is imported already."""
    if "aiogram" in sys.modules:
        return
    names: dict[str, Any] = {}
    build = BaseModel.__dict__["model_rebuild"]

    def leave_for_later(cls: type[BaseModel], /, **options: Any) -> bool | None:
        names.update(options.get("_types_namespace") or {})
        return None

    BaseModel.model_rebuild = classmethod(leave_for_later)  # type: ignore[method-assign, assignment]
    try:
        from aiogram.methods.base import Response, TelegramMethod  # noqa: PLC0415 - the point of this file
        from aiogram.types.base import TelegramObject  # noqa: PLC0415 - the point of this file
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign]
    _build_with(names, TelegramObject)
    _build_with(names, TelegramMethod)
    _build_with(names, Response)


def _build_with(names: Mapping[str, Any], base: type[BaseModel]) -> None:
    """Let `base` and what is derived from it find aiogram's names whenever they are built."""

    def rebuild(
        cls: type[BaseModel],
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, Any] | None = None,
    ) -> bool | None:
        del _parent_namespace_depth
        built: bool | None = super(base, cls).model_rebuild(  # type: ignore[misc]
            force=force,
            raise_errors=raise_errors,
            _types_namespace=_types_namespace or {**names, cls.__name__: cls},
        )
        return built

    base.model_rebuild = classmethod(rebuild)  # type: ignore[method-assign, assignment]
