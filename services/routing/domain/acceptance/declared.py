"""What the lines of an order are declared as: all that an order says of dangerous goods.

An order knows an HS code and a flag for batteries, and nothing of chemistry or watt-hours. So each
line is taken for the strictest goods that it can be: any accumulator is lithium ion, any primary
cell lithium metal, and the section of the packing instruction stays unknown.
"""

from collections.abc import Iterable
from typing import Final

from services.routing.domain.acceptance.goods import DangerousGood

_ION: Final = DangerousGood("UN3480", "965")
_METAL: Final = DangerousGood("UN3090", "968")
_IN_EQUIPMENT: Final = DangerousGood("UN3481", "967")
# Since the edition of 2025 of the UN Model Regulations, whatever carries people or goods by a
# lithium-ion battery is a vehicle, and no equipment.
_VEHICLE: Final = DangerousGood("UN3556")

# HS 2022: 8507 accumulators, 8506 primary cells, 8711.60 electric cycles and scooters.
_BY_HS_CODE: Final = (("8507", _ION), ("8506", _METAL), ("871160", _VEHICLE))
# Accumulators of lithium ion (power banks among them) and primary cells of lithium: batteries by
# their very name, whatever the flag says.
_ALWAYS_BATTERIES: Final = ("850760", "850650")


def dangerous_goods_of(lines: Iterable[tuple[str, bool]]) -> tuple[DangerousGood, ...]:
    """Each entry once, of lines as (HS code, has a battery). A battery whose HS code is not known
    may be a loose one.
    """
    found = (_dangerous_good_of(hs_code, battery=battery) for hs_code, battery in lines)
    return tuple(dict.fromkeys(good for good in found if good is not None))


def _dangerous_good_of(hs_code: str, *, battery: bool) -> DangerousGood | None:
    if not battery and not hs_code.startswith(_ALWAYS_BATTERIES):
        return None
    if not hs_code:
        return _ION
    for prefix, good in _BY_HS_CODE:
        if hs_code.startswith(prefix):
            return good
    return _IN_EQUIPMENT
