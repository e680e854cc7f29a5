"""Products as events."""

from services.catalog.domain.products.product import StoredProduct
from services.catalog.domain.products.stored import document_of
from shared.contracts.catalog.products import ProductDeleted, ProductUpdated


def product_updated(stored: StoredProduct) -> ProductUpdated:
    product = stored.product
    return ProductUpdated(
        product_id=stored.id,
        merchant_id=stored.merchant_id,
        sku=product.sku,
        title=product.title,
        hs_code=product.hs_code,
        origin_country=product.origin_country,
        net_weight_g=product.net_weight_g,
        gross_weight_g=product.gross_weight_g,
        size_mm=product.size_mm,
        price_minor=product.price.amount_minor,
        currency=product.price.currency,
        battery=product.battery,
        synthetic=product.synthetic,
        version=stored.version,
        product_type=product.product_type,
        product_type_version=stored.type_version,
        parent_sku=None if product.variant is None else product.variant.parent_sku,
        options={} if product.variant is None else product.variant.options,
        gtin=product.gtin,
        **document_of(product.details),
    )


def product_deleted(stored: StoredProduct) -> ProductDeleted:
    return ProductDeleted(
        product_id=stored.id, merchant_id=stored.merchant_id, sku=stored.product.sku
    )
