"""Who may do what: one rule for each operation, written from the design and not read from the code.

A new operation needs a line here, or a test fails.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from shared.kernel.identity import Role

MERCHANTS: Final = frozenset({Role.MERCHANT, Role.OPERATOR})
OPERATORS: Final = frozenset({Role.OPERATOR})
MANAGE_CREDENTIALS: Final = "catalog:credentials"


class Whose(Enum):
    """Whose an operation's object or list is."""

    ANYBODYS = auto()  # open without a token
    SHARED = auto()  # the same for everybody who holds the scope
    A_TENANTS = auto()  # to any other tenant it is not there
    A_PARTNERS = auto()  # a partner's entry in the park's list: not a merchant's
    THE_PARKS = auto()  # goods of many tenants at once: for no tenant in particular


@dataclass(frozen=True)
class Rule:
    """`also` is a second scope. `names_tenant`: an operator must name the tenant. `shows`: the
    example that its owner finds in this list. `stranger`: the status that another tenant gets; 2xx
    means that it sees or creates only its own. `stores_nothing`: a POST that only answers.
    `partners`: a partner that sees the merchant is answered as the merchant is.
    """

    scope: str | None
    whose: Whose
    roles: frozenset[Role] = frozenset(Role)
    also: str | None = None
    names_tenant: bool = False
    shows: str | None = None
    stranger: int = 404
    stores_nothing: bool = False
    partners: bool = False


def _list(scope: str, shows: str | None, whose: Whose = Whose.A_TENANTS, **more: object) -> Rule:
    return Rule(scope, whose, shows=shows, stranger=200, **more)  # type: ignore[arg-type]


_OPEN = Rule(None, Whose.ANYBODYS)
_OWN_SKU = Rule("catalog:read", Whose.A_TENANTS, names_tenant=True)
_CHANGED_SKU = Rule("catalog:write", Whose.A_TENANTS, names_tenant=True)
_CREDENTIAL = Rule("catalog:write", Whose.A_TENANTS, MERCHANTS, also=MANAGE_CREDENTIALS)
_REFERENCE_OF_CATALOG = Rule("catalog:read", Whose.SHARED)
_DECLARATION = Rule("customs:read", Whose.A_TENANTS)
_STEP = Rule("customs:write", Whose.A_TENANTS, MERCHANTS)
_PARK_OF_CUSTOMS = Rule("customs:read", Whose.THE_PARKS, OPERATORS)
_PARK_CHANGE_OF_CUSTOMS = Rule("customs:write", Whose.THE_PARKS, OPERATORS)
_REFERENCE_OF_ROUTING = Rule("routing:read", Whose.SHARED)
_PARK_OF_ROUTING = Rule("routing:read", Whose.THE_PARKS, OPERATORS)
_PARK_CHANGE_OF_ROUTING = Rule("routing:write", Whose.THE_PARKS, OPERATORS)
_IMPORT = Rule("catalog:read", Whose.A_TENANTS)
_IMPORT_CHANGE = Rule("catalog:write", Whose.A_TENANTS)
_WEBHOOK = Rule("webhooks:read", Whose.A_TENANTS)
_WEBHOOK_CHANGE = Rule("webhooks:write", Whose.A_TENANTS)


def _made(scope: str, stranger: int, **more: object) -> Rule:
    """Creates something for the caller, from objects of the merchant that the body names."""
    return Rule(scope, Whose.A_TENANTS, stranger=stranger, **more)  # type: ignore[arg-type]


RULES: Final[dict[str, Rule]] = {
    "catalog GET /v1/products/{sku}": _OWN_SKU,
    # A SKU is a merchant's own word: another one's is free, so there is nothing to match.
    "catalog PUT /v1/products/{sku}": _made("catalog:write", 412, names_tenant=True),
    "catalog PATCH /v1/products/{sku}": _CHANGED_SKU,
    "catalog DELETE /v1/products/{sku}": _CHANGED_SKU,
    "catalog GET /v1/products/{sku}/markets": _OWN_SKU,
    "catalog GET /v1/products/{sku}/markets/{market}": _OWN_SKU,
    "catalog PUT /v1/products/{sku}/markets/{market}": _CHANGED_SKU,
    "catalog PATCH /v1/products/{sku}/markets/{market}": _CHANGED_SKU,
    "catalog DELETE /v1/products/{sku}/markets/{market}": _CHANGED_SKU,
    "catalog GET /v1/products/{sku}/markets/{market}/prices": _OWN_SKU,
    "catalog PUT /v1/products/{sku}/markets/{market}/prices": _CHANGED_SKU,
    "catalog GET /v1/products/{sku}/media": _OWN_SKU,
    "catalog POST /v1/products/{sku}/media:recheck": _CHANGED_SKU,
    "catalog GET /v1/products": _list("catalog:read", "sku"),
    "catalog POST /v1/products:batch": _made("catalog:write", 207, names_tenant=True),
    "catalog GET /v1/changes": _list("catalog:read", None, names_tenant=True),
    "catalog GET /v1/products:export": _list("catalog:read", None, names_tenant=True),
    "catalog POST /v1/imports": _made("catalog:write", 201, names_tenant=True),
    "catalog GET /v1/imports": _list("catalog:read", "import_id"),
    "catalog GET /v1/imports/{import_id}": _IMPORT,
    "catalog POST /v1/imports/{import_id}:cancel": _IMPORT_CHANGE,
    "catalog GET /v1/imports/{import_id}/columns": _IMPORT,
    "catalog PUT /v1/imports/{import_id}/columns": _IMPORT_CHANGE,
    "catalog GET /v1/imports/{import_id}/findings": _IMPORT,
    "catalog GET /v1/imports/{import_id}/findings:count": _IMPORT,
    "catalog GET /v1/imports/{import_id}/failed-rows": _IMPORT,
    "catalog GET /v1/imports/{import_id}/progress": _IMPORT,
    "catalog GET /v1/import-templates/{kind}": _REFERENCE_OF_CATALOG,
    "catalog POST /v1/orders": _made("catalog:write", 422, names_tenant=True),
    "catalog POST /v1/orders:batch": _made("catalog:write", 207, names_tenant=True),
    "catalog GET /v1/orders/{order_id}": Rule("catalog:read", Whose.A_TENANTS),
    "catalog GET /v1/orders": _list("catalog:read", "order_id"),
    "catalog POST /v1/orders/{order_id}:cancel": Rule("catalog:write", Whose.A_TENANTS),
    "catalog POST /v1/stock-adjustments": _made("catalog:write", 404, names_tenant=True),
    "catalog POST /v1/stock-adjustments:batch": _made("catalog:write", 207, names_tenant=True),
    "catalog GET /v1/stock/{sku}": _OWN_SKU,
    "catalog GET /v1/stock/{sku}/ledger": _OWN_SKU,
    "catalog POST /v1/merchants": Rule("catalog:write", Whose.THE_PARKS, OPERATORS),
    "catalog GET /v1/merchants": _list("catalog:read", "merchant_id"),
    "catalog GET /v1/merchants/{merchant_id}": Rule("catalog:read", Whose.A_TENANTS),
    "catalog POST /v1/partners": Rule("catalog:write", Whose.THE_PARKS, OPERATORS),
    "catalog GET /v1/partners": _list(
        "catalog:read", "partner_id", Whose.A_PARTNERS, roles=OPERATORS
    ),
    "catalog GET /v1/partners/{partner_id}": Rule("catalog:read", Whose.A_PARTNERS, OPERATORS),
    "catalog GET /v1/belts": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/stores": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/parents/{parent_sku}": _OWN_SKU,
    "catalog PUT /v1/parents/{parent_sku}": _made("catalog:write", 412, names_tenant=True),
    "catalog PATCH /v1/parents/{parent_sku}": _CHANGED_SKU,
    "catalog DELETE /v1/parents/{parent_sku}": _CHANGED_SKU,
    "catalog GET /v1/parents": _list("catalog:read", "parent_sku"),
    "catalog GET /v1/parents/{parent_sku}/variants": _OWN_SKU,
    "catalog GET /v1/parents/{parent_sku}/media": _OWN_SKU,
    "catalog POST /v1/parents/{parent_sku}/media:recheck": _CHANGED_SKU,
    "catalog PUT /v1/product-types/{type_code}": Rule("catalog:write", Whose.THE_PARKS, OPERATORS),
    "catalog GET /v1/product-types/{type_code}": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/product-types/{type_code}/schema": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/product-types": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/classifications:suggest": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/hs-codes": _REFERENCE_OF_CATALOG,
    "catalog GET /v1/hs-codes/{hs_code}": _REFERENCE_OF_CATALOG,
    "catalog POST /v1/credentials": _made("catalog:write", 403, roles=MERCHANTS),
    "catalog GET /v1/credentials": _list("catalog:read", "client_id", roles=MERCHANTS),
    "catalog GET /v1/credentials/{client_id}": Rule("catalog:read", Whose.A_TENANTS, MERCHANTS),
    "catalog POST /v1/credentials/{client_id}:rotate": _CREDENTIAL,
    "catalog DELETE /v1/credentials/{client_id}": _CREDENTIAL,
    "catalog POST /oauth/token": _OPEN,
    "catalog GET /.well-known/jwks.json": _OPEN,
    "catalog GET /.well-known/oauth-authorization-server": _OPEN,
    "catalog GET /.well-known/openid-configuration": _OPEN,
    "customs GET /v1/declarations": _list("customs:read", "declaration_id"),
    "customs GET /v1/work": _list("customs:read", "declaration_id"),
    "customs GET /v1/figures": _list("customs:read", None),
    "customs GET /v1/declarations/{declaration_id}": _DECLARATION,
    "customs GET /v1/declarations/{declaration_id}/documents": _DECLARATION,
    "customs GET /v1/declarations/{declaration_id}/timeline": _DECLARATION,
    "customs GET /v1/declarations/{declaration_id}/missing": _DECLARATION,
    "customs POST /v1/declarations/{declaration_id}:cancel": _STEP,
    "customs POST /v1/declarations/{declaration_id}:clone": _STEP,
    "customs POST /v1/declarations/{declaration_id}:amend": _STEP,
    "customs POST /v1/declarations/{declaration_id}:repair": _STEP,
    "customs POST /v1/declarations/{declaration_id}:resend": _STEP,
    "customs POST /v1/declarations:validate": Rule(
        "customs:read", Whose.A_TENANTS, MERCHANTS, stores_nothing=True
    ),
    "customs POST /v1/documents:resend": _PARK_CHANGE_OF_CUSTOMS,
    "customs POST /v1/registrations": _made("customs:write", 201, roles=MERCHANTS),
    "customs GET /v1/registrations": _list("customs:read", "registration_id", roles=MERCHANTS),
    # The park's enterprises are shown to everybody who would be declared under them.
    "customs GET /v1/registrations:check": _list(
        "customs:read", None, roles=MERCHANTS, names_tenant=True
    ),
    "customs GET /v1/registrations/{registration_id}": Rule(
        "customs:read", Whose.A_TENANTS, MERCHANTS
    ),
    "customs PUT /v1/registrations/{registration_id}": Rule(
        "customs:write", Whose.A_TENANTS, MERCHANTS
    ),
    "customs GET /v1/declarations/{declaration_id}/evidence": _DECLARATION,
    "customs GET /v1/evidence/blocks": _PARK_OF_CUSTOMS,
    "customs GET /v1/evidence/head": Rule("customs:read", Whose.SHARED),
    "customs GET /v1/regimes": Rule("customs:read", Whose.SHARED),
    "customs GET /v1/regimes/{mode}": Rule("customs:read", Whose.SHARED),
    "customs POST /v1/returns": _made("customs:write", 404, roles=MERCHANTS),
    "customs GET /v1/returns": _list("customs:read", "return_id"),
    "customs GET /v1/returns/{return_id}": Rule("customs:read", Whose.A_TENANTS),
    "customs POST /v1/returns/{return_id}:tally": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/declarations/{declaration_id}/returnable": _DECLARATION,
    "customs POST /v1/summaries:preview": _PARK_OF_CUSTOMS,
    "customs POST /v1/summaries": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/summaries": _PARK_OF_CUSTOMS,
    "customs GET /v1/summaries/waiting": _PARK_OF_CUSTOMS,
    "customs GET /v1/summaries/{summary_id}": _PARK_OF_CUSTOMS,
    "customs GET /v1/summaries/{summary_id}/lines": _PARK_OF_CUSTOMS,
    "customs POST /v1/receipts": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/inbound-messages": _PARK_OF_CUSTOMS,
    "customs GET /v1/inbound-messages/{digest}": _PARK_OF_CUSTOMS,
    "customs POST /v1/inbound-messages/{digest}:replay": _PARK_CHANGE_OF_CUSTOMS,
    "customs POST /v1/inbound-messages:replay": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/doors": _PARK_OF_CUSTOMS,
    "customs POST /v1/doors/{door_name}:open": _PARK_CHANGE_OF_CUSTOMS,
    "customs POST /v1/doors/{door_name}:close": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/signing-keys": _PARK_OF_CUSTOMS,
    "customs POST /v1/signing-keys/{key_name}:trust": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/lanes": _PARK_OF_CUSTOMS,
    "customs POST /v1/lanes/{lane}:take": _PARK_CHANGE_OF_CUSTOMS,
    "customs POST /v1/screenings": _PARK_CHANGE_OF_CUSTOMS,
    "customs POST /v1/arrivals": _PARK_CHANGE_OF_CUSTOMS,
    "customs POST /v1/bills": _PARK_CHANGE_OF_CUSTOMS,
    "customs GET /v1/bills": _PARK_OF_CUSTOMS,
    "customs GET /v1/bills/{bill_id}": _PARK_OF_CUSTOMS,
    "customs GET /v1/messages": _PARK_OF_CUSTOMS,
    "customs GET /v1/messages/{guid}": _PARK_OF_CUSTOMS,
    "routing GET /v1/shipments": _list("routing:read", "shipment_id", partners=True),
    "routing GET /v1/shipments/{shipment_id}": Rule("routing:read", Whose.A_TENANTS, partners=True),
    "routing GET /v1/shipments/{shipment_id}/alternatives": Rule(
        "routing:read", Whose.A_TENANTS, partners=True
    ),
    "routing GET /v1/flights": _REFERENCE_OF_ROUTING,
    "routing GET /v1/flights/{flight_id}": _REFERENCE_OF_ROUTING,
    # The flight belongs to everybody, what flies on it does not.
    "routing GET /v1/flights/{flight_id}/shipments": _list(
        "routing:read", "shipment_id", partners=True
    ),
    "routing POST /v1/timetable-imports": _PARK_CHANGE_OF_ROUTING,
    "routing GET /v1/timetable-imports/{timetable_import_id}": _PARK_OF_ROUTING,
    "routing GET /v1/timetable-imports/{timetable_import_id}/errors": _PARK_OF_ROUTING,
    "routing PATCH /v1/flights/{flight_id}": _PARK_CHANGE_OF_ROUTING,
    "routing POST /v1/flights/{flight_id}:cancel": _PARK_CHANGE_OF_ROUTING,
    "routing POST /v1/status-updates": _PARK_CHANGE_OF_ROUTING,
    "routing GET /v1/airports": _REFERENCE_OF_ROUTING,
    "routing GET /v1/routes": _REFERENCE_OF_ROUTING,
    "routing GET /v1/carriers": _REFERENCE_OF_ROUTING,
    "routing GET /v1/vehicles": _REFERENCE_OF_ROUTING,
    "routing GET /v1/delivery-regions": _REFERENCE_OF_ROUTING,
    "routing GET /v1/acceptance-rules": _REFERENCE_OF_ROUTING,
    "routing GET /v1/emission-factors": _REFERENCE_OF_ROUTING,
    "routing GET /v1/promises": _REFERENCE_OF_ROUTING,
    "routing GET /v1/promise-grades": _REFERENCE_OF_ROUTING,
    "routing GET /v1/clock": _REFERENCE_OF_ROUTING,
    # The price is the named merchant's.
    "routing POST /v1/itineraries:search": _made(
        "routing:read", 200, roles=MERCHANTS, names_tenant=True, stores_nothing=True
    ),
    "routing POST /v1/quotes": _made("routing:read", 201, roles=MERCHANTS, names_tenant=True),
    "routing POST /v1/quotes:batch": _made(
        "routing:read", 207, roles=MERCHANTS, names_tenant=True, stores_nothing=True
    ),
    "routing GET /v1/quotes/{quote_id}": Rule("routing:read", Whose.A_TENANTS, MERCHANTS),
    # What the park pays, and what it adds to that.
    "routing GET /v1/rate-contracts": _PARK_OF_ROUTING,
    "routing GET /v1/rate-contracts/{rate_contract_id}": _PARK_OF_ROUTING,
    "routing PUT /v1/rate-contracts/{rate_contract_id}": _PARK_CHANGE_OF_ROUTING,
    "routing GET /v1/exchange-rates": _PARK_OF_ROUTING,
    "routing GET /v1/exchange-rates/{currency}": _PARK_OF_ROUTING,
    "routing PUT /v1/exchange-rates/{currency}": _PARK_CHANGE_OF_ROUTING,
    "routing GET /v1/margins/{merchant}": _PARK_OF_ROUTING,
    "routing PUT /v1/margins/{merchant}": _PARK_CHANGE_OF_ROUTING,
    "routing GET /v1/last-mile-tariffs": _PARK_OF_ROUTING,
    # Figures name nobody; whose facts they count: test_tenancy.
    "analytics GET /v1/kpis": _list("analytics:read", None),
    "webhooks POST /v1/endpoints": _made("webhooks:write", 201),
    "webhooks GET /v1/endpoints": _list("webhooks:read", "endpoint_id"),
    "webhooks GET /v1/endpoints/{endpoint_id}": _WEBHOOK,
    "webhooks PATCH /v1/endpoints/{endpoint_id}": _WEBHOOK_CHANGE,
    "webhooks DELETE /v1/endpoints/{endpoint_id}": _WEBHOOK_CHANGE,
    "webhooks POST /v1/endpoints/{endpoint_id}:rotate-secret": _WEBHOOK_CHANGE,
    "webhooks POST /v1/endpoints/{endpoint_id}:test": _WEBHOOK_CHANGE,
    "webhooks GET /v1/deliveries": _list("webhooks:read", "delivery_id"),
    "webhooks GET /v1/deliveries/{delivery_id}": _WEBHOOK,
    "webhooks GET /v1/deliveries/{delivery_id}/attempts": _WEBHOOK,
    "webhooks POST /v1/deliveries/{delivery_id}:replay": _WEBHOOK_CHANGE,
    "webhooks GET /v1/event-types": Rule("webhooks:read", Whose.SHARED),
}
