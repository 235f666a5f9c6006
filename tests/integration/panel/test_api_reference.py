"""`docs/reference/api.md` names every operation of the API, as the API itself does.

After a change: `CANDOR_WRITE_API_REFERENCE=1 pytest tests/integration/panel/test_api_reference.py`.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.integration.panel.conftest import RunningPanel

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"
BEGIN = "<!-- Made from the OpenAPI document; a test holds it. -->\n"
_ROLES = {"none, public": "public"}


def test_that_the_reference_lists_the_operations_of_the_document(panel: RunningPanel) -> None:
    made = "".join(reference(panel.anonymous().get("/api/openapi.json").json()))
    text = PAGE.read_text(encoding="utf-8")
    before, _, listed = text.partition(BEGIN)
    if os.environ.get("CANDOR_WRITE_API_REFERENCE"):
        PAGE.write_text(before + BEGIN + made, encoding="utf-8")
        return
    assert listed == made


def reference(document: Mapping[str, Any]) -> Iterator[str]:
    """A table per tag: method and path, who may, what it does."""
    for tag in (one["name"] for one in document["tags"]):
        yield f"\n## {tag}\n\n| method and path | role | does |\n|---|---|---|\n"
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if operation["tags"] == [tag]:
                    role = operation["description"].rpartition("Role: ")[2].rstrip(".")
                    summary = operation["summary"].replace("|", "\\|")
                    yield f"| `{method.upper()} {path}` | {_ROLES.get(role, role)} | {summary} |\n"
