"""Parents as events."""

from services.catalog.domain.parents.parent import StoredParent
from services.catalog.domain.parents.stored import shared_document
from shared.contracts.catalog.parents import ParentDeleted, ParentUpdated


def parent_updated(stored: StoredParent) -> ParentUpdated:
    parent = stored.parent
    return ParentUpdated(
        parent_id=stored.id,
        merchant_id=stored.merchant_id,
        sku=parent.sku,
        title=parent.title,
        axes=parent.axes,
        product_type=parent.product_type,
        product_type_version=stored.type_version,
        synthetic=parent.synthetic,
        version=stored.version,
        **shared_document(parent.details),
    )


def parent_deleted(stored: StoredParent) -> ParentDeleted:
    return ParentDeleted(parent_id=stored.id, merchant_id=stored.merchant_id, sku=stored.parent.sku)
