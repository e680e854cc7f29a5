"""What routes depend on: one alias per verb, and the reference data."""

from typing import Annotated, Final

from fastapi import Depends, Path, Query
from pydantic import AfterValidator
from starlette.requests import Request

from services.catalog.domain.classifications.suggestion import Classifier
from services.catalog.domain.overlays.overlay import MARKET_PATTERN
from services.catalog.domain.products.product import PARENT_SKU_PATTERN, SKU_PATTERN
from services.catalog.domain.reference import Reference
from shared.documents.faults import in_words
from shared.http import Call, call
from shared.http.uploads import Spool
from shared.kernel.errors import Invalid, Text
from shared.kernel.identity import Role
from shared.kernel.languages import CHARS_MAX, TAG_PATTERN, canonical_tag

_MARKET: Final = in_words(
    MARKET_PATTERN, Text("two capital letters such as DE", "两位大写字母，例如 DE")
)
_LOCALE_WORDS: Final = Text("a language tag such as de or zh-CN", "语言标签，例如 de 或 zh-CN")

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
ParentSku = Annotated[str, Path(pattern=PARENT_SKU_PATTERN, examples=["WIG-LACE"])]
Market = Annotated[str, Path(pattern=_MARKET, description="ISO country.", examples=["DE"])]


def _as_written(tag: str | None) -> str | None:
    return None if tag is None else canonical_tag(tag)


LocaleQuery = Annotated[
    str | None,
    Query(
        pattern=in_words(TAG_PATTERN, _LOCALE_WORDS),
        max_length=CHARS_MAX,
        description="Language of the texts (BCP 47).",
        examples=["de"],
    ),
    AfterValidator(_as_written),
]
MarketQuery = Annotated[
    str | None,
    Query(pattern=_MARKET, description="ISO country.", examples=["DE"]),
]


async def _reference(request: Request) -> Reference:
    reference: Reference = request.app.state.reference
    return reference


References = Annotated[Reference, Depends(_reference)]


async def _classifier(request: Request) -> Classifier:
    classifier: Classifier = request.app.state.classifier
    return classifier


Classifiers = Annotated[Classifier, Depends(_classifier)]


async def _spool(request: Request) -> Spool:
    spool: Spool = request.app.state.spool
    return spool


# The folder of the files of imports.
Spooled = Annotated[Spool, Depends(_spool)]
