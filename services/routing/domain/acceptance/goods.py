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


CUSTOMS_RELEASE: Final = "customs_release"
"""The document that says that customs lets the goods go."""


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

    `hs_codes`: empty: not known, either. `dangerous_goods`: empty: there are none. `documents`:
    those that are there, such as customs' release.
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
