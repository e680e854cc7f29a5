"""Searches: what clients ask for, and the options they get."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.routing.domain.acceptance.verdict import Condition
from services.routing.domain.itineraries.explaining import FellOut
from services.routing.domain.itineraries.inquiry import DestinationUnclear, Inquiry
from services.routing.domain.itineraries.options import Option, OptionLeg
from services.routing.domain.itineraries.wish import LEGS_MAX
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.network.regions import Located
from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.schemas.acceptance.goods import GoodsIn
from services.routing.schemas.fields import Mode, MoneyOut, Product
from services.routing.use_cases.itineraries.search import Found, PricedAlternative
from shared.documents.fields import AnyInstant, Body, TrueOrFalse, WholeNumber
from shared.documents.findings import FindingOut
from shared.kernel.errors import Locale
from shared.kernel.json import JsonObject
from shared.kernel.money import Money

_EXAMPLE: Final[JsonObject] = {
    "goods": {
        "pieces": [
            {
                "weight_g": 12000,
                "count": 4,
                "size": {"length_mm": 600, "width_mm": 400, "height_mm": 400},
            }
        ],
        "battery": False,
    },
    "country": "DE",
    "postal_code": "10115",
    "ready_at": "2026-11-23T08:00:00Z",
}


class InquiryIn(Body):
    """To the door in a country or for a store, or to an airport: one of the three."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    goods: GoodsIn
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    store: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}$")] | None = Field(
        default=None, description="To the door in the country of this store."
    )
    postal_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9 -]{2,12}$")] | None = None
    airport: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    ready_at: AnyInstant = Field(
        description="From when on goods can be handed in at the park's airport; in the past: now."
    )
    product: Product = "general"
    latest_arrival_at: AnyInstant | None = Field(
        default=None, description="At the door, or at the airport if one is named."
    )
    legs_max: Annotated[WholeNumber, Field(ge=1, le=LEGS_MAX)] = LEGS_MAX

    def to_domain(self) -> Inquiry:
        """Raises DestinationUnclear, VolumeNotKnown."""
        if [self.country, self.store, self.airport].count(None) != 2:
            raise DestinationUnclear(pointer="/country")
        return Inquiry(
            goods=self.goods.to_domain("/goods"),
            ready_at=self.ready_at,
            product=self.product,
            airport=self.airport,
            country=self.country,
            store=self.store,
            postal_code=self.postal_code,
            latest_arrival_at=self.latest_arrival_at,
            legs_max=self.legs_max,
        )


class ItinerarySearchIn(InquiryIn):
    explain: TrueOrFalse = Field(
        default=False, description="Also say why other ways are not among the options."
    )


class OptionLegOut(BaseModel):
    """One flight, or the run of a truck."""

    flight_id: str = Field(examples=["flt_84f764d25d19e967a82d14c3b6c12632"])
    flight_number: str = Field(examples=["EH1640"])
    carrier: str
    mode: Mode
    vehicle: str = Field(examples=["B744F"])
    origin: str = Field(description="IATA code.", examples=["EHU"])
    destination: str = Field(examples=["LGG"])
    departs_at: datetime
    arrives_at: datetime
    synthetic: bool


class Co2eOut(BaseModel):
    """Grams of CO2 equivalent, last mile included: tank to wheel, and well to wheel."""

    ttw_g: int
    wtw_g: int
    method: str
    method_version: str
    estimated: bool = Field(description="At least one leg is by default factors.")


class WayOut(BaseModel):
    """The legs of an option, and what follows from them."""

    legs: list[OptionLegOut]
    gateway: str = Field(description="The last airport.")
    latest_acceptance_at: datetime = Field(
        description="Until when goods can be handed in for the first flight."
    )
    arrives_at: datetime = Field(description="At the last airport.")
    delivered_at: datetime = Field(
        description="At the door; or from when on they can be collected."
    )
    co2e: Co2eOut
    slack_min: int = Field(
        description="The least time to spare at a connection, up to three hours; without a"
        " connection three hours."
    )
    conditions: list[FindingOut] = Field(
        description="What has yet to be said or done before the goods are handed in."
    )


class OptionOut(WayOut):
    price: MoneyOut


class AlternativeOut(BaseModel):
    """What could be done instead: with the way that it would take, which nobody holds."""

    code: Literal["later", "split", "other_product", "other_gateway"] = Field(
        description="`later`: after the latest arrival that was asked for. `split`: in several"
        " shipments. `other_product`: as another product of the carriers. `other_gateway`: to"
        " another airport, where the goods are handed over."
    )
    detail: str = Field(
        examples=["In 3 parts: there is room for one of 24 kg and 192 dm³ now."],
    )
    parts: int = Field(description="How many shipments the goods become.")
    gross_weight_g: int = Field(description="Of the heaviest part, which `way` and `price` are of.")
    volume_cm3: int
    product: Product
    road_km: int | None = Field(
        description="From the other airport to the nearest gateway, by a planning value: whether"
        " there is a road is not known. Null unless `other_gateway`."
    )
    way: WayOut
    price: MoneyOut | None = Field(description="What the merchant pays. Partners get null.")

    @classmethod
    def of(
        cls, priced: PricedAlternative, locale: Locale, *, with_price: bool = True
    ) -> "AlternativeOut":
        one = priced.alternative
        values: JsonObject = {
            "code": one.code.value,
            "detail": one.detail.in_language(locale),
            "parts": one.parts,
            "gross_weight_g": one.weight_g,
            "volume_cm3": one.volume_cm3,
            "product": one.product,
            "road_km": one.road_km,
            "way": WayOut.model_construct(**_way(one.option, locale)),
            "price": _price(priced.price_minor) if with_price else None,
        }
        return cls.model_construct(**values)


class FellOutOut(BaseModel):
    """A way that is no option, and why."""

    legs: list[OptionLegOut]
    reason: FindingOut


class AddressOut(BaseModel):
    """How the address was understood; `postal_code` null: none was given, or it has not the
    country's format.
    """

    country: str
    postal_code: str | None
    delivery_region: str


class ItinerariesOut(BaseModel):
    """`options`: of none is another at least as good in arrival, price, CO2e, legs and slack.

    `reason`: why there are none, and `alternatives`: what could be done instead. `fell_out`: only
    if it was asked for.
    """

    as_of: datetime
    address: AddressOut | None
    gross_weight_g: int
    volume_cm3: int
    options: list[OptionOut]
    reason: FindingOut | None
    alternatives: list[AlternativeOut]
    fell_out: list[FellOutOut] | None


def itineraries_out(found: Found, locale: Locale) -> ItinerariesOut:
    located, wish, reason = found.located, found.request.wish, found.refusal
    fell_out = None
    if found.fell_out is not None:
        fell_out = [_fell_out(one, locale) for one in found.fell_out]
    return ItinerariesOut.model_construct(
        as_of=found.as_of,
        address=None if located is None else _address(located),
        gross_weight_g=wish.weight_g,
        volume_cm3=wish.volume_cm3,
        options=[
            _option(option, price_minor, locale)
            for option, price_minor in zip(found.options, found.prices_minor, strict=True)
        ],
        reason=None if reason is None else finding_of(reason, locale),
        alternatives=[AlternativeOut.of(one, locale) for one in found.alternatives],
        fell_out=fell_out,
    )


def _address(located: Located) -> AddressOut:
    return AddressOut.model_construct(
        country=located.region.country,
        postal_code=located.postal_code,
        delivery_region=located.region.region,
    )


def _option(option: Option, price_minor: int, locale: Locale) -> OptionOut:
    return OptionOut.model_construct(**_way(option, locale), price=_price(price_minor))


def _price(price_minor: int) -> MoneyOut:
    price = Money(price_minor, PARK_CURRENCY)
    return MoneyOut.model_construct(amount=price.amount, currency=price.currency)


def _way(option: Option, locale: Locale) -> JsonObject:
    """The fields of WayOut."""
    co2e = option.emissions
    return {
        "legs": [_leg(leg) for leg in option.legs],
        "gateway": option.gateway.airport,
        "latest_acceptance_at": option.latest_acceptance_at,
        "arrives_at": option.arrives_at,
        "delivered_at": option.delivered_at,
        "co2e": Co2eOut.model_construct(
            ttw_g=co2e.ttw_g,
            wtw_g=co2e.wtw_g,
            method=co2e.method.name,
            method_version=co2e.method.version,
            estimated=co2e.estimated,
        ),
        "slack_min": option.slack_min or 0,
        "conditions": [finding_of(one, locale) for one in option.conditions],
    }


def _leg(leg: OptionLeg) -> OptionLegOut:
    return OptionLegOut.model_construct(
        flight_id=leg.flight_id,
        flight_number=leg.flight_number,
        carrier=leg.carrier,
        mode=leg.mode,
        vehicle=leg.vehicle,
        origin=leg.origin,
        destination=leg.destination,
        departs_at=leg.departs_at,
        arrives_at=leg.arrives_at,
        synthetic=leg.synthetic,
    )


def _fell_out(one: FellOut, locale: Locale) -> FellOutOut:
    return FellOutOut.model_construct(
        legs=[_leg(leg) for leg in one.legs],
        reason=finding_of(one.reason, locale),
    )


def finding_of(one: Refusal | Condition, locale: Locale) -> FindingOut:
    return FindingOut.of(one.code, one.detail, one.fix, locale)
