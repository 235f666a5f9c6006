"""Examples and shapes for the API page, made from the schemas of the document."""

import json
from typing import Any

from candor.panel.api.openapi import Document

DEEPEST = 6


def example_of(body: Document, document: Document) -> str:
    """A body that could be sent, as indented JSON."""
    schema = body["content"]["application/json"]["schema"]
    return json.dumps(_example(schema, document), ensure_ascii=False, indent=2)


def shape_of(answer: Document, document: Document) -> str:
    """The fields of an answer with their types."""
    content = answer["content"].get("application/json")
    if content is None:
        return ", ".join(answer["content"])
    return json.dumps(_shape(content["schema"], document), ensure_ascii=False, indent=2)


def _resolved(schema: Document, document: Document) -> Document:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Document = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return found


def _example(schema: Document, document: Document, depth: int = 0) -> Any:
    schema = _resolved(schema, document)
    for key in ("default", "const"):
        if key in schema:
            return schema[key]
    if schema.get("enum") or depth > DEEPEST:
        return schema.get("enum", [None])[0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], document, depth + 1)
    if schema.get("type") == "object" or "properties" in schema:
        return {
            name: _example(about, document, depth + 1)
            for name, about in schema.get("properties", {}).items()
        }
    if schema.get("type") == "array":
        return [_example(schema.get("items", {}), document, depth + 1)]
    return {"integer": schema.get("minimum", 1), "number": 0.5, "boolean": False}.get(
        str(schema.get("type")), "…"
    )


def _shape(schema: Document, document: Document, depth: int = 0) -> Any:
    schema = _resolved(schema, document)
    if depth > DEEPEST:
        return "…"
    if "anyOf" in schema:
        parts = [_shape(item, document, depth + 1) for item in schema["anyOf"]]
        plain = [part for part in parts if isinstance(part, str)]
        return parts[0] if len(plain) < len(parts) else " | ".join(plain)
    if schema.get("enum"):
        return " | ".join(str(item) for item in schema["enum"])
    if "properties" in schema:
        return {
            name: _shape(about, document, depth + 1) for name, about in schema["properties"].items()
        }
    if schema.get("type") == "array":
        return [_shape(schema.get("items", {}), document, depth + 1)]
    return schema.get("format") or schema.get("type") or "any"
