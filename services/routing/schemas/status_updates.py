"""Status updates of airlines and handlers, as they come in."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.routing.domain.status_updates.status_update import StatusUpdate
from shared.documents.fields import Body, Day, DocumentedAs, PastInstant
from shared.kernel.json import JsonObject

BATCH_MAX: Final = 500


class StatusUpdateIn(Body):
    """A Cargo-IMP FSU status about one subject: `flight_id`, `flight_number` with `departs_on`,
    `house_waybill` or `master_waybill`. DEP and ARR are about flights.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3,4}$")] = Field(examples=["DEP"])
    airport: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(examples=["EHU"])
    occurred_at: PastInstant = Field(examples=["2026-11-22T22:41:00Z"])
    flight_id: Annotated[str, StringConstraints(pattern=r"^flt_[0-9a-f]{32}$")] | None = None
    flight_number: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3,8}$")] | None = Field(
        default=None, examples=["EH1640"]
    )
    departs_on: Day | None = Field(
        default=None,
        description="With `flight_number`: the local day of departure at the origin. If several"
        " legs of a through flight leave on that day, `airport` decides.",
        examples=["2026-11-23"],
    )
    house_waybill: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,32}$")] | None = None
    master_waybill: Annotated[str, StringConstraints(pattern=r"^[0-9-]{11,12}$")] | None = None

    def to_domain(self) -> StatusUpdate:
        return StatusUpdate(
            code=self.code,
            airport=self.airport,
            occurred_at=self.occurred_at,
            flight_id=self.flight_id,
            flight_number=self.flight_number,
            departs_on=self.departs_on,
            house_waybill=self.house_waybill,
            master_waybill=self.master_waybill,
        )


class StatusUpdatesIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(StatusUpdateIn)]] = Field(
        min_length=1, max_length=BATCH_MAX
    )
