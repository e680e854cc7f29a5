"""Loads the files that prices are made of: nothing to do while they are the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from services.routing.clients.rate_files import read_rates
from services.routing.domain.rates.contract import RateContract
from services.routing.repository.rates import book, contracts
from shared.db import UnitOfWork
from shared.kernel.ids import new_id


async def load_rates(uow: UnitOfWork, *, folder: Path) -> bool:
    """True if anything changed. Contracts that an operator has changed stay as they are. Raises
    RateFileWrong.
    """
    files = read_rates(folder)
    if (await book.get_state(uow)).files_digest == files.digest:
        return False
    if (await book.lock_state(uow)).files_digest == files.digest:
        return False
    current = {one.id: one for one in await contracts.list_contracts(uow)}
    by_hand = await contracts.list_changed_by_hand(uow)
    ours = [one for one in files.contracts if one.id not in by_hand]
    await contracts.add_versions(uow, list(_new_versions(ours, current)), is_from_files=True)
    await book.upsert(uow, files.exchange_rates)
    await book.upsert(uow, files.last_mile)
    await book.upsert(uow, files.margins)
    await book.set_files_digest(uow, files.digest)
    await book.set_version(uow, new_id("rtv"))
    return True


def _new_versions(
    given: Sequence[RateContract], current: Mapping[str, RateContract]
) -> Iterator[RateContract]:
    for one in given:
        present = current.get(one.id)
        if present is None:
            yield one
        elif replace(one, version=present.version) != present:
            yield replace(one, version=present.version + 1)
