"""Reference data, as REST clients see it."""

from pydantic import BaseModel

from services.catalog.schemas.fields import LocalisedText


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
