"""Signing keys that customs found fault with, as operators see them."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.customs.domain.messages.signing.complaint import KeyComplaint


class KeyComplaintOut(BaseModel):
    """A key, and why it was stopped."""

    key_name: str = Field(description="The number of its certificate.", examples=["01691fe9"])
    reason: str = Field(description="Customs' code and words.")
    distrusted_at: datetime
    trusted_at: datetime | None = Field(description="An operator lets it sign again since then.")

    @classmethod
    def of(cls, complaint: KeyComplaint) -> "KeyComplaintOut":
        return cls.model_construct(**{n: getattr(complaint, n) for n in cls.model_fields})


class KeyComplaintsOut(BaseModel):
    items: list[KeyComplaintOut]
