"""What is to be carried, as far as it is known: the facts that decide which legs take it.

None is not known everywhere here. Handling codes are the three letters of Cargo-IMP (IATA code list
1.16), security statuses are four of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kernel.errors import Invalid, Text

HEAVY_G: Final = 150_000
"""From this weight on a piece is HEA (Cargo-IMP: heavy cargo, 150 kg and over per piece)."""
PALLET_MM: Final = (3_175, 2_438)
"""The largest pallet of all wide-bodied aircraft, 96 × 125 in: what is larger is BIG."""


CONTOUR_MM: Final = 3_000
"""The highest load of a main deck, 118 in."""
_MM3_PER_CM3: Final = 1_000

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
    def weight_g(self) -> int:
        return sum(piece.weight_g * piece.count for piece in self.pieces)

    @property
    def volume_cm3(self) -> int | None:
        """Room that the pieces take. Nothing stands on a piece that is not stackable: it takes the
        floor under it up to the highest contour. None: a size is not known.
        """
        total_mm3 = 0
        for piece in self.pieces:
            if piece.size is None:
                return None
            longer, shorter = piece.size.footprint_mm
            height_mm = piece.size.height_mm
            if not piece.is_stackable:
                height_mm = max(height_mm, CONTOUR_MM)
            total_mm3 += piece.count * longer * shorter * height_mm
        return -(-total_mm3 // _MM3_PER_CM3)

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


class VolumeNotKnown(Invalid):
    code = "routing.goods.volume_not_known"
    text = Text(
        "Neither the volume of the goods nor the size of each piece is known.",
        "既未提供货物体积，也未提供每件的尺寸。",
    )
    fix = Text("Send volume_cm3, or a size with each piece.", "请提供 volume_cm3 或每件的 size。")


@dataclass(frozen=True, slots=True)
class DeclaredGoods:
    """A consignment with the room that it takes."""

    consignment: Consignment
    volume_cm3: int

    @property
    def weight_g(self) -> int:
        return self.consignment.weight_g
