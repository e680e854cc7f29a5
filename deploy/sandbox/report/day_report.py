"""The report of a day, as `report.json` holds it. Counts are by name, the largest first."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from deploy.sandbox.day.faults import Killed
from deploy.sandbox.day.outage import PortOutage
from deploy.sandbox.ledgers.checks import LedgerCheck
from deploy.sandbox.report.promises import PromiseLine
from deploy.sandbox.report.refusals import RefusalShown

Counts = Mapping[str, int]
Amounts = Mapping[str, str]  # decimal text by market, belt or currency


@dataclass(frozen=True)
class SliceCounts:
    """What became of the file of orders. `buckets` hold every invoice once."""

    file: str
    invoices: int
    rows: int
    buckets: Counts
    refused: Counts
    cancellations_refused: Counts
    dropped: Counts


@dataclass(frozen=True)
class OrderCounts:
    accepted: int
    by_state: Counts
    by_market: Counts
    by_store: Counts
    back_ordered_at_first: int
    rebooked: int


@dataclass(frozen=True)
class DeclarationCounts:
    by_state: Counts
    by_channel: Counts


@dataclass(frozen=True)
class FirstPass:
    """`decided`: lists that customs said anything to; `accepted`: that it took as they first came;
    `returns`: how often, by customs' reason."""

    decided: int
    accepted: int
    returns: Counts

    @property
    def share(self) -> float | None:
        return self.accepted / self.decided if self.decided else None


@dataclass(frozen=True)
class DeskCounts:
    """By order number, what became of the declaration. `repaired`: declared again after customs
    returned it; `taken_back`: cancelled at customs."""

    repaired: Mapping[str, str]
    taken_back: Mapping[str, str]


@dataclass(frozen=True)
class EvidenceHead:
    """The newest block of customs' evidence, to be noted outside of the park."""

    number: int
    hash: str


@dataclass(frozen=True)
class FlightCounts:
    """Flights with goods aboard; shipments and tonnes are those that left the park."""

    from_the_park: int
    onward: int
    shipments: int
    tonnes: float
    tonnes_by_destination: Mapping[str, float]


@dataclass(frozen=True)
class TradeSums:
    by_currency: Amounts
    by_market: Amounts
    by_belt: Amounts


@dataclass(frozen=True)
class PhaseTimes:
    """How long a phase took, in business seconds. Real seconds only for what the park does by
    itself, without waiting for anybody."""

    name: str
    orders: int
    p50_s: int = 0
    p95_s: int = 0
    real_p50_s: float | None = None
    real_p95_s: float | None = None


@dataclass(frozen=True)
class WebhookCounts:
    delivered: int
    retries: int
    failed_on_purpose: int
    slow_on_purpose: int
    by_type: Counts


@dataclass(frozen=True)
class KafkaCounts:
    """`duplicates`: records that repeat an event."""

    records: int
    events: int
    duplicates: int


@dataclass(frozen=True)
class ReasonGroup:
    """Orders that ended in `state` for much the same reason."""

    state: str
    orders: int
    example: str


@dataclass(frozen=True)
class DayFigures:
    """What the services say about this run."""

    orders: OrderCounts
    declarations: DeclarationCounts
    first_pass: FirstPass
    lanes: Counts
    flights: FlightCounts
    trade: TradeSums
    phases: tuple[PhaseTimes, ...]
    webhooks: WebhookCounts
    kafka: KafkaCounts
    reasons: tuple[ReasonGroup, ...]


@dataclass(frozen=True)
class WorldCounts:
    """What the simulated parties did."""

    receipts_sent: Counts
    receipts_unmatched: int
    messages_unreadable: tuple[str, ...]
    flight_reports: Counts
    flight_reports_refused: Counts
    screened: Counts
    screened_twice: int
    screenings_refused: int


@dataclass(frozen=True)
class ClerkCounts:
    """A factory's spreadsheet. `findings` of the dry run by code; `written_again`: by the whole
    sheet, sent once more after it was corrected.
    """

    rows: int
    findings: Counts
    failed_at_first: int
    written: int
    corrected: int
    written_again: int
    took_s: float
    timeline: str = ""


@dataclass(frozen=True)
class SkippedTime:
    """Business time that nobody waited for, because nothing would have happened in it."""

    hours: float = 0.0
    moves: int = 0


@dataclass(frozen=True)
class RequestCounts:
    """`answers` by status; `resent` by the reason for sending a request again."""

    answers: Counts
    resent: Counts


@dataclass(frozen=True)
class DayReport:
    """`seconds`: real time by stage; `unfinished`: what was still going on when the day was given
    up; `examples`: an order id by status."""

    title: str
    finished_at: str
    business_time: str
    rate: float
    run: str
    seconds: Mapping[str, float]
    skipped: SkippedTime
    unfinished: str
    slice: SliceCounts
    figures: DayFigures
    world: WorldCounts
    examples: Mapping[str, str]
    requests: RequestCounts
    checks: tuple[LedgerCheck, ...]
    faults: tuple[Killed, ...] = field(default=())
    clerk: ClerkCounts | None = None
    outage: PortOutage | None = None
    evidence: EvidenceHead | None = None
    desk: DeskCounts | None = None
    promises: tuple[PromiseLine, ...] = ()
    refusal: RefusalShown | None = None

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> str:
        fields = asdict(self)
        figures = fields.pop("figures")
        return json.dumps({"ok": self.ok} | fields | figures, indent=1, ensure_ascii=False) + "\n"
