"""JSON as types."""

from typing import Any

# A JSON object whose members are known to whoever reads it: a JSON Schema, an OpenAPI document.
JsonObject = dict[str, Any]
