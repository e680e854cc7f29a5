"""JSON Schemas of all events, generated from the models, and the rule that keeps them compatible.

    python -m shared.contracts.json_schemas          writes schemas/<event type>.v1.json

A consumer built against yesterday's schema must be able to read today's events, and today's
consumers yesterday's: no field is removed or becomes optional, no new value or null appears where
it was not expected, no type changes. The generator refuses to overwrite a schema incompatibly; a
new meaning needs a new version.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.contracts.compatibility import unreadable
from shared.contracts.envelope import EventPayload
from shared.contracts.registry import EVENTS
from shared.kernel.json import JsonObject

FOLDER: Final = Path(__file__).parent / "schemas"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(payload: type[EventPayload]) -> JsonObject:
    schema = payload.model_json_schema(mode="serialization")
    head = {"$schema": DIALECT, "$id": f"{payload.event_type}.v1", "x-topic": payload.topic}
    return head | schema


def file_of(event_type: str) -> Path:
    return FOLDER / f"{event_type}.v1.json"


def rendered(schema: JsonObject) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def incompatibilities(
    old: JsonObject, new: JsonObject, new_reader: JsonObject | None = None
) -> Iterator[str]:
    """One sentence each: what consumers of `old` could not read in `new` events, and what today's
    consumers (`new_reader`) could not read in old events, which stay on their topics for a while.
    """
    yield from unreadable(writer=new, reader=old)
    if new_reader is not None:
        for fault in unreadable(writer=old, reader=new_reader):
            yield f"{fault} (in events written before)"


def reader_schema(payload: type[EventPayload]) -> JsonObject:
    """What a consumer accepts: a field with a default may be missing."""
    return payload.model_json_schema(mode="validation")


def main() -> int:
    """Writes all schemas; returns 1 and writes nothing if one would break its consumers."""
    FOLDER.mkdir(exist_ok=True)
    broken = False
    for event_type, payload in EVENTS.items():
        file = file_of(event_type)
        if file.exists():
            old = json.loads(file.read_text())
            for fault in incompatibilities(old, schema_of(payload), reader_schema(payload)):
                sys.stderr.write(f"{event_type} {fault}\n")
                broken = True
    if broken:
        sys.stderr.write("Nothing written: add a field instead, or publish a v2.\n")
        return 1
    for event_type, payload in EVENTS.items():
        file_of(event_type).write_text(rendered(schema_of(payload)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
