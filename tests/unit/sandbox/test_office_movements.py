"""Arrivals, bills, departures, returns and summaries at the office, and what its ledger says."""

import pytest

from deploy.sandbox.customs_office.clerks.case import Rules
from deploy.sandbox.customs_office.inbound.papers import Key
from tests.support import uploads as ceb
from tests.unit.sandbox.office_desk import AT, LATER, Office, released


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_bill_names_lists_that_exist() -> None:
    office = released()

    assert office.codes("CEB607", ceb.a_bill([{"logisticsNo": "W9"}]))[-1] == "100"
    wrong = ceb.a_bill([{"logisticsNo": "W1", "invtNo": "47122026E00000000001"}], copNo="MB2")
    assert office.codes("CEB607", wrong)[-1] == "100"
    assert office.codes("CEB607", ceb.a_bill(copNo="MB3"))[-1] in ("120", "399")
    assert office.file().bill_no == "999-12345675"


def test_a_bill_names_no_list_that_was_returned() -> None:
    office = released("AL~100")

    assert office.codes("CEB607", ceb.a_bill())[-1] == "100"


def test_an_arrival_without_lines_speaks_for_the_lists_of_its_bill() -> None:
    office = released()
    empty = ceb.an_arrival([], billNo="999-12345675")
    assert office.codes("CEB507", empty)[-1] == "100"

    office.take("CEB607", ceb.a_bill())
    arrived = ceb.an_arrival([], billNo="999-12345675", copNo="AR2")
    assert office.codes("CEB507", arrived) == ["2", "399"]
    assert office.file().has_arrived


def test_where_arrival_is_first_nothing_is_released_before_it() -> None:
    office = Office(Rules(arrival_first=True))
    early = office.codes("CEB603", ceb.a_list(copNo="AL~500-800"))
    office.wait(hours=5)

    after = office.take("CEB507", ceb.an_arrival())

    lists = [one.answer for one in after if one.answer.kind.message == "CEB604"]
    assert early == ["2", "3", "120"]
    assert [answer.status for answer in lists] == ["500", "399", "800"]
    assert all(answer.at > office.now for answer in lists)


def test_goods_that_have_arrived_before_their_list_do_not_wait() -> None:
    office = Office(Rules(arrival_first=True))
    office.take("CEB603", ceb.a_list(copNo="AL~100"))
    office.wait(hours=1)
    office.take("CEB507", ceb.an_arrival())

    changed = ceb.a_list(copNo="AL~100", appType="2", appTime=LATER)

    assert office.file("AL~100").has_arrived
    assert office.codes("CEB603", changed)[-1] == "100"


def test_a_departure_closes_the_lists_that_left_together() -> None:
    office = released()
    office.take("CEB603", ceb.a_list(copNo="AL2~800", logisticsNo="W2"))
    office.wait(hours=1)

    planned = office.take("CEB509", ceb.a_departure([{"logisticsNo": n} for n in ("W1", "W2")]))

    closed = [one for one in planned if one.answer.kind.message == "CEB604"]
    assert [one.answer.status for one in closed] == ["899", "899"]
    assert len({one.send_at for one in closed}) == 1
    assert [one.answer.status for one in planned if one not in closed] == ["2", "399"]


def test_parts_of_a_departure_are_answered_each() -> None:
    office = Office()
    parts = [ceb.a_departure(msgCount="2", msgSeqNo=n, guid=ceb.guid(int(n))) for n in ("1", "2")]

    planned = office.desk.take(ceb.message("CEB509", *parts), "x", AT)

    assert [one.answer.fields["msgSeqNo"] for one in planned if one.answer.status == "399"] == [
        "1",
        "2",
    ]


def test_a_strict_office_lets_only_released_goods_leave_and_wants_all_fields_by_air() -> None:
    office = Office(Rules(strict_departures=True))
    office.take("CEB603", ceb.a_list(copNo="AL~500"))
    office.wait(hours=1)

    assert office.codes("CEB509", ceb.a_departure())[-1] == "100"
    assert office.codes("CEB509", ceb.a_departure(copNo="DP2", trafName=None)) == ["-2001"]


def test_an_easy_office_counts_what_a_departure_lacks(office: Office) -> None:
    assert office.codes("CEB509", ceb.a_departure(trafName=None))[-1] == "399"
    assert office.desk.tolerated["departures by air that are not complete"] == 1


def test_no_more_comes_back_than_left() -> None:
    office = released()
    number = office.file().invt_no

    def come_back(cop: str, *quantities: str) -> list[str]:
        lines: list[ceb.Line] = [{"gnum": "1", "qty": quantity} for quantity in quantities]
        return office.codes("CEB213", ceb.a_return(lines, coElNo=cop, invtNo=number))

    assert come_back("R0", "5")[-1] == "100"
    assert come_back("R1", "3")[-1] == "800"
    assert come_back("R2", "2")[-1] == "100"
    assert come_back("R3", "1")[-1] == "800"
    assert come_back("R4", "0.5")[-1] == "100"


def test_a_return_names_a_released_list_and_its_goods() -> None:
    office = released()
    number = office.file().invt_no
    office.take("CEB603", ceb.a_list(copNo="AL2~120", logisticsNo="W2"))
    waiting = office.file("AL2~120").invt_no

    unknown = ceb.a_return(invtNo="47122026E00000000001")
    strange = ceb.a_return([{"gcode": "6913000000"}], invtNo=number)

    assert office.codes("CEB213", unknown) == ["-625016"]
    assert office.codes("CEB213", strange) == ["-625209"]
    assert office.codes("CEB213", ceb.a_return(invtNo=waiting)) == ["-625032"]
    office.wait(days=190)
    assert office.codes("CEB213", ceb.a_return(invtNo=number))[-1] == "100"


def test_a_tally_is_accepted_unless_its_list_is_unknown() -> None:
    office = released()

    assert office.codes("CEB215", ceb.a_tally(invtNo=office.file().invt_no))[-1] == "399"
    other = ceb.a_tally(coElNo="RT2", invtNo="47122026E00000000001")
    assert office.codes("CEB215", other)[-1] == "100"


def test_a_summary_has_a_result_for_every_line_and_no_list_is_summed_up_twice() -> None:
    office = released()
    office.take(
        "CEB603",
        ceb.a_list([{"itemNo": "A"}, {"itemNo": "B"}], copNo="AL2~800", logisticsNo="W2"),
    )
    office.wait(hours=1)
    numbers = [office.file(number).invt_no for number in ("AL~800", "AL2~800")]

    planned = office.take("CEB701", ceb.a_summary(numbers))
    again = office.codes("CEB701", ceb.a_summary(numbers, copNo="SU2"))

    (result,) = (one.answer for one in planned if one.answer.kind.message == "CEB792")
    accepted = next(one.answer for one in planned if one.answer.status == "399")
    assert [(line["invtNo"], line["gnum"]) for line in result.lines] == [
        (numbers[0], "1"),
        (numbers[1], "1"),
        (numbers[1], "2"),
    ]
    assert accepted.fields["sumNo"] == result.fields["sumNo"]
    assert result.fields["grossWeight"] == "5.0"
    assert again[-1] == "100"


def test_a_period_sums_up_what_was_declared_in_it() -> None:
    office = released()
    of_today = {"startTime": "20261122000000", "endTime": "20261122235959"}
    of_before = {"startTime": "20261121000000", "endTime": "20261121235959"}

    assert office.codes("CEB701", ceb.a_summary(copNo="SU1", **of_before))[-1] == "100"
    of_another = ceb.a_summary(copNo="SU1", agentCode=ceb.SHOP, **of_today)
    assert office.codes("CEB701", of_another)[-1] == "100"
    assert office.codes("CEB701", ceb.a_summary(copNo="SU2", **of_today))[-1] == "CEB792"


def test_the_ledger_says_for_every_document_what_it_amounts_to() -> None:
    office = released()
    office.take("CEB603", ceb.a_list(copNo="AL~-301014"))
    office.take("CEB303", ceb.an_order())

    assert office.desk.ledger.decided(office.now) == {
        Key("CEB603", ceb.AGENT, "AL~800"): "800",
        Key("CEB603", ceb.AGENT, "AL~-301014"): "-301014",
        Key("CEB303", ceb.PLATFORM, "ORD-1"): "",
    }
    assert office.desk.ledger.counts(office.now)["CEB303"] == {"taken": 1}
