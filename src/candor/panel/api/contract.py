"""The API's own frame: a view's types are its contract, and the OpenAPI document is made of them.

    @api.post("/conversations/<id:conversation_id>/messages", tag="Conversations",
              summary="Write to the client", role="operator")
    def write(conversation_id: int, body: NewMessage) -> ConversationDetail: ...

`body` and `query` are parsed and checked by their models, the answer is checked and written by its
return type; `None` answers 204. GET answers carry an ETag, POST takes an Idempotency-Key.
"""

import functools
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_type_hints

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from candor.common.errors import FieldError, InvalidInputError
from candor.common.operators import OperatorRole
from candor.panel.access import is_storable, needs, public
from candor.panel.api.repeating import answer_once
from candor.panel.errors import BadRequestError
from candor.panel.rendering import etag_of

Method = Literal["GET", "POST", "PUT", "DELETE"]
View = TypeVar("View", bound=Callable[..., Any])
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the document shows it."""

    method: Method
    path: str
    name: str
    tag: str
    summary: str
    description: str
    role: OperatorRole | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: Any
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Request headers beyond the usual ones, with what they mean."""
    media: tuple[str, ...] = ("application/json",)
    """What the request body may be sent as."""
    answer_media: str = "application/json"


class Api:
    """Collects operations on one blueprint under `/api`."""

    def __init__(self) -> None:
        self.blueprint = Blueprint("api", __name__, url_prefix="/api")
        self.operations: list[Operation] = []

    def get(self, path: str, **about: Any) -> Callable[[View], View]:
        return self._operation("GET", path, **about)

    def post(self, path: str, **about: Any) -> Callable[[View], View]:
        return self._operation("POST", path, **about)

    def put(self, path: str, **about: Any) -> Callable[[View], View]:
        return self._operation("PUT", path, **about)

    def delete(self, path: str, **about: Any) -> Callable[[View], View]:
        return self._operation("DELETE", path, **about)

    def _operation(
        self,
        method: Method,
        path: str,
        *,
        tag: str,
        summary: str,
        description: str = "",
        role: OperatorRole | None = "viewer",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        media: tuple[str, ...] = ("application/json",),
        answer_media: str = "application/json",
        audited: bool = True,
        name: str = "",
        schema_of: type[BaseModel] | None = None,
    ) -> Callable[[View], View]:
        """`schema_of`: the shape of a body that the view reads by itself; `name`: instead of the
        view's own, when one view serves two methods."""

        def add(view: View) -> View:
            hints = get_type_hints(view)
            answer = hints.get("return", type(None))
            operation = Operation(
                method,
                path,
                f"{tag.lower().replace(' ', '_')}.{name or view.__name__}",
                tag,
                summary,
                description,
                role,
                schema_of or hints.get("body"),
                hints.get("query"),
                answer,
                status or (204 if answer is type(None) else 200),
                dict(headers or {}),
                media,
                answer_media,
            )
            self.operations.append(operation)
            endpoint = _endpoint(view, operation)
            marked = public(endpoint) if role is None else needs(role, audited=audited)(endpoint)
            self.blueprint.add_url_rule(
                path,
                endpoint=operation.name.replace(".", "_"),
                view_func=marked,
                methods=[method],
            )
            return view

        return add


def _endpoint(view: Callable[..., Any], operation: Operation) -> Callable[..., Response]:
    adapter = None
    if operation.answer not in (type(None), Response):
        adapter = TypeAdapter(operation.answer)
    accepted = frozenset(inspect.signature(view).parameters)
    reads_body = operation.body is not None and "body" in accepted
    read_only = _fields(operation.answer) - _fields(operation.body)

    def call(**path: Any) -> Response:
        arguments = {name: value for name, value in path.items() if name in accepted}
        if operation.query is not None:
            arguments["query"] = read_query(operation.query)
        if reads_body and operation.body is not None:
            arguments["body"] = read_body(operation.body, read_only=read_only)
        return _respond(view(**arguments), adapter, operation)

    @functools.wraps(view)
    def endpoint(**path: Any) -> Response:
        if operation.method == "POST":
            return answer_once(lambda: call(**path))
        return call(**path)

    return endpoint


def _respond(value: Any, adapter: TypeAdapter[Any] | None, operation: Operation) -> Response:
    if isinstance(value, Response):
        return value
    headers = dict(g.get("answer_headers", {}))
    if adapter is None:
        return Response(status=operation.status, headers=headers)
    body = adapter.dump_json(adapter.validate_python(value, from_attributes=True), by_alias=True)
    made = Response(body, operation.status, headers, content_type="application/json")
    if operation.method == "GET":
        made.headers.setdefault("ETag", etag_of(body))
        made.headers.setdefault("Cache-Control", "private, no-cache")
        made.make_conditional(request)
    return made


def answer_header(name: str, value: str) -> None:
    """Add a header to the answer of the running view."""
    g.setdefault("answer_headers", {})[name] = value


def read_query(model: type[BaseModel]) -> BaseModel:
    given = {name: value for name, value in request.args.items() if value != ""}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _wrong_fields(error) from None


def read_body(model: type[BaseModel], *, read_only: frozenset[str] = frozenset()) -> BaseModel:
    """The JSON body, strictly: a number is no text. Raises BadRequestError, InvalidInputError.

    `read_only`: fields that may be sent back as they came and change nothing.
    """
    raw = read_json()
    value = from_json(raw, allow_inf_nan=False)
    if isinstance(value, dict) and not read_only.isdisjoint(value):
        raw = to_json({name: item for name, item in value.items() if name not in read_only})
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise _wrong_fields(error, known=_fields(model)) from None


def _fields(model: Any) -> frozenset[str]:
    """The names of a model's fields as JSON has them; none of what is no model."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return frozenset()
    return frozenset(about.alias or name for name, about in model.model_fields.items())


def read_json() -> bytes:
    """The body as bytes of storable JSON."""
    if request.mimetype not in ("application/json", "") and not request.mimetype.endswith("+json"):
        raise BadRequestError("Send JSON (Content-Type: application/json).")
    raw = request.get_data()
    try:
        value = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequestError(f"The body is no JSON: {error}.") from None
    _check_storable(value)
    return raw


def _check_storable(value: object, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise BadRequestError("The body is nested too deeply.")
    if isinstance(value, str) and not is_storable(value):
        raise BadRequestError("The body holds a null byte or a broken character.")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_storable(key, depth + 1)
            _check_storable(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_storable(item, depth + 1)


def _wrong_fields(
    error: ValidationError, *, known: frozenset[str] = frozenset()
) -> InvalidInputError:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return InvalidInputError(
        errors=tuple(
            FieldError(
                ".".join(str(part) for part in item["loc"]),
                _no_such_field(str(item["loc"][-1]), known if len(item["loc"]) == 1 else ())
                if item["type"] == "extra_forbidden"
                else item["msg"],
            )
            for item in found
        )
    )


def _no_such_field(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return "There is no such field." + (f" Did you mean {near[0]}?" if near else "")


def openapi_path(path: str) -> str:
    """`/accounts/<id:account_id>` as `/api/accounts/{account_id}`."""
    return "/api" + re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", path)
