"""What is to be carried, as far as it is known: the facts that decide which legs take it.

None is not known everywhere here. Handling codes are the three letters of Cargo-IMP (IATA code list
1.16), security statuses are four of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEAVY_G: Final = 150_000
"""From this weight on a piece is HEA (Cargo-IMP: heavy cargo, 150 kg and over per piece)."""
PALLET_MM: Final = (3_175, 2_438)
"""The largest pallet of all wide-bodied aircraft, 96 × 125 in: what is larger is BIG."""


class SecurityStatus(StrEnum):
    """SPX: secure for any aircraft. SCO: for freighters only. SHR: also by the rules for goods of
    high risk. NSC: not secured yet.
    """

    SPX = "SPX"
    SCO = "SCO"
    SHR = "SHR"
    NSC = "NSC"


@dataclass(frozen=True, slots=True)
class Size:
    """As it stands."""

    length_mm: int
    width_mm: int
    height_mm: int

    @property
    def footprint_mm(self) -> tuple[int, int]:
        """The longer side first."""
        return max(self.length_mm, self.width_mm), min(self.length_mm, self.width_mm)


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` equal pieces of `weight_g` each. `is_tiltable`: any side may be up."""

    weight_g: int
    count: int = 1
    size: Size | None = None
    is_stackable: bool = True
    is_tiltable: bool = False


@dataclass(frozen=True, slots=True)
class DangerousGood:
    """One entry of the shipper's declaration, such as UN3480 under packing instruction 965,
    section IB.

    `net_g_per_package`: batteries in the fullest package, without the equipment.
    `state_of_charge_pct`: of the fullest battery, in percent of its rated capacity.
    `has_cao_label`: packages are labelled "Cargo Aircraft Only".
    """

    un_number: str
    packing_instruction: str | None = None
    section: str | None = None
    net_g_per_package: int | None = None
    state_of_charge_pct: int | None = None
    has_cao_label: bool | None = None


@dataclass(frozen=True, slots=True)
class Consignment:
    """What one shipment consists of.

    `dangerous_goods`: empty: there are none. `documents`: those that are there, such as customs'
    release.
    """

    pieces: tuple[Piece, ...]
    hs_codes: frozenset[str] | None = None
    dangerous_goods: tuple[DangerousGood, ...] | None = ()
    handling_codes: frozenset[str] = frozenset()
    security_status: SecurityStatus | None = None
    documents: frozenset[str] = frozenset()

    @property
    def heaviest_g(self) -> int:
        return max((piece.weight_g for piece in self.pieces), default=0)

    @property
    def security(self) -> SecurityStatus | None:
        """As stated, or as a handling code says."""
        if self.security_status is not None:
            return self.security_status
        stated = [status for status in SecurityStatus if status.value in self.handling_codes]
        return stated[-1] if stated else None

    @property
    def all_handling_codes(self) -> frozenset[str]:
        """Those that were given, and those that follow from weight, size and labels; without the
        security status.
        """
        derived = set()
        if self.heaviest_g >= HEAVY_G:
            derived.add("HEA")
        if any(is_big(piece) for piece in self.pieces):
            derived.add("BIG")
        if any(good.has_cao_label for good in self.dangerous_goods or ()):
            derived.add("CAO")
        return (self.handling_codes | derived) - set(SecurityStatus)


def is_big(piece: Piece) -> bool:
    """It stands out over a pallet."""
    if piece.size is None:
        return False
    longer, shorter = piece.size.footprint_mm
    return longer > PALLET_MM[0] or shorter > PALLET_MM[1]


# -- what an order says of its lines ---------------------------------------------------------------

_ION: Final = DangerousGood("UN3480", "965")
_METAL: Final = DangerousGood("UN3090", "968")
_IN_EQUIPMENT: Final = DangerousGood("UN3481", "967")
# Driven by a lithium-ion battery: a vehicle, and no equipment, since the edition of 2025 of the UN
# Model Regulations.
_VEHICLE: Final = DangerousGood("UN3556")

# HS 2022: 8507 accumulators (8507.60 of lithium ion, power banks among them), 8506 primary cells
# (8506.50 of lithium), 8711.60 electric cycles and scooters.
_LOOSE: Final = (("8507", _ION), ("8506", _METAL), ("871160", _VEHICLE))
# By their very name these are batteries, whatever the flag of the product says.
_ALWAYS_LITHIUM: Final = ("850760", "850650")


def dangerous_good_of(hs_code: str, *, battery: bool) -> DangerousGood | None:
    """What one line of an order is declared as; None: nothing of it is dangerous.

    An order knows a flag and an HS code, and nothing of chemistry or watt-hours. So the strictest
    goods are taken that the line can be: any accumulator is lithium ion, any primary cell lithium
    metal, and the section of the packing instruction stays unknown.
    """
    if not battery and not hs_code.startswith(_ALWAYS_LITHIUM):
        return None
    for prefix, good in _LOOSE:
        if hs_code.startswith(prefix):
            return good
    return _IN_EQUIPMENT
