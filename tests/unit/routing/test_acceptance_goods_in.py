"""Goods as clients declare them: what is left out is not known, and what is said is kept."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.routing.domain.acceptance.goods import (
    DangerousGood,
    DeclaredGoods,
    Piece,
    SecurityStatus,
    Size,
    VolumeNotKnown,
)
from services.routing.schemas.acceptance.goods import GoodsIn

SIZE = {"length_mm": 400, "width_mm": 300, "height_mm": 200}
PIECE = {"weight_g": 5_000, "size": SIZE}


def read(**body: Any) -> DeclaredGoods:
    return GoodsIn.model_validate({"pieces": [PIECE]} | body).to_domain("/goods")


def test_all_that_is_declared_is_kept() -> None:
    goods = read(
        pieces=[{**PIECE, "count": 3, "stackable": False, "tiltable": True}],
        hs_codes=["880622"],
        dangerous_goods=[
            {
                "un_number": "UN3481",
                "packing_instruction": "967",
                "section": "II",
                "net_g_per_package": 900,
                "state_of_charge_pct": 30,
                "cao_label": False,
            }
        ],
        handling_codes=["ELI", "EAW"],
        security_status="SPX",
        customs_released=True,
    )

    consignment = goods.consignment
    assert consignment.pieces == (
        Piece(5_000, count=3, size=Size(400, 300, 200), is_stackable=False, is_tiltable=True),
    )
    assert consignment.hs_codes == frozenset({"880622"})
    assert consignment.dangerous_goods == (DangerousGood("UN3481", "967", "II", 900, 30, False),)
    assert consignment.handling_codes == {"ELI", "EAW"}
    assert consignment.security is SecurityStatus.SPX
    assert consignment.documents == {"customs_release"}
    assert goods.weight_g == 15_000


def test_what_is_left_out_is_not_known() -> None:
    consignment = read().consignment

    assert consignment.hs_codes is None
    assert consignment.dangerous_goods is None
    assert consignment.security is None
    assert consignment.documents == frozenset()
    (piece,) = consignment.pieces
    assert (piece.is_stackable, piece.is_tiltable) == (True, False)


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        ({"dangerous_goods": []}, ()),
        ({"battery": False}, ()),
        ({"battery": False, "hs_codes": ["950300"]}, ()),
        ({"battery": True, "hs_codes": ["950300"]}, (DangerousGood("UN3481", "967"),)),
        ({"battery": True, "hs_codes": ["850760"]}, (DangerousGood("UN3480", "965"),)),
        ({"battery": True}, (DangerousGood("UN3480", "965"),)),
        ({"battery": True, "dangerous_goods": []}, ()),
    ],
)
def test_dangerous_goods_are_declared_or_follow_from_battery_and_hs_codes(
    body: dict[str, Any], declared: tuple[DangerousGood, ...]
) -> None:
    assert read(**body).consignment.dangerous_goods == declared


def test_the_larger_of_two_volumes_counts_and_one_of_them_is_needed() -> None:
    assert read().volume_cm3 == 24_000
    assert read(volume_cm3=30_000).volume_cm3 == 30_000
    assert read(volume_cm3=20_000).volume_cm3 == 24_000
    assert read(pieces=[{"weight_g": 1}], volume_cm3=7).volume_cm3 == 7
    with pytest.raises(VolumeNotKnown) as refused:
        read(pieces=[PIECE, {"weight_g": 1}])
    assert refused.value.problems[0].pointer == "/goods/volume_cm3"


@pytest.mark.parametrize(
    "body",
    [
        {"pieces": []},
        {"pieces": [{"weight_g": 0}]},
        {"pieces": [{"weight_g": 1, "size": {"length_mm": 1, "width_mm": 1}}]},
        {"hs_codes": ["8507.60"]},
        {"handling_codes": ["eli"]},
        {"dangerous_goods": [{"un_number": "3481"}]},
        {"dangerous_goods": [{"un_number": "UN3481", "state_of_charge_pct": 101}]},
        {"security_status": "SCR"},
    ],
)
def test_what_cannot_be_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**body)
