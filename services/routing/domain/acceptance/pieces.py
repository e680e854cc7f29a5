"""The verdict on the pieces of a consignment: door and heaviest piece of a vehicle."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.routing.domain.acceptance import texts
from services.routing.domain.acceptance.doors import Door, passes
from services.routing.domain.acceptance.goods import Piece, Size
from services.routing.domain.acceptance.verdict import (
    ALLOWED,
    Verdict,
    on_condition,
    refused,
    together,
)
from services.routing.domain.network.records import Vehicle
from shared.kernel.errors import Text

_VEHICLES_NAMED = 3
_MM_PER_CM = 10


def verdict_on_pieces(
    pieces: Iterable[Piece], code: str, vehicles: Mapping[str, Vehicle]
) -> Verdict:
    """`code`: the vehicle; one that `vehicles` does not have may have any door."""
    vehicle = vehicles.get(code)
    return together(*(_of_piece(piece, code, vehicle, vehicles) for piece in pieces))


def door_of(vehicle: Vehicle | None) -> Door | None:
    if vehicle is None or vehicle.door_width_cm is None or vehicle.door_height_cm is None:
        return None
    return Door(vehicle.door_width_cm, vehicle.door_height_cm)


def _of_piece(
    piece: Piece, code: str, vehicle: Vehicle | None, vehicles: Mapping[str, Vehicle]
) -> Verdict:
    door, kg_max = door_of(vehicle), vehicle.piece_kg_max if vehicle else None
    if kg_max is not None and piece.weight_g > kg_max * 1_000:
        fix, taking = _fix(piece, vehicles)
        return refused(
            texts.PIECE_WEIGHT,
            texts.PIECE_TOO_HEAVY,
            fix,
            kg=f"{piece.weight_g / 1_000:g}",
            vehicle=code,
            kg_max=kg_max,
            vehicles=taking,
        )
    if door is not None and piece.size is not None and not passes(piece, piece.size, door):
        return _does_not_pass(piece, piece.size, code, door, vehicles)
    if door is None or kg_max is None:
        return on_condition(
            texts.LIMITS_OPEN, texts.LIMITS_NOT_KNOWN, texts.ASK_CARRIER, vehicle=code
        )
    if piece.size is None:
        return on_condition(
            texts.SIZE_OPEN,
            texts.SIZE_NOT_KNOWN,
            texts.MEASURE,
            vehicle=code,
            width=door.width_cm,
            height=door.height_cm,
        )
    return ALLOWED


def _does_not_pass(
    piece: Piece, size: Size, code: str, door: Door, vehicles: Mapping[str, Vehicle]
) -> Verdict:
    fix: Text = texts.ALLOW_TILTING
    taking: tuple[str, ...] = ()
    if not passes(replace(piece, is_tiltable=True), size, door):
        fix, taking = _fix(piece, vehicles)
    return refused(
        texts.DOOR,
        texts.DOOR_TOO_SMALL,
        fix,
        size=_in_cm(size),
        vehicle=code,
        width=door.width_cm,
        height=door.height_cm,
        vehicles=taking,
    )


def _in_cm(size: Size) -> str:
    sides = (size.length_mm, size.width_mm, size.height_mm)
    return " × ".join(f"{side / _MM_PER_CM:g}" for side in sides)


def _fix(piece: Piece, vehicles: Mapping[str, Vehicle]) -> tuple[Text, tuple[str, ...]]:
    """With the vehicles that are known to take it, in the order of their codes."""
    taking = [code for code, vehicle in sorted(vehicles.items()) if _takes(vehicle, piece)]
    fix = texts.BOOK_VEHICLE if taking else texts.PACK_SMALLER
    return fix, tuple(taking[:_VEHICLES_NAMED])


def _takes(vehicle: Vehicle, piece: Piece) -> bool:
    door, kg_max = door_of(vehicle), vehicle.piece_kg_max
    if door is None or kg_max is None or piece.weight_g > kg_max * 1_000:
        return False
    return piece.size is None or passes(piece, piece.size, door)
