"""Products as events."""

from services.catalog.domain.products import Product
from shared.contracts.catalog.products import ProductDeleted, ProductUpdated


def product_updated(
    product: Product, *, product_id: str, merchant_id: str, version: int
) -> ProductUpdated:
    return ProductUpdated(
        product_id=product_id,
        merchant_id=merchant_id,
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
        version=version,
    )


def product_deleted(*, product_id: str, merchant_id: str, sku: str) -> ProductDeleted:
    return ProductDeleted(product_id=product_id, merchant_id=merchant_id, sku=sku)
