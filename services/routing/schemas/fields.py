"""Types of fields that several areas use."""

from typing import Literal

from pydantic import BaseModel, Field

Mode = Literal["air", "road"]
Product = Literal["general", "express"]


class MoneyOut(BaseModel):
    amount: str = Field(examples=["1035.05"])
    currency: str = Field(examples=["CNY"])
