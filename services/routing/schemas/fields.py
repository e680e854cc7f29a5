"""Types of fields that several areas use."""

from typing import Literal

Mode = Literal["air", "road"]
Product = Literal["general", "express"]
