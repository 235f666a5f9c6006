"""A script document as YAML or JSON; reading it again gives an equal document."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from candor.sales.document import ScriptDocument
from candor.sales.script_records import Format


def as_data(document: ScriptDocument) -> dict[str, object]:
    """The document as plain data, without what is left at its default."""
    data: dict[str, object] = document.model_dump(mode="json", exclude_defaults=True)
    return {key: _shortened(value) for key, value in data.items()}


def as_text(data: Mapping[str, object], form: Format) -> str:
    """Plain data as a file. Cyrillic stays readable; long texts become blocks."""
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    text: str = yaml.dump(
        dict(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )
    return text


def export_script(document: ScriptDocument, form: Format = "yaml") -> str:
    return as_text(as_data(document), form)


def _shortened(value: Any) -> Any:
    """`done_when: {text: x}` goes back to its short form `done_when: x`."""
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if not isinstance(value, dict):
        return value
    short = {key: _shortened(item) for key, item in value.items()}
    done = short.get("done_when")
    if isinstance(done, dict) and set(done) == {"text"}:
        short["done_when"] = done["text"]
    return short


class _Dumper(yaml.SafeDumper):
    """Block style for long and many-lined texts, flow style nowhere."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand indented under their key, as people write them."""
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_block = "\n" in text and not any(line != line.rstrip() for line in text.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if is_block else None)


_Dumper.add_representer(str, _represent_text)
