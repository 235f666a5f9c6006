"""Records to JSON and back, driven by their type hints."""

import dataclasses
import types
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encode(value: object) -> Any:
    """A JSON value for a record, a container of records or a plain value."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in _field_names(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(encode(item) for item in value)
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], value: object) -> T:
    """The record of type `kind` that `encode` turned into `value`; unknown keys are left aside."""
    if not isinstance(value, dict):
        raise TypeError(f"{kind.__name__} is stored as an object, found {type(value).__name__}")
    hints = _hints(cast(Any, kind))
    known = {name: _value(hints[name], item) for name, item in value.items() if name in hints}
    return kind(**known)


def _value(hint: Any, value: Any) -> Any:
    if value is None or hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _value(next(arg for arg in get_args(hint) if arg is not type(None)), value)
    if origin is Literal:
        return value
    if origin is not None:
        return _container(origin, get_args(hint), value)
    if dataclasses.is_dataclass(hint):
        return decode(cast(type[Any], hint), value)
    return hint(value) if isinstance(hint, type) and issubclass(hint, Enum) else value


def _container(origin: Any, args: tuple[Any, ...], value: Any) -> Any:
    if origin is dict:
        to_key = int if args[0] is int else str
        return {to_key(key): _value(args[1], item) for key, item in value.items()}
    if origin is tuple:
        return tuple(value)
    return origin(_value(args[0], item) for item in value)


def _field_names(value: object) -> tuple[str, ...]:
    return _fields(cast(Any, type(value)))


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(kind))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(kind).items() if name in _fields(kind)}
