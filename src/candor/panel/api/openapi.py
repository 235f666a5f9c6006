"""The OpenAPI 3.1 document, made from the operations and their types."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from flask import Response
from pydantic import TypeAdapter

from candor.panel.api.contract import Operation, openapi_path
from candor.panel.api.repeating import HEADER
from candor.panel.errors import PROBLEM
from candor.panel.schemas.common import MAX_ID, ProblemAnswer

Mode = Literal["validation", "serialization"]
Document = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
_FAILURES: Mapping[str, str] = {
    "400": "The request can't be read.",
    "401": "Not signed in.",
    "403": "The role does not allow it, or the CSRF token is missing.",
    "404": "There is nothing under this address.",
    "409": "It has changed, or its state does not allow this.",
    "413": "The body is too large.",
    "415": "The body is no JSON.",
    "422": "Some fields are wrong; `errors` names them.",
    "424": "Telegram is not reachable, or the account that this needs is paused.",
    "429": "Too many calls.",
    "503": "A part of the system is not reachable right now.",
}


def make_document(operations: Iterable[Operation], *, version: str) -> Document:
    """Everything a client generator or a fuzzer needs."""
    known = tuple(operations)
    schemas, definitions = _schemas(known)
    paths: dict[str, Document] = {}
    for operation in known:
        described = _describe(operation, schemas)
        paths.setdefault(openapi_path(operation.path), {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Candor",
            "version": version,
            "description": "The API of the panel. Lists are paged, times are ISO 8601 in UTC, "
            "errors are application/problem+json with a stable `code`. What was read may be sent "
            "back: read-only fields of the answer are ignored, any other unknown field is an error.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(item.tag for item in known)],
        "security": [{"token": []}, {"session": [], "csrf": []}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": {"Problem": _problem()},
            "securitySchemes": _security_schemes(),
        },
    }


def _schemas(operations: tuple[Operation, ...]) -> tuple[dict[Any, Any], Document]:
    wanted: dict[tuple[str, Mode], TypeAdapter[Any]] = {
        ("problem", "serialization"): TypeAdapter(ProblemAnswer)
    }
    for item in operations:
        if item.body is not None:
            wanted[f"{item.name}:body", "validation"] = TypeAdapter(item.body)
        if item.answer not in (type(None), Response):
            wanted[f"{item.name}:answer", "serialization"] = TypeAdapter(item.answer)
    inputs = [(key, mode, adapter) for (key, mode), adapter in wanted.items()]
    schemas, definitions = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    return dict(schemas), definitions.get("$defs", {})


def _describe(operation: Operation, schemas: dict[Any, Any]) -> Document:
    described: Document = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_other_parameters(operation)],
        "responses": _responses(operation, schemas),
    }
    about = [operation.description] if operation.description else []
    about.append(f"Role: {operation.role or 'none, public'}.")
    described["description"] = "\n\n".join(about)
    if operation.role is None:
        described["security"] = []
    if operation.body is not None:
        schema = schemas[f"{operation.name}:body", "validation"]
        described["requestBody"] = {
            "required": True,
            "content": {
                media: {"schema": schema if media.endswith("json") else {"type": "string"}}
                for media in operation.media
            },
        }
    return described


def _path_parameters(operation: Operation) -> list[Document]:
    found = []
    for part in operation.path.split("/"):
        if part.startswith("<"):
            kind, _, name = part.strip("<>").rpartition(":")
            found.append(
                {"name": name, "in": "path", "required": True, "schema": _path_schema(kind)}
            )
    return found


def _path_schema(kind: str) -> Document:
    if kind == "id":
        return {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    if kind == "chat":
        return {"type": "integer", "minimum": -MAX_ID, "maximum": MAX_ID}
    return {"type": "string", "minLength": 1, "maxLength": 200}


def _other_parameters(operation: Operation) -> list[Document]:
    found: list[Document] = []
    if operation.query is not None:
        schema = operation.query.model_json_schema(ref_template=REFERENCE)
        for name, about in schema.get("properties", {}).items():
            found.append({"name": name, "in": "query", "schema": _query_schema(about)})
    headers = dict(operation.headers)
    if operation.method == "POST":
        headers[HEADER] = "Sent again with the same key, the first answer is repeated."
    for name, meaning in headers.items():
        found.append(
            {
                "name": name,
                "in": "header",
                "description": meaning,
                "schema": {"type": "string", "maxLength": 200},
            }
        )
    return found


def _query_schema(about: Document) -> Document:
    """A missing parameter is the null; a query has no other."""
    choices = [item for item in about.get("anyOf", []) if item.get("type") != "null"]
    if len(choices) == 1:
        rest = {key: value for key, value in about.items() if key not in ("anyOf", "default")}
        return {**rest, **choices[0]}
    return about


def _responses(operation: Operation, schemas: dict[Any, Any]) -> Document:
    good: Document = {"description": "Done."}
    if operation.answer is Response:
        good["content"] = {operation.answer_media: {"schema": {}}}
    elif operation.answer is not type(None):
        schema = schemas[f"{operation.name}:answer", "serialization"]
        good["content"] = {"application/json": {"schema": schema}}
    answers: Document = {str(operation.status): good}
    for status in _FAILURES:
        answers[status] = {"$ref": "#/components/responses/Problem"}
    return answers


def _problem() -> Document:
    lines = [f"- {status}: {meaning}" for status, meaning in _FAILURES.items()]
    schema = {"$ref": REFERENCE.format(model="ProblemAnswer")}
    return {
        "description": "An error.\n\n" + "\n".join(lines),
        "content": {PROBLEM: {"schema": schema}},
    }


def _security_schemes() -> Document:
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "candor token create"},
        "session": {"type": "apiKey", "in": "cookie", "name": "candor_session"},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    }
