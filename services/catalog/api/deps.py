"""What routes depend on: one alias per verb, and the reference data."""

from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import Request

from services.catalog.domain.products.product import SKU_PATTERN
from services.catalog.domain.reference import Reference
from shared.http import Call, call
from shared.kernel.errors import Invalid, Text
from shared.kernel.identity import Role

CatalogRead = Annotated[Call, Depends(call("catalog:read"))]
# A SKU belongs to one merchant: operators name it in Airlane-Tenant.
MerchantRead = Annotated[Call, Depends(call("catalog:read", park_wide=False))]
CatalogWrite = Annotated[Call, Depends(call("catalog:write"))]
# By id, so that an operator need not name the merchant.
CatalogWriteById = Annotated[Call, Depends(call("catalog:write", park_wide=True))]
OperatorRead = Annotated[Call, Depends(call("catalog:read", roles={Role.OPERATOR}))]
# Merchants for themselves, operators for any tenant.
CredentialsRead = Annotated[
    Call, Depends(call("catalog:read", roles={Role.OPERATOR, Role.MERCHANT}))
]
CredentialsWrite = Annotated[
    Call,
    Depends(call("catalog:write", roles={Role.OPERATOR, Role.MERCHANT}, park_wide=True)),
]


class ParkOnly(Invalid):
    code = "catalog.request.not_for_one_tenant"
    text = Text(
        "This is done for the whole park, not for one merchant.",
        "该操作面向整个园区，不针对单个商户。",
    )
    fix = Text("Leave out the header Airlane-Tenant.", "请去掉 Airlane-Tenant 请求头。")


ParkWrite = Annotated[
    Call,
    Depends(call("catalog:write", roles={Role.OPERATOR}, park_only=ParkOnly)),
]

Sku = Annotated[str, Path(pattern=SKU_PATTERN, examples=["85123A"])]


async def _reference(request: Request) -> Reference:
    reference: Reference = request.app.state.reference
    return reference


References = Annotated[Reference, Depends(_reference)]
