"""What routes depend on: one alias per verb, and the parts that the app made once."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import Request

from services.catalog.api.log_ins import LogIns
from services.catalog.domain.product import SKU_PATTERN
from services.catalog.domain.reference import Reference
from services.catalog.use_cases.signing_keys import SigningKeys
from services.catalog.use_cases.tokens import BootstrapOperator
from shared.http import Call, PageParams, call, page_params
from shared.kernel.errors import Invalid, Text
from shared.kernel.identity import PARK, Role

CatalogRead = Annotated[Call, Depends(call("catalog:read"))]
# Where a SKU is named there is one merchant: operators say which (Airlane-Tenant).
MerchantRead = Annotated[Call, Depends(call("catalog:read", park_wide=False))]
CatalogWrite = Annotated[Call, Depends(call("catalog:write"))]
# By id, so that an operator need not name the merchant.
CatalogWriteById = Annotated[Call, Depends(call("catalog:write", park_wide=True))]
OperatorRead = Annotated[Call, Depends(call("catalog:read", roles={Role.OPERATOR}))]
# A merchant for itself, an operator for anybody.
CredentialsRead = Annotated[
    Call, Depends(call("catalog:read", roles={Role.OPERATOR, Role.MERCHANT}))
]
CredentialsWrite = Annotated[
    Call,
    Depends(call("catalog:write", roles={Role.OPERATOR, Role.MERCHANT}, park_wide=True)),
]


class NotForOneTenant(Invalid):
    code = "catalog.request.not_for_one_tenant"
    text = Text(
        "This is done for the whole park, not for one merchant.",
        "该操作面向整个园区，不针对单个商户。",
    )
    fix = Text("Leave out the header Airlane-Tenant.", "请去掉 Airlane-Tenant 请求头。")


async def _for_the_park(
    call: Annotated[Call, Depends(call("catalog:write", roles={Role.OPERATOR}))],
) -> Call:
    if call.tenant != PARK:
        raise NotForOneTenant(pointer="/header/airlane-tenant")
    return call


ParkWrite = Annotated[Call, Depends(_for_the_park)]

PageQuery = Annotated[PageParams, Depends(page_params)]
SkuPath = Annotated[str, Path(pattern=SKU_PATTERN, examples=["85123A"])]


@dataclass(frozen=True)
class Identity:
    """What issuing tokens and secrets needs."""

    keys: SigningKeys
    issuer: str
    audience: str | None
    operator: BootstrapOperator | None
    environment: str
    log_ins: LogIns = field(default_factory=LogIns)


@dataclass
class Parts:
    """`reference` is there once the app has started."""

    identity: Identity
    reference: Reference | None = None


async def _reference(request: Request) -> Reference:
    reference = request.app.state.catalog.reference
    assert isinstance(reference, Reference), "the app has not started"
    return reference


async def _identity(request: Request) -> Identity:
    identity: Identity = request.app.state.catalog.identity
    return identity


References = Annotated[Reference, Depends(_reference)]
Identities = Annotated[Identity, Depends(_identity)]
