"""A dossier that somebody asks about before anything is sent, and what is found."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.customs.domain.declarations.case import Match
from services.customs.domain.declarations.documents import OrderDocument, OrderLine, Waybill
from services.customs.domain.declarations.examining import Examined, Papers
from services.customs.schemas.declarations import DeclarationFindingOut
from shared.documents.fields import AnyInstant, Body, WholeNumber
from shared.documents.text import visible
from shared.kernel.errors import Locale
from shared.kernel.json import JsonObject

# What is wrong with a value is a finding, with all the others. These bounds only keep out what no
# dossier could hold.
_LINES_MAX: Final = 200
_NUMBER_MAX: Final = 10**15
_Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(visible)
]
_Number = Annotated[WholeNumber, Field(ge=-_NUMBER_MAX, le=_NUMBER_MAX)]
_ORDER_ID: Final = "ord_" + "0" * 32


class CandidateLineIn(Body):
    """Weights are per unit. What is left out is not known."""

    line: _Number
    sku: _Text
    title: _Text
    quantity: _Number
    unit_price_minor: _Number
    hs_code: _Text
    net_weight_g: _Number
    gross_weight_g: _Number
    title_zh: _Text | None = None
    brand: _Text | None = None
    material: _Text | None = None
    gtin: _Text | None = None
    specification: dict[str, _Text] = Field(
        default={}, max_length=100, description="Attributes of the goods as text, by name."
    )
    legal_quantity_1: _Text | None = Field(
        default=None, description="Of the whole line, in the tariff's first legal unit."
    )
    legal_quantity_2: _Text | None = Field(default=None, description="In the second one.")
    item_record_no: _Text | None = Field(
        default=None, description="Of bonded goods: their number in the ledger."
    )

    def to_domain(self) -> OrderLine:
        return OrderLine(**{name: getattr(self, name) for name in CandidateLineIn.model_fields})


class CandidateOrderIn(Body):
    """An order as the dossier has it: money in minor units, weights in grams."""

    order_number: _Text
    store: _Text | None = Field(
        default=None, description="Where it was sold; the park's platform if left out."
    )
    currency: _Text
    country: _Text = Field(description="Where the goods go.")
    total_minor: _Number
    net_weight_g: _Number
    gross_weight_g: _Number
    lines: list[CandidateLineIn] = Field(max_length=_LINES_MAX)

    def to_domain(self, merchant_id: str) -> OrderDocument:
        return OrderDocument(
            order_id=_ORDER_ID,
            merchant_id=merchant_id,
            currency=self.currency,
            country=self.country,
            total_minor=self.total_minor,
            net_weight_g=self.net_weight_g,
            gross_weight_g=self.gross_weight_g,
            lines=tuple(line.to_domain() for line in self.lines),
            store=self.store,
            order_number=self.order_number,
        )


class CandidateWaybillIn(Body):
    """The house waybill and the first leg out of the park."""

    house_waybill: _Text
    country: _Text
    gross_weight_g: _Number = Field(description="Of the parcel.")
    pieces: _Number = 1
    mode: Literal["air", "road"] = "air"
    flight_number: _Text | None = None
    departs_at: AnyInstant | None = None

    def to_domain(self) -> Waybill:
        return Waybill(
            order_id=_ORDER_ID,
            shipment_id="",
            house_waybill=self.house_waybill,
            country=self.country,
            gross_weight_g=self.gross_weight_g,
            pieces=self.pieces,
            mode=self.mode,
            flight_id=None,
            flight_number=self.flight_number,
            departs_at=self.departs_at,
        )


_EXAMPLE: Final[JsonObject] = {
    "order": {
        "order_number": "202-1234567-1234567",
        "store": "DE",
        "currency": "GBP",
        "country": "DE",
        "total_minor": 1530,
        "net_weight_g": 1080,
        "gross_weight_g": 1380,
        "lines": [
            {
                "line": 1,
                "sku": "SKU-1",
                "title": "White hanging heart T-light holder",
                "quantity": 6,
                "unit_price_minor": 255,
                "hs_code": "940550",
                "net_weight_g": 180,
                "gross_weight_g": 230,
                "title_zh": "白色心形烛台",
                "brand": "无品牌",
                "material": "玻璃",
            }
        ],
    },
    "waybill": {"house_waybill": "AL26112200001", "country": "DE", "gross_weight_g": 1380},
}


class ValidationIn(Body):
    """Either a declaration, or an order with its waybill as soon as there is one."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    declaration_id: str | None = Field(default=None, pattern=r"^dec_[0-9a-f]{32}$")
    order: CandidateOrderIn | None = None
    waybill: CandidateWaybillIn | None = Field(
        default=None, description="Without it the order is matched with one that agrees with it."
    )

    @property
    def is_clear(self) -> bool:
        """One of both is asked about, and no waybill without its order."""
        if self.declaration_id is None:
            return self.order is not None
        return self.order is None and self.waybill is None

    def to_domain(self, merchant_id: str) -> Papers:
        return Papers(
            declaration_id=None,
            order=self.order.to_domain(merchant_id) if self.order else None,
            waybill=self.waybill.to_domain() if self.waybill else None,
        )


ValidationStatus = Literal["draft", "blocked", "ready"]
_STATUS: Final[dict[Match, ValidationStatus]] = {
    Match.DRAFT: "draft",
    Match.BLOCKED: "blocked",
    Match.COMPLETE: "ready",
}


class ValidationOut(BaseModel):
    """What the match finds."""

    declaration_id: str | None
    status: ValidationStatus = Field(
        description="blocked: an error would keep it here; draft: nothing stands against it yet,"
        " but the order or the waybill is not there; ready: it may be declared."
    )
    findings: list[DeclarationFindingOut] = Field(
        description="All at once. Pointers below `order` and `waybill` lead into the body, too."
    )
    rulebook: str | None = Field(description="Regime, tables, registrations it was matched with.")

    @classmethod
    def of(cls, examined: Examined, locale: Locale, declaration_id: str | None) -> "ValidationOut":
        return cls(
            declaration_id=declaration_id,
            status=_STATUS[examined.match],
            findings=[DeclarationFindingOut.shown(one, locale) for one in examined.findings],
            rulebook=examined.rulebook,
        )
