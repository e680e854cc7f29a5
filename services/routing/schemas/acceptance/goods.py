"""What is to be carried, as REST clients declare it."""

from typing import Annotated, Final

from pydantic import BaseModel, Field, StringConstraints

from services.routing.domain.acceptance.declared import dangerous_goods_of
from services.routing.domain.acceptance.goods import (
    CUSTOMS_RELEASE,
    Consignment,
    DangerousGood,
    DeclaredGoods,
    Piece,
    SecurityStatus,
    Size,
    VolumeNotKnown,
)
from shared.documents.fields import Body, TrueOrFalse, WholeNumber

PIECES_MAX: Final = 100
Millimetres = Annotated[WholeNumber, Field(ge=1, le=100_000)]
Grams = Annotated[WholeNumber, Field(ge=1, le=1_000_000_000)]
HsCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{2}){0,2}$")]
HandlingCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class SizeIn(Body):
    """As it stands."""

    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres


class PieceIn(Body):
    weight_g: Grams = Field(description="Of one piece.")
    count: Annotated[WholeNumber, Field(ge=1, le=10_000)] = 1
    size: SizeIn | None = None
    stackable: TrueOrFalse = True
    tiltable: TrueOrFalse = Field(default=False, description="Any side may be up.")

    def to_domain(self) -> Piece:
        size = self.size
        return Piece(
            weight_g=self.weight_g,
            count=self.count,
            size=Size(size.length_mm, size.width_mm, size.height_mm) if size else None,
            is_stackable=self.stackable,
            is_tiltable=self.tiltable,
        )


class DangerousGoodIn(Body):
    """An entry of the shipper's declaration. What is left out is not known."""

    un_number: Annotated[str, StringConstraints(pattern=r"^UN[0-9]{4}$")] = Field(
        examples=["UN3481"]
    )
    packing_instruction: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2,5}$")] | None = (
        Field(default=None, description="Of the IATA DGR.", examples=["967"])
    )
    section: Annotated[str, StringConstraints(pattern=r"^I{1,3}[AB]?$")] | None = Field(
        default=None, examples=["II"]
    )
    net_g_per_package: Grams | None = Field(
        default=None, description="Batteries in the fullest package, without the equipment."
    )
    state_of_charge_pct: Annotated[WholeNumber, Field(ge=0, le=100)] | None = Field(
        default=None, description="Of the fullest battery, in percent of its rated capacity."
    )
    cao_label: TrueOrFalse | None = Field(
        default=None, description="Packages are labelled Cargo Aircraft Only."
    )

    def to_domain(self) -> DangerousGood:
        return DangerousGood(
            un_number=self.un_number,
            packing_instruction=self.packing_instruction,
            section=self.section,
            net_g_per_package=self.net_g_per_package,
            state_of_charge_pct=self.state_of_charge_pct,
            has_cao_label=self.cao_label,
        )


class GoodsIn(Body):
    """One consignment. Dangerous goods are declared in `dangerous_goods` (none: `[]`), or else as
    an order does, by `battery` and HS codes; without both they are not known.
    """

    pieces: list[PieceIn] = Field(min_length=1, max_length=PIECES_MAX)
    volume_cm3: Annotated[WholeNumber, Field(ge=1, le=10**12)] | None = Field(
        default=None,
        description="Of all pieces; may be left out if all sizes are given. The larger one counts.",
    )
    hs_codes: list[HsCode] = Field(default=[], max_length=PIECES_MAX)
    battery: TrueOrFalse | None = None
    dangerous_goods: list[DangerousGoodIn] | None = Field(default=None, max_length=20)
    handling_codes: list[HandlingCode] = Field(
        default=[], max_length=9, description="Of Cargo-IMP.", examples=[["ELI"]]
    )
    security_status: SecurityStatus | None = Field(
        default=None,
        description="Left out: not known yet, to be had before the goods are handed over.",
    )
    customs_released: TrueOrFalse | None = None

    def to_domain(self, at: str) -> DeclaredGoods:
        """`at`: the JSON Pointer of this object. Raises VolumeNotKnown."""
        pieces = tuple(piece.to_domain() for piece in self.pieces)
        consignment = Consignment(
            pieces=pieces,
            hs_codes=frozenset(self.hs_codes) or None,
            dangerous_goods=self._dangerous_goods(),
            handling_codes=frozenset(self.handling_codes),
            security_status=self.security_status,
            documents=frozenset({CUSTOMS_RELEASE} if self.customs_released else ()),
        )
        volumes = [v for v in (self.volume_cm3, consignment.volume_cm3) if v is not None]
        if not volumes:
            raise VolumeNotKnown(pointer=f"{at}/volume_cm3")
        return DeclaredGoods(consignment, volume_cm3=max(volumes))

    def _dangerous_goods(self) -> tuple[DangerousGood, ...] | None:
        if self.dangerous_goods is not None:
            return tuple(good.to_domain() for good in self.dangerous_goods)
        if self.battery is None:
            return None
        return dangerous_goods_of((code, self.battery) for code in self.hs_codes or [""])


class DangerousGoodOut(BaseModel):
    """An entry of the shipper's declaration; null is not known."""

    un_number: str = Field(examples=["UN3481"])
    packing_instruction: str | None = Field(description="Of the IATA DGR.", examples=["967"])
    section: str | None = Field(description="Of the packing instruction.")

    @classmethod
    def of(cls, good: DangerousGood) -> "DangerousGoodOut":
        return cls.model_construct(
            un_number=good.un_number,
            packing_instruction=good.packing_instruction,
            section=good.section,
        )
