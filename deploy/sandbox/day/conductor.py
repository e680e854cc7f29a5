"""Conducts one business day: seed, stock, orders, and the wait until every order has ended. The
ledgers and the report come after it.
"""

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from deploy.sandbox.api_client import HttpPool
from deploy.sandbox.concurrency import beside
from deploy.sandbox.day.desk import Desk, DeskWork, marks
from deploy.sandbox.day.faults import Killed, kill
from deploy.sandbox.day.outage import PortOutage, survive_outage
from deploy.sandbox.day.time_lapse import TimeLapse
from deploy.sandbox.factory.clerk import ClerksWork, import_goods
from deploy.sandbox.ledgers.catalog_orders import END_STATES, CatalogOrder
from deploy.sandbox.marketplaces.countries import stores_by_country
from deploy.sandbox.marketplaces.goods import articles
from deploy.sandbox.marketplaces.plan import SlicePlan, plan
from deploy.sandbox.marketplaces.sending import Marketplaces, merchant_of
from deploy.sandbox.marketplaces.slices import read_slice
from deploy.sandbox.marketplaces.stock import StockedGoods, fill, restock
from deploy.sandbox.merchants.companies import EXPORTERS
from deploy.sandbox.park import SeededPark
from deploy.sandbox.partner.receiver import Partner
from deploy.sandbox.progress import ProgressLine
from deploy.sandbox.seed import seed
from deploy.sandbox.settings import DATA, SandboxSettings
from deploy.sandbox.world import OutsideWorld, turning
from shared.contracts.topics import PUBLIC_TOPICS
from shared.kafka.reading import Ends, end_offsets
from shared.kernel.clock import ClockFile, monotonic_s

_OUTAGE_AT: Final = 0.2  # of the day's orders
_KILL_AT: Final = 0.45
_RESTOCK_AT: Final = 0.7
_LOOK_EVERY_S: Final = 0.1
_ASK_EVERY_S: Final = 1.0
_QUIET_S: Final = 2.0  # really, without news, before the day is called over
_WAY: Final = (
    *("placed", "booked", "declared", "held", "released", "departed", "delivered"),
    *("backordered", "unroutable", "cancelled"),
)

ClerksTask = asyncio.Task[ClerksWork]


@dataclass
class Played:
    """What the report of a day is made from."""

    name: str
    park: SeededPark
    plan: SlicePlan
    partner: Partner
    markets: Marketplaces
    world: OutsideWorld
    since: Ends
    begun_at: datetime  # business time
    lapse: TimeLapse | None
    killed: list[Killed] = field(default_factory=list)
    outage: PortOutage | None = None
    desk: DeskWork = field(default_factory=DeskWork)
    clerk: ClerksWork | None = None
    unfinished: str = ""
    took_s: dict[str, float] = field(default_factory=dict)


class Day:
    """One run. `name` marks its orders; business time never goes back, so no two runs share it."""

    def __init__(self, settings: SandboxSettings, pool: HttpPool) -> None:
        self._settings, self._pool = settings, pool
        self._clock = settings.clock
        self._begun_at = self._clock.now()
        self.name = f"{self._begun_at:%y%m%d%H%M%S}"
        self._deadline_s = monotonic_s() + settings.patience_s
        self._lap_s = monotonic_s()
        self._took_s: dict[str, float] = {}

    async def play(self, partner: Partner) -> Played:
        """Raises SliceNotReadable, RequestFailed or StockRefused."""
        rows = await asyncio.to_thread(read_slice, self._settings.orders)
        planned = plan(rows, stores_by_country(DATA / "marketplaces.csv"))
        park = await seed(self._settings, self._pool)
        async with beside(self._keep_clerk_busy(park)) as clerk:
            return await self._play(partner, planned, park, clerk)

    async def _keep_clerk_busy(self, park: SeededPark) -> ClerksWork:
        """Beside the filling of stock. In the day of orders no processor is idle: there each of its
        imports would wait for half a minute until its process has been started.
        """
        maker = next(id_ for id_ in park.merchant_ids[EXPORTERS:] if park.belts[id_] == "wigs")
        return await import_goods(park.client("catalog"), maker, self.name)

    async def _play(
        self,
        partner: Partner,
        planned: SlicePlan,
        park: SeededPark,
        clerk: ClerksTask,
    ) -> Played:
        wanted = [(merchant_of(self._settings.seed, o.invoice), o) for o in planned.orders]
        stocked = await fill(park, articles(wanted), self.name)
        await partner.subscribe(park.client("webhooks", "partner"), self.name)
        with ProgressLine("spreadsheet") as progress:
            imported = await clerk
            progress.show(f"{len(imported.goods)} rows: {imported.timeline}")
        world = OutsideWorld(park, self.name)
        played = Played(
            name=self.name,
            park=park,
            plan=planned,
            partner=partner,
            markets=Marketplaces(park, planned, self.name, marks(planned)),
            world=world,
            lapse=self._lapse(world, partner),
            # Events from here on must reach the partner; what is older may.
            since=await end_offsets(self._settings.kafka, PUBLIC_TOPICS),
            begun_at=self._begun_at,
            clerk=imported,
            took_s=self._took_s,
        )
        self._lap("set-up")
        async with turning(played.world):
            await self._trade(played, stocked)
            self._lap("day of orders")
            try:
                await self._until_all_ended(played)
            finally:
                if played.lapse is not None:
                    played.lapse.end()
        self._lap("ways to the end")
        return played

    def _lapse(self, world: OutsideWorld, partner: Partner) -> TimeLapse | None:
        """None if the clock is not ours to move; the waiting then takes its full time."""
        clock = self._clock
        return TimeLapse(clock, world, partner.ledger) if isinstance(clock, ClockFile) else None

    def _lap(self, name: str) -> None:
        now_s = monotonic_s()
        self._took_s[name] = round(now_s - self._lap_s, 1)
        self._lap_s = now_s

    async def _trade(self, played: Played, stocked: StockedGoods) -> None:
        """The day of orders, with what else happens in it."""
        begun: set[str] = set()
        desk = Desk(played.park, played.markets, played.plan.orders)
        played.desk = desk.work

        async with asyncio.TaskGroup() as group:
            group.create_task(desk.run())
            with ProgressLine("day of orders") as progress:

                async def kill_parts() -> None:
                    run, parts = self._settings.run, self._settings.kill
                    played.killed = await kill(run, parts, progress.note)

                async def shut_port() -> None:
                    office = played.world.office
                    played.outage = await survive_outage(office, self._clock, progress.note)

                def on_tick(share: float) -> None:
                    if share >= _OUTAGE_AT and "outage" not in begun:
                        begun.add("outage")
                        group.create_task(shut_port())
                    if share >= _KILL_AT and self._settings.kill and "kill" not in begun:
                        begun.add("kill")
                        group.create_task(kill_parts())
                    if share >= _RESTOCK_AT and "restock" not in begun:
                        begun.add("restock")
                        group.create_task(restock(played.park, stocked.late, self.name))
                    steps = len(played.plan.steps)
                    progress.show(
                        self._news(played, f"{played.markets.outcome.done:,} of {steps:,}")
                    )

                await played.markets.play(on_tick)
                desk.close()

    def _news(self, played: Played, done: str) -> str:
        counts = Counter(played.partner.ledger.status.values())
        states = " · ".join(f"{name} {counts[name]:,}" for name in _WAY if counts[name])
        return f"{self._clock.now():%a %H:%M}  {done} handed over · {states}"

    async def _until_all_ended(self, played: Played) -> None:
        with ProgressLine("ways to the end") as progress:
            while True:
                progress.show(self._news(played, f"{len(played.markets.outcome.accepted):,}"))
                played.unfinished = await self._unfinished(played)
                if not played.unfinished:
                    return
                if monotonic_s() > self._deadline_s:
                    progress.note(f"given up after {self._settings.patience_s:.0f} s")
                    return
                await self._pass_time(played)

    async def _pass_time(self, played: Played) -> None:
        ask_s = monotonic_s() + _ASK_EVERY_S
        while monotonic_s() < ask_s:
            if played.lapse is not None:
                played.lapse.look()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _unfinished(self, played: Played) -> str:
        """What still goes on; the cheap questions first."""
        quiet_s = monotonic_s() - played.partner.ledger.last_news_s
        if quiet_s < _QUIET_S:
            return "news is coming in"
        if busy := played.world.busy:
            return busy
        park = played.park
        orders = await newest_orders(park, played.markets.outcome.accepted)
        under_way = Counter(o.status for o in orders if o.status not in END_STATES)
        if under_way:
            return ", ".join(f"{count} orders {status}" for status, count in under_way.items())
        hooks = park.client("webhooks", "partner")
        pending = await played.partner.pending(hooks)
        return f"{pending} webhooks" if pending else ""


async def newest_orders(park: SeededPark, accepted: Collection[str]) -> list[CatalogOrder]:
    """From the newest back to the first of this run: ids grow with time."""
    first = min(accepted, default="")
    found = []
    async for shown in park.client("catalog").pages("/v1/orders"):
        if shown["id"] < first:
            break
        found.append(CatalogOrder.of(shown))
    return found
