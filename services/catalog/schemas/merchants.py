"""Merchants and partners, as REST clients see them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.merchants import Merchant, NewMerchant, Partner
from services.catalog.schemas.fields import (
    LocalisedText,
    MerchantId,
)
from shared.documents.fields import Body, TrueOrFalse
from shared.documents.text import Line


class Office(Body):
    desk: Annotated[Line, Field(max_length=40, examples=["B2-417"])]


class MerchantIn(Body):
    name: LocalisedText = Field(examples=[{"en": "Ezhou Lamps", "zh-CN": "鄂州灯具"}])
    uscc: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{18}$")] = Field(
        description="Unified social credit code of the company (GB 32100-2015).",
        examples=["91110000600037341L"],
    )
    belt: Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")] = Field(
        description="A code from GET /v1/belts.", examples=["home_furnishing"]
    )
    office: Office | None = Field(default=None, description="The desk in the park, if any.")
    synthetic: TrueOrFalse = False

    def to_domain(self) -> NewMerchant:
        return NewMerchant(
            name=self.name.by_language(),
            uscc=self.uscc.upper(),
            belt=self.belt,
            desk=self.office.desk if self.office else None,
            synthetic=self.synthetic,
        )


class MerchantOut(BaseModel):
    id: str = Field(examples=["mer_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    name: LocalisedText
    uscc: str
    belt: str
    office: Office | None
    has_office: bool
    synthetic: bool
    registered_at: datetime


def merchant_out(merchant: Merchant) -> dict[str, object]:
    return {
        "id": merchant.id,
        "name": merchant.name,
        "uscc": merchant.uscc,
        "belt": merchant.belt,
        "office": None if merchant.desk is None else {"desk": merchant.desk},
        "has_office": merchant.desk is not None,
        "synthetic": merchant.synthetic,
        "registered_at": merchant.registered_at,
    }


class PartnerIn(Body):
    name: Line = Field(examples=["Blue Parcel marketplace"])
    sees: Literal["all"] | Annotated[list[MerchantId], Field(max_length=1000)] = Field(
        description='Whose events the partner may see: "all", or merchant ids.', examples=["all"]
    )

    def merchants(self) -> list[str] | None:
        """None: all of them."""
        return None if self.sees == "all" else list(self.sees)


class PartnerOut(BaseModel):
    id: str = Field(examples=["par_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    name: str
    sees: Literal["all"] | list[str]
    registered_at: datetime


def partner_out(partner: Partner) -> dict[str, object]:
    return {
        "id": partner.id,
        "name": partner.name,
        "sees": "all" if partner.sees is None else partner.sees,
        "registered_at": partner.registered_at,
    }
