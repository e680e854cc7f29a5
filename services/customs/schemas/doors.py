"""Doors to the port, as operators see them."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.doors.breaker import Cause, DoorStatus
from services.customs.queries.doors import DoorView


class DoorOut(BaseModel):
    """A way by which messages leave, and whether it lets them pass."""

    name: str = Field(examples=["folder"])
    status: DoorStatus = Field(
        description="As of a circuit: closed lets messages pass; open does not; half_open: one"
        " message tries whether the port is back."
    )
    is_held: bool = Field(description="A person opened it, and only a person closes it.")
    cause: Cause | None = Field(
        description="Why it is not closed: deliveries, messages do not get through; answers, the"
        " port takes them, and answers `later` to nearly all; person."
    )
    failures: int = Field(description="To deliver, in a row.")
    transient_answers: int = Field(
        description="Of the last 20 answers to uploads, how many say that the port cannot do it"
        " now. 16 open the door.",
        examples=[0],
    )
    opened_at: datetime | None = Field(description="Since when nothing passes, real time.")
    probe_at: datetime | None = Field(
        description="When the next message tries, real time; while one does, until when it must be"
        " answered."
    )
    probe_guid: str | None = Field(description="The message that tried last since it opened.")
    last_error: str | None
    changed_at: datetime = Field(description="Since when it has this status, real time.")

    @classmethod
    def of(cls, door: DoorView) -> "DoorOut":
        return cls.model_construct(**{name: getattr(door, name) for name in cls.model_fields})


class DoorsOut(BaseModel):
    items: list[DoorOut]
