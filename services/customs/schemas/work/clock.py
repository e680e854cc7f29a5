"""The clocks of a declaration as REST clients see them."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.declarations.clocks import ALARM_OF_LEVEL, Alarm, Clock
from services.customs.queries.work.clocks import ClockView


class ClockOut(BaseModel):
    """How long the present stretch may take. The targets are the park's."""

    clock: Clock = Field(
        description="sending: complete → sent; entry: sent → 120; release: 120 → 800 without"
        " inspections; inspection: 500 → its end; loading: 800 → the flight has left;"
        " clearance: the goods are at the site, the list at the port → 800 without inspections;"
        " reporting: the flight has left → CEB509 has left."
    )
    since: datetime = Field(description="When it began, later by what it stood still.")
    target_s: int | None = Field(description="How long it may run; null: no target is set.")
    warn_at: datetime | None = Field(description="When 70 % of the target has passed.")
    due_at: datetime | None = Field(description="When all of it has passed.")
    alarm: Alarm = Field(description="warned: 70 % of the time has passed; overrun: all of it.")

    @classmethod
    def of(cls, view: ClockView) -> "ClockOut":
        target = view.breach_at - view.since if view.breach_at else None
        return cls(
            clock=view.clock,
            since=view.since,
            target_s=round(target.total_seconds()) if target else None,
            warn_at=view.warn_at,
            due_at=view.breach_at,
            alarm=ALARM_OF_LEVEL[view.alarm_level],
        )
