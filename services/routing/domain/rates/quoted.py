"""A quote as the JSON document that it is kept as: with every line, so that it can be read years
later without the contracts it was made of.
"""

from typing import TypedDict

from services.routing.domain.network.records import Mode
from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.domain.rates.book import CarriageCost
from services.routing.domain.rates.contract import Due
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.quote import LastMileCost, Quote, QuotedLeg
from shared.kernel.instants import rfc3339


class LegDocument(TypedDict):
    flight_id: str
    flight_number: str
    carrier: str
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    departs_at: str
    arrives_at: str
    synthetic: bool


class FreightDocument(TypedDict):
    rate_class: str
    rate_micros_per_kg: int | None
    chargeable_g: int
    billed_g: int
    amount_minor: int


class SurchargeLineDocument(TypedDict):
    code: str
    basis: str
    value_micros: int
    quantity_g: int | None
    due: Due
    amount_minor: int


class ExchangeDocument(TypedDict):
    cny_per_unit_e8: int
    valid_from: str
    source: str


class CarriageDocument(TypedDict):
    carrier: str
    origin: str
    destination: str
    mode: Mode
    contract_id: str
    contract_version: int
    currency: str
    freight: FreightDocument
    surcharges: list[SurchargeLineDocument]
    total_minor: int
    exchange: ExchangeDocument | None
    cost_minor: int
    price_minor: int


class LastMileDocument(TypedDict):
    gateway: str
    country: str
    currency: str
    chargeable_g: int
    amount_minor: int
    exchange: ExchangeDocument | None
    cost_minor: int
    price_minor: int


class EmissionsDocument(TypedDict):
    wtw_g: int
    ttw_g: int
    method: str
    method_version: str


class QuoteDocument(TypedDict):
    product: str
    gross_weight_g: int
    volume_cm3: int
    handling_codes: list[str]
    legs: list[LegDocument]
    delivered_at: str
    emissions: EmissionsDocument
    carriages: list[CarriageDocument]
    last_mile: LastMileDocument | None
    margin_permille: int
    margin_flat_minor: int


def quote_document(quote: Quote) -> QuoteDocument:
    cost, goods, emissions = quote.cost, quote.goods, quote.itinerary.emissions
    prices = quote.price_parts_minor
    carriages = len(cost.carriages)
    return {
        "product": quote.product,
        "gross_weight_g": goods.gross_g,
        "volume_cm3": goods.volume_cm3,
        "handling_codes": sorted(goods.handling_codes),
        "legs": [_leg(leg) for leg in quote.itinerary.legs],
        "delivered_at": rfc3339(quote.itinerary.delivered_at),
        "emissions": {
            "wtw_g": emissions.wtw_g,
            "ttw_g": emissions.ttw_g,
            "method": emissions.method,
            "method_version": emissions.method_version,
        },
        "carriages": [
            _carriage(carriage, price)
            for carriage, price in zip(cost.carriages, prices[:carriages], strict=True)
        ],
        "last_mile": None if cost.last_mile is None else _last_mile(cost.last_mile, prices[-1]),
        "margin_permille": quote.margin.cost_permille,
        "margin_flat_minor": quote.margin.flat_minor,
    }


def _leg(leg: QuotedLeg) -> LegDocument:
    return {
        "flight_id": leg.flight_id,
        "flight_number": leg.flight_number,
        "carrier": leg.carrier,
        "mode": leg.mode,
        "vehicle": leg.vehicle,
        "origin": leg.origin,
        "destination": leg.destination,
        "departs_at": rfc3339(leg.departs_at),
        "arrives_at": rfc3339(leg.arrives_at),
        "synthetic": leg.synthetic,
    }


def _carriage(carriage: CarriageCost, price_minor: int) -> CarriageDocument:
    charge, key = carriage.charge, carriage.key
    freight = charge.freight
    return {
        "carrier": key.carrier,
        "origin": key.origin,
        "destination": key.destination,
        "mode": key.mode,
        "contract_id": charge.contract_id,
        "contract_version": charge.contract_version,
        "currency": charge.currency,
        "freight": {
            "rate_class": freight.rate_class.value,
            "rate_micros_per_kg": freight.rate_micros_per_kg,
            "chargeable_g": freight.chargeable_g,
            "billed_g": freight.billed_g,
            "amount_minor": freight.amount_minor,
        },
        "surcharges": [
            {
                "code": line.code,
                "basis": line.basis.value,
                "value_micros": line.value_micros,
                "quantity_g": line.quantity_g,
                "due": line.due,
                "amount_minor": line.amount_minor,
            }
            for line in charge.surcharges
        ],
        "total_minor": charge.total_minor,
        "exchange": _exchange(carriage.exchange),
        "cost_minor": carriage.cost_minor,
        "price_minor": price_minor,
    }


def _last_mile(last_mile: LastMileCost, price_minor: int) -> LastMileDocument:
    charge = last_mile.charge
    return {
        "gateway": last_mile.gateway,
        "country": charge.tariff.country,
        "currency": charge.tariff.currency,
        "chargeable_g": charge.chargeable_g,
        "amount_minor": charge.amount_minor,
        "exchange": _exchange(last_mile.exchange),
        "cost_minor": last_mile.cost_minor,
        "price_minor": price_minor,
    }


def _exchange(rate: ExchangeRate) -> ExchangeDocument | None:
    if rate.currency == PARK_CURRENCY:
        return None
    return {
        "cny_per_unit_e8": rate.cny_per_unit_e8,
        "valid_from": rate.valid_from.isoformat(),
        "source": rate.source,
    }
