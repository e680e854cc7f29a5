"""Dividing goods into parts for which there is room, when there is none for all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from services.routing.domain.acceptance.goods import Piece
from services.routing.domain.itineraries.choosing import earliest_way
from services.routing.domain.itineraries.options import query_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.search import find_front
from services.routing.domain.itineraries.wish import Wish

PARTS_MAX: Final = 100
"""More parts than that are no help."""


@dataclass(frozen=True, slots=True)
class Split:
    """`request`: that of the heaviest part. `parts`: how many the goods become."""

    request: Request
    parts: int


def split(request: Request, *, has_whole_pieces: bool) -> Split | None:
    """The largest part that has a way now; None: there is none, or it is too small.

    `has_whole_pieces`: pieces stay as they are, and a part consists of some of them. Otherwise the
    goods can be packed anew, into parcels no heavier than before.
    """
    most_g = largest_part_g(request)
    if most_g is None:
        return None
    wish = request.wish
    if has_whole_pieces:
        packed = packed_into(wish.goods.pieces, most_g)
        if not packed:
            return None
        pieces, parts = max(packed, key=_weight_g), len(packed)
        weight_g = min(_weight_g(pieces), most_g)
    else:
        weight_g, parts = most_g, -(-wish.weight_g // most_g)
        parcel_g = min(max(wish.goods.heaviest_g, 1), most_g)
        pieces = (Piece(parcel_g, count=-(-most_g // parcel_g), is_tiltable=True),)
    part = replace(_part(wish, weight_g), goods=replace(wish.goods, pieces=pieces))
    return Split(replace(request, wish=part, judged=None), parts)


def largest_part_g(request: Request) -> int | None:
    """The most weight of these goods, at their density, that has a way now; less than all of it.

    Whatever has room for more has room for less. So the answer is the room that is left on some
    carriage, and is found by halving the list of all such rooms.
    """
    wish = request.wish
    least_g = -(-wish.weight_g // PARTS_MAX)
    rooms = [room_g for room_g in _rooms_g(request) if least_g <= room_g < wish.weight_g]
    low, high = 0, len(rooms)
    while low < high:
        middle = (low + high) // 2
        part = _part(wish, rooms[middle])
        if _has_way(replace(request, wish=part, judged=request.judgement)):
            low = middle + 1
        else:
            high = middle
    return rooms[low - 1] if low else None


def packed_into(pieces: Iterable[Piece], most_g: int) -> list[tuple[Piece, ...]]:
    """The pieces in parts of at most `most_g`: each part takes the heaviest that still fits. Empty:
    a piece alone is heavier, or it takes too many parts.
    """
    left = sorted(pieces, key=lambda piece: -piece.weight_g)
    parts: list[tuple[Piece, ...]] = []
    while left:
        if left[0].weight_g > most_g or len(parts) == PARTS_MAX:
            return []
        part, left = _fill(left, most_g)
        parts.append(part)
    return parts


def _fill(pieces: Sequence[Piece], most_g: int) -> tuple[tuple[Piece, ...], list[Piece]]:
    part, rest = [], []
    for piece in pieces:
        count = min(piece.count, most_g // piece.weight_g) if piece.weight_g else piece.count
        most_g -= count * piece.weight_g
        if count:
            part.append(replace(piece, count=count))
        if count < piece.count:
            rest.append(replace(piece, count=piece.count - count))
    return tuple(part), rest


def _weight_g(pieces: Iterable[Piece]) -> int:
    return sum(piece.weight_g * piece.count for piece in pieces)


def _part(wish: Wish, weight_g: int) -> Wish:
    """So much of it: the volume in proportion, rounded up."""
    volume_cm3 = -(-weight_g * wish.volume_cm3 // wish.weight_g)
    return replace(wish, weight_g=weight_g, volume_cm3=volume_cm3)


def _rooms_g(request: Request) -> list[int]:
    """How much of the goods the carriages have room for, by weight or by volume, each once."""
    wish, timetable = request.wish, request.basis.timetable
    rooms = set(np.unique(timetable.left_g).tolist())
    if wish.volume_cm3:
        by_volume = np.unique(timetable.left_cm3).tolist()
        rooms.update(left_cm3 * wish.weight_g // wish.volume_cm3 for left_cm3 in by_volume)
    return sorted(rooms)


def _has_way(request: Request) -> bool:
    """Whether there is an option."""
    way = earliest_way(request, request.costs.usable)
    if way is None:
        return False
    legs = int(request.network.carriages.legs[list(way.carriages)].sum())
    if legs <= request.wish.legs_max:
        return True
    return bool(find_front(request.network, request.costs, query_of(request, 0)))
