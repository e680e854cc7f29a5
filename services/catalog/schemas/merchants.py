"""Merchants, partners and reference data, as REST clients see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.merchants import NewMerchant
from services.catalog.schemas.fields import (
    LocalisedText,
    MerchantId,
)
from shared.http.fields import Body, TrueOrFalse
from shared.http.text import Line


class Office(Body):
    desk: Annotated[Line, Field(max_length=40, examples=["B2-417"])]


class MerchantIn(Body):
    name: LocalisedText = Field(examples=[{"en": "Ezhou Lamps", "zh-CN": "鄂州灯具"}])
    uscc: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{18}$")] = Field(
        description="Unified social credit code of the company (GB 32100-2015).",
        examples=["91110000600037341L"],
    )
    belt: Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")] = Field(
        description="A code of GET /v1/belts.", examples=["home_furnishing"]
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


def merchant_out(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "uscc": row["uscc"],
        "belt": row["belt"],
        "office": row["office"],
        "has_office": row["office"] is not None,
        "synthetic": row["synthetic"],
        "registered_at": row["registered_at"],
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


def partner_out(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "sees": "all" if row["sees"] is None else row["sees"],
        "registered_at": row["created_at"],
    }


class BeltOut(BaseModel):
    code: str
    name: LocalisedText
    region: str
    source: str
    as_of: str


class StoreOut(BaseModel):
    code: str
    country: str
    marketplace_id: str
    region: str
    domain: str
    currency: str
    languages: str
    is_open_to_chinese_sellers: bool
    source: str
    as_of: str


class BeltsOut(BaseModel):
    items: list[BeltOut]


class StoresOut(BaseModel):
    items: list[StoreOut]
