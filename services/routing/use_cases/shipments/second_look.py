"""Shipments without an itinerary are looked at again when there is more to be had.

A walk passes all of them, the oldest first, so many at a time: however many there are, and however
often something changes, a run has a bounded cost and everyone's turn comes. It begins anew if
something has changed since it began. While nothing changes it stands still.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.routing.repository.shipments import rebooking, second_look
from services.routing.repository.shipments.second_look import Walk
from services.routing.repository.turn import take_turn
from services.routing.use_cases.shipments.booking import book_if_possible
from shared.db import UnitOfWork


async def next_shipments(uow: UnitOfWork, *, shipments_max: int) -> Sequence[str]:
    """Ids of those to look at now; none if nothing has changed since they were passed."""
    walk = await second_look.find_walk(uow)
    if walk is not None and walk.is_done and walk.offer == await second_look.get_offer(uow):
        return ()
    await take_turn(uow)
    if walk is None or walk.is_done:
        walk = Walk(await second_look.get_offer(uow), "", is_done=False)
        await second_look.save_walk(uow, walk)
    found = await second_look.list_next(uow, after_id=walk.after_id, rows_max=shipments_max)
    if not found:
        await second_look.save_walk(uow, replace(walk, is_done=True))
    return found


async def look_again(uow: UnitOfWork, shipment_ids: Sequence[str], *, now: datetime) -> int:
    """Books those that can be booked now; returns how many were looked at. The others stay what
    they are, and say why as before.
    """
    await take_turn(uow)
    unroutable = await rebooking.list_unroutable(uow, shipment_ids)
    await book_if_possible(uow, unroutable, now=now)
    return len(unroutable)


async def pass_by(uow: UnitOfWork, shipment_id: str) -> None:
    """The walk goes on after this one."""
    await take_turn(uow)
    walk = await second_look.find_walk(uow)
    if walk is not None and walk.after_id < shipment_id:
        await second_look.save_walk(uow, replace(walk, after_id=shipment_id))
