"""Whether pieces pass the door of a vehicle."""

from dataclasses import dataclass
from typing import Final

from services.routing.domain.acceptance.goods import Piece, Size

_MM_PER_CM: Final = 10


@dataclass(frozen=True, slots=True)
class Door:
    width_cm: int
    height_cm: int


def passes(piece: Piece, size: Size, door: Door) -> bool:
    """In one of the positions that are allowed: turned about the vertical, and tilted if it may be.

    The way into the hold behind the door is not looked at: a piece that is longer than the hold is
    wide may pass here and still not be turned into place.
    """
    width_mm, height_mm = door.width_cm * _MM_PER_CM, door.height_cm * _MM_PER_CM
    if not piece.is_tiltable:
        return size.height_mm <= height_mm and size.footprint_mm[1] <= width_mm
    # It goes in along its longest side: the two shorter ones must fit into the door.
    shortest, middle, _ = sorted((size.length_mm, size.width_mm, size.height_mm))
    return (shortest <= width_mm and middle <= height_mm) or (
        middle <= width_mm and shortest <= height_mm
    )
