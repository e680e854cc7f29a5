"""Where an inquiry may lead to."""

import pytest

from services.routing.domain.acceptance.goods import Consignment, DeclaredGoods, Piece
from services.routing.domain.itineraries.inquiry import DestinationIsOrigin, Inquiry, wish_of
from tests.support.routing import NOW
from tests.support.search_basis import a_basis


def test_nobody_ships_to_where_the_goods_are() -> None:
    goods = DeclaredGoods(Consignment(pieces=(Piece(1_000),)), volume_cm3=6_000)
    inquiry = Inquiry(goods, NOW, "general", airport="EHU")

    with pytest.raises(DestinationIsOrigin):
        wish_of(a_basis(), inquiry, origin="EHU", now=NOW)
