"""A parent as its row, and as clients and events have it."""

from datetime import datetime

from services.catalog.domain.parents.parent import Parent, StoredParent
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.stored import details_from_json, document_of
from shared.kernel.json import JsonObject


def stored_parent(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    sku: str,
    title: dict[str, str],
    axes: list[str],
    product_type: str | None,
    product_type_version: int | None,
    synthetic: bool,
    details: JsonObject,
    version: int,
    created_at: datetime,
    updated_at: datetime,
) -> StoredParent:
    """From the columns of its table."""
    parent = Parent(sku, title, tuple(axes), product_type, synthetic, details_from_json(details))
    return StoredParent(
        id, tenant_id, parent, version, created_at, updated_at, product_type_version
    )


def shared_document(details: Details) -> JsonObject:
    """The details that a parent can have."""
    document = document_of(details)
    del document["classifications"]
    return document
