"""Rows of files as what REST takes: the same models, so the same rules and the same faults."""

from pydantic import ValidationError

from services.catalog.domain.products.product import Product
from services.catalog.schemas.products.product import ProductItemIn, product_document
from shared.http.faults import ITEM_ERRORS_MAX, invalid_model
from shared.kernel.json import JsonObject, merged


def read_product(document: JsonObject, before: Product | None) -> Product:
    """The product that a row makes of the one that is there: a row is a merge patch (RFC 7396).

    Raises Invalid, with pointers as a PUT of the product would have them.
    """
    target = {} if before is None else product_document(before)
    try:
        item = ProductItemIn.model_validate(merged(target, document))
    except ValidationError as error:
        raise invalid_model(error, named_max=ITEM_ERRORS_MAX) from error
    return item.to_domain(item.sku)
