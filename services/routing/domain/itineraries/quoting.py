"""What an option costs, line by line: by the contracts that the search has priced it by."""

from datetime import date

from services.routing.domain.itineraries.options import Option
from services.routing.domain.itineraries.request import Request
from services.routing.domain.rates.quote import (
    Carriage,
    Cost,
    Door,
    Itinerary,
    QuotedEmissions,
    QuotedLeg,
    cost_of,
)


def cost_of_option(request: Request, option: Option) -> Cost:
    """Its total is `option.cost_minor`."""
    timetable, wish = request.basis.timetable, request.wish
    carriages = [
        Carriage(
            timetable.classes.all[int(timetable.class_of[place])].key(wish.product),
            date.fromordinal(int(request.departs_on[place])),
        )
        for place in option.carriages
    ]
    to = wish.destination
    door = None
    if to.country is not None:
        door = Door(option.gateway.airport, to.country, to.postal_code)
    return cost_of(request.basis.rates, carriages, door, request.weight, asked_on=request.asked_on)


def itinerary_of(option: Option) -> Itinerary:
    emissions = option.emissions
    return Itinerary(
        legs=tuple(
            QuotedLeg(
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
            for leg in option.legs
        ),
        accepted_until=option.legs[0].latest_acceptance_at,
        delivered_at=option.delivered_at,
        emissions=QuotedEmissions(
            wtw_g=emissions.wtw_g,
            ttw_g=emissions.ttw_g,
            method=emissions.method.name,
            method_version=emissions.method.version,
        ),
    )
