"""JSON Schemas of all events, generated from the models, and the rule that keeps them compatible.

    python -m shared.contracts.json_schemas          writes schemas/<event type>.v1.json

A consumer built against yesterday's schema must read today's events: no field removed, none
newly optional, no enum value or null added where a consumer did not expect it, no type changed.
The generator refuses to overwrite a schema incompatibly; a new meaning needs a new version.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import EventPayload

FOLDER: Final = Path(__file__).parent / "schemas"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(payload: type[EventPayload]) -> dict[str, Any]:
    schema = payload.model_json_schema(mode="serialization")
    head = {"$schema": DIALECT, "$id": f"{payload.event_type}.v1", "x-topic": payload.topic}
    return head | schema


def file_of(event_type: str) -> Path:
    return FOLDER / f"{event_type}.v1.json"


def rendered(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def incompatibilities(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """What in `new` would break a consumer of `old`; one sentence each."""
    yield from _compare(old, new, old, new, "")


def _resolved(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _compare(
    old: dict[str, Any],
    new: dict[str, Any],
    old_root: dict[str, Any],
    new_root: dict[str, Any],
    path: str,
) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    where = path or "/"
    old_types, new_types = _types(old, old_root), _types(new, new_root)
    if not new_types <= old_types:
        yield f"{where}: may now be {sorted(new_types - old_types)}"
    if "enum" in old and not set(new.get("enum", ["(anything)"])) <= set(old["enum"]):
        yield f"{where}: has enum values that its consumers do not know"
    for name, before in old.get("properties", {}).items():
        after = new.get("properties", {}).get(name)
        if after is None:
            yield f"{path}/{name}: was removed"
            continue
        yield from _compare(before, after, old_root, new_root, f"{path}/{name}")
    for name in set(old.get("required", [])) - set(new.get("required", [])):
        if name in new.get("properties", {}):
            yield f"{path}/{name}: is no longer always there"
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        yield from _compare(old["items"], new["items"], old_root, new_root, f"{path}/*")


def _types(node: dict[str, Any], root: dict[str, Any]) -> set[str]:
    if "anyOf" in node:
        return {t for part in node["anyOf"] for t in _types(_resolved(part, root), root)}
    kind = node.get("type")
    return {str(kind)} if kind else set()


def main() -> int:
    """Writes all schemas; 1 and nothing written if one would break its consumers."""
    FOLDER.mkdir(exist_ok=True)
    broken = False
    for event_type, payload in CATALOGUE.items():
        file = file_of(event_type)
        if file.exists():
            for fault in incompatibilities(json.loads(file.read_text()), schema_of(payload)):
                sys.stderr.write(f"{event_type} {fault}\n")
                broken = True
    if broken:
        sys.stderr.write("Nothing written: add a field instead, or publish a v2.\n")
        return 1
    for event_type, payload in CATALOGUE.items():
        file_of(event_type).write_text(rendered(schema_of(payload)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
