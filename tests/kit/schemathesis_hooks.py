"""Bodies that are files: schemathesis sends them as they are."""

from typing import Any

import schemathesis


def _as_it_is(_: Any, value: Any) -> bytes:
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode("utf-8", "replace")


for media_type in (
    "text/csv",
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
):
    schemathesis.serializer(media_type)(_as_it_is)
