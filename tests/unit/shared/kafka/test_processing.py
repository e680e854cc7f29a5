"""A slice of a partition against a model: every event has its effect once, or is a dead letter."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import MalformedEvent
from shared.db import Database, UnitOfWork
from shared.db.errors import DatabaseBusy, DatabaseUnavailable
from shared.kafka import processing
from shared.kafka.events import Received, Undecoded
from shared.kafka.processing import (
    ATTEMPTS_MAX,
    FAILED_IN_A_ROW_MAX,
    Interrupted,
    Processor,
)
from shared.kafka.publisher import Publisher
from shared.kernel.errors import Conflict
from tests.kit.clock import ManualClock
from tests.support.slices import CrateMoved, Rig, a_record


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)


def quicken(patch: pytest.MonkeyPatch) -> None:
    async def pause(backoff: Any) -> None:
        await asyncio.sleep(0)
        if backoff._stop.is_set():
            raise Interrupted

    patch.setattr(processing, "_pause", pause)
    patch.setattr(processing, "PAUSED_S", 0.0)


BUSY = DatabaseBusy
AWAY = DatabaseUnavailable
OUTCOMES = ["good", "rejected", "invalid", "flaky", "hopeless", "busy", "away", "foreign"]


def faults_of(outcome: str) -> list[Exception]:
    faults: dict[str, list[Exception]] = {
        "rejected": [Conflict() for _ in range(9)],
        "flaky": [KeyError("slip"), KeyError("slip")],
        "hopeless": [KeyError("slip") for _ in range(99)],
        "busy": [BUSY(), BUSY()],
        "away": [AWAY(), AWAY(), AWAY()],
    }
    return faults.get(outcome, [])


@settings(max_examples=40)
@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=9), st.integers(0, 2))
async def test_every_event_has_its_effect_once_and_in_order_or_is_a_dead_letter(
    outcomes: list[str], letter_faults: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quicken(patch)
        rig = Rig(letter_faults=letter_faults)
        records = []
        for number, outcome in enumerate(outcomes):
            record = a_record(number)
            if outcome == "invalid":
                record.value = b'{"number": "x"}'
            elif outcome == "foreign":
                headers = dict(record.headers) | {"ce_type": b"test.crate.painted"}
                record.headers = list(headers.items())
            rig.faults[number] = faults_of(outcome)
            records.append(record)

        await rig.handle(records)

    effects = [n for n, o in enumerate(outcomes) if o in ("good", "flaky", "busy", "away")]
    letters = {
        number: outcome
        for number, outcome in enumerate(outcomes)
        if outcome in ("rejected", "invalid", "hopeless")
    }
    assert rig.store.effects == effects
    assert {offset: reason for offset, reason, _ in rig.mailer.reasons} == {
        number: "failed" if outcome == "hopeless" else outcome
        for number, outcome in letters.items()
    }
    assert len(rig.mailer.letters) == len(letters)
    assert rig.done == sorted(rig.done)
    assert rig.done[-1] == len(outcomes) - 1


class TestASlice:
    async def test_a_good_slice_is_one_transaction(self) -> None:
        rig = Rig()

        await rig.handle([a_record(n) for n in range(5)])

        assert rig.store.transactions == 1
        assert rig.done == [4]

    async def test_what_was_handled_before_is_not_handled_again(self) -> None:
        rig = Rig()
        await rig.handle([a_record(n) for n in range(3)])
        await rig.handle([a_record(n) for n in range(1, 5)])

        assert rig.store.effects == [0, 1, 2, 3, 4]
        assert rig.done == [2, 4]

    async def test_an_event_that_comes_twice_in_a_slice_is_handled_once(self) -> None:
        rig = Rig()

        await rig.handle([a_record(1, offset=1), a_record(1, offset=2), a_record(2, offset=3)])

        assert rig.store.effects == [1, 2]

    async def test_while_the_database_is_away_a_slice_stays_whole(self) -> None:
        rig = Rig()
        rig.faults[1] = [AWAY(), AWAY()]

        await rig.handle([a_record(n) for n in range(3)])

        assert rig.store.transactions == 3
        assert rig.done == [2]

    @pytest.mark.parametrize("fault", [BUSY(), KeyError("slip")])
    async def test_a_slice_that_fails_is_done_event_by_event(self, fault: Exception) -> None:
        rig = Rig()
        rig.faults[1] = [fault]

        await rig.handle([a_record(n) for n in range(3)])

        assert rig.store.transactions == 1 + 3
        assert rig.done == [0, 1, 2, 2]
        assert rig.store.effects == [0, 1, 2]

    async def test_records_of_other_types_only_move_the_offset(self) -> None:
        rig = Rig()
        record = a_record(7)
        record.headers = [*record.headers, ("ce_type", b"test.crate.painted")]

        await rig.handle([record])

        assert (rig.store.transactions, rig.done) == (0, [7])


class TestOneEvent:
    async def test_an_unknown_fault_is_tried_five_times(self) -> None:
        rig = Rig()
        rig.faults[1] = [KeyError("slip")] * 99

        await rig.handle([a_record(1)])

        assert rig.tries[1] == ATTEMPTS_MAX == 5
        assert rig.mailer.reasons == [(1, "failed", 5)]

    async def test_four_faults_are_forgiven(self) -> None:
        rig = Rig()
        rig.faults[1] = [KeyError("slip")] * 4

        await rig.handle([a_record(1)])

        assert rig.store.effects == [1]
        assert rig.mailer.letters == []

    async def test_what_a_rule_refuses_is_not_tried_again(self) -> None:
        rig = Rig()
        rig.faults[1] = [Conflict()]

        await rig.handle([a_record(1)])

        assert rig.tries[1] == 1
        assert rig.mailer.reasons == [(1, "rejected", 1)]

    async def test_an_outage_counts_as_no_attempt(self) -> None:
        rig = Rig()
        rig.faults[1] = [AWAY()] * 20 + [KeyError("slip")] * 4

        await rig.handle([a_record(1)])

        assert rig.store.effects == [1]

    async def test_whoever_is_told_to_stop_while_waiting_leaves_the_event_undone(self) -> None:
        rig = Rig()
        rig.faults[1] = [AWAY()] * 99
        rig.stop.set()

        with pytest.raises(Interrupted):
            await rig.handle([a_record(1)])

        assert (rig.done, rig.store.effects, rig.mailer.letters) == ([], [], [])

    async def test_a_letter_that_cannot_be_sent_holds_its_event_up(self) -> None:
        rig = Rig(letter_faults=3)
        rig.faults[1] = [Conflict()]

        await rig.handle([a_record(1)])

        assert rig.mailer.reasons == [(1, "rejected", 1)]
        assert rig.mailer.faults == 0

    async def test_a_handler_that_is_cancelled_from_within_has_failed(self) -> None:
        rig = Rig()
        rig.faults[1] = [cast("Exception", asyncio.CancelledError())]

        await rig.handle([a_record(1)])

        assert rig.tries[1] == 2
        assert rig.store.effects == [1]


class TestManyInARow:
    """Ten unknown faults in a row are more likely ours: then each event gets minutes of tries."""

    @pytest.fixture
    def tries_in_a_pause(self, monkeypatch: pytest.MonkeyPatch) -> int:
        now_s = [1000.0]

        def passes() -> float:
            now_s[0] += 1.0
            return now_s[0]

        monkeypatch.setattr(processing, "monotonic_s", passes)
        monkeypatch.setattr(processing, "PAUSED_S", 20.0)
        return 20

    async def fail(self, rig: Rig, *numbers: int) -> None:
        for number in numbers:
            rig.faults[number] = [KeyError("slip")] * 999
            await rig.handle([a_record(number)])

    async def test_the_eleventh_is_tried_until_the_pause_is_over(
        self, tries_in_a_pause: int
    ) -> None:
        rig = Rig()
        await self.fail(rig, *range(FAILED_IN_A_ROW_MAX + 1))

        assert FAILED_IN_A_ROW_MAX == 10
        assert [rig.tries[n] for n in range(10)] == [ATTEMPTS_MAX] * 10
        assert rig.tries[10] > tries_in_a_pause - ATTEMPTS_MAX
        assert len(rig.mailer.letters) == 11

    async def test_one_success_ends_the_row(self, tries_in_a_pause: int) -> None:
        rig = Rig()
        await self.fail(rig, *range(9))
        await rig.handle([a_record(50)])
        await self.fail(rig, 51, 52)

        assert rig.tries[52] == ATTEMPTS_MAX

    async def test_what_a_rule_refuses_is_not_part_of_the_row(self, tries_in_a_pause: int) -> None:
        rig = Rig()
        for number in range(30):
            rig.faults[number] = [Conflict()]
            await rig.handle([a_record(number)])
        await self.fail(rig, 40)

        assert rig.tries[40] == ATTEMPTS_MAX

    async def test_partitions_are_counted_apart(self, tries_in_a_pause: int) -> None:
        rig = Rig()
        await self.fail(rig, *range(10))
        record = a_record(60)
        record.partition = 1
        rig.faults[60] = [KeyError("slip")] * 999
        await rig.handle([record])

        assert rig.tries[60] == ATTEMPTS_MAX


async def test_undecoded_events_are_applied_as_they_came() -> None:
    rig = Rig()
    seen: list[object] = []

    async def apply(uow: UnitOfWork, meanings: Sequence[bytes], /, *, now: datetime) -> None:
        seen.extend(meanings)

    processor = Processor(
        group="webhooks",
        db=cast("Database", rig.store),
        clock=ManualClock(),
        publisher=cast("Publisher", rig.mailer),
        subscriptions={CrateMoved: Undecoded(lambda envelope: envelope.data)},
        apply=apply,
    )
    record = a_record(1)
    record.value = b'{ "number": "not what the contract says" }'
    await processor.handle([record], rig.done.append, rig.stop)

    assert seen == [record.value]
    assert rig.mailer.letters == []


@pytest.mark.parametrize(
    ("failure", "reasons"),
    [
        (MalformedEvent("another tenant's"), [(1, "malformed", 1)]),
        (Conflict(), [(1, "rejected", 1)]),
        (DatabaseUnavailable(), []),  # it passes: the event waits
        (KeyError("slip"), []),  # a slip of ours: tried again
    ],
)
async def test_event_whose_meaning_fails_once_is_a_letter_only_if_it_is_poison(
    failure: Exception, reasons: list[tuple[int, str, int]]
) -> None:
    rig = Rig()
    failures = [failure]

    def meaning_of(event: Received[CrateMoved]) -> int:
        if event.payload.number == 1 and failures:
            raise failures.pop()
        return event.payload.number

    processor = Processor(
        group="routing",
        db=cast("Database", rig.store),
        clock=ManualClock(),
        publisher=cast("Publisher", rig.mailer),
        subscriptions={CrateMoved: meaning_of},
        apply=rig.apply,
    )

    await processor.handle([a_record(n) for n in range(3)], rig.done.append, rig.stop)

    assert rig.mailer.reasons == reasons
    assert rig.tries == Counter([0, 2] if reasons else [0, 1, 2]), "a slice was applied again"
