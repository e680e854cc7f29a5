"""What the systems of merchants (ERP) say of their products. Aggregate: product, by SKU.

They write to this topic themselves; nothing of the platform does.
"""

from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import ERP_PRODUCTS
from shared.kernel.json import JsonObject


class ProductSubmitted(EventPayload):
    """A product to be created or replaced. `document` is the body of PUT /v1/products/{sku}.

    The last one of a SKU wins: the key of the record is the SKU, so that they stay in order. The
    outcome is `catalog.product.updated`, nothing if it changes nothing, or
    `catalog.submission.refused`.
    """

    event_type: ClassVar[str] = "erp.product.submitted"
    topic: ClassVar[str] = ERP_PRODUCTS

    merchant_id: str
    sku: str
    document: JsonObject
