"""The enterprises of a park and of its merchants, as customs has them."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

from services.customs.domain.messages.parties import Party, PartyRole
from services.customs.domain.messages.values import CHINA
from services.customs.domain.registrations.errors import RegistrationExists
from services.customs.domain.registrations.registration import seeded
from services.customs.settings import Settings
from services.customs.use_cases.registrations import change_registration, register_enterprise
from services.customs.worker import park_enterprises
from shared.db import Database
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock


class RegisteredWorld:
    db: Database
    clock: ManualClock
    settings: Settings

    async def register_park(self) -> None:
        """The enterprises of the settings, unless another test has done so."""
        day = self.clock.now().astimezone(CHINA).date()
        for enterprise in park_enterprises(self.settings, as_of=day):
            stated = replace(enterprise, valid_from=date(2026, 1, 1))
            with suppress(RegistrationExists):
                async with self.db.transaction(PARK) as uow:
                    await register_enterprise(uow, stated=stated, now=self.clock.now())

    async def register(
        self,
        merchant_id: str,
        party: Party,
        *,
        districts: tuple[str, ...] | None = None,
        replaces: str | None = None,
    ) -> str:
        """A firm of the merchant's own, or another version of it. Returns the id."""
        now = self.clock.now()
        made_up = seeded(party, [PartyRole.FIRM], dxp_id=None, as_of=now.date(), is_made_up=True)
        stated = replace(made_up, districts=districts)
        async with self.db.transaction(merchant_id) as uow:
            if replaces is None:
                return (await register_enterprise(uow, stated=stated, now=now)).id
            made = await change_registration(
                uow,
                registration_id=replaces,
                stated=stated,
                check=lambda *_, **__: None,
                now=now,
            )
            return made.id
