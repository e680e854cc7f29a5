"""Dangerous goods of a shipment as the database keeps them: a JSON document for each."""

from collections.abc import Iterable
from dataclasses import asdict

from services.routing.domain.acceptance.goods import DangerousGood
from shared.kernel.json import JsonObject


def to_documents(goods: Iterable[DangerousGood] | None) -> list[JsonObject] | None:
    return None if goods is None else [asdict(good) for good in goods]


def from_documents(documents: Iterable[JsonObject] | None) -> tuple[DangerousGood, ...] | None:
    return None if documents is None else tuple(DangerousGood(**found) for found in documents)
