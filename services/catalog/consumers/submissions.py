"""What an event of a merchant's system means to catalog: a product as PUT would take it."""

from pydantic import TypeAdapter, ValidationError

from services.catalog.domain.products.product import Product
from services.catalog.domain.submissions import Submission
from services.catalog.schemas.fields import Sku
from services.catalog.schemas.products.product import ProductIn
from shared.contracts.envelope import Envelope, MalformedEvent
from shared.contracts.erp.products import ProductSubmitted
from shared.documents import strict_json
from shared.documents.faults import invalid_model
from shared.kernel.errors import AirlaneError
from shared.kernel.json import JsonObject

_SKU: TypeAdapter[str] = TypeAdapter(Sku)


def on_product_submitted(envelope: Envelope) -> Submission:
    """A document that PUT would refuse is a submission with that refusal. Raises ValidationError or
    MalformedEvent if the event does not keep its contract.
    """
    try:
        # As strict as a request: a name that is there twice, or text that no database stores.
        data = strict_json.parse(envelope.data, values_max=strict_json.VALUES_MAX)
    except AirlaneError as refusal:
        return Submission(envelope.id, envelope.tenant_id, envelope.subject, refusal)
    payload = ProductSubmitted.model_validate(data)
    if payload.merchant_id != envelope.tenant_id:
        raise MalformedEvent("merchant_id is not ce_tenantid")
    if payload.sku != envelope.subject:
        raise MalformedEvent("sku is not ce_subject")
    return Submission(
        envelope.id, payload.merchant_id, payload.sku, _product(payload.sku, payload.document)
    )


def _product(sku: str, document: JsonObject) -> Product | AirlaneError:
    try:
        return ProductIn.model_validate(document).to_domain(_SKU.validate_python(sku))
    except ValidationError as error:
        return invalid_model(error)
    except AirlaneError as refusal:
        return refusal
