"""A product type as its row."""

import json
from datetime import date

from services.catalog.domain.types.product_type import ProductType, StoredType


def stored_type(  # noqa: PLR0917 - columns
    code: str,
    version: int,
    name: dict[str, str],
    schema: str,
    hs_prefixes: list[str],
    is_current: bool,
    source: str,
    as_of: date,
) -> StoredType:
    """From the columns of its table."""
    content = ProductType(code, name, json.loads(schema), tuple(hs_prefixes), source, as_of)
    return StoredType(content, version, is_current)
