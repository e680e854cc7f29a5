"""Types for JSON."""

from typing import Any

# A JSON object whose members its reader knows, such as a JSON Schema or an OpenAPI document.
JsonObject = dict[str, Any]
