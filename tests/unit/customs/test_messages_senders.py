"""Which messages the park sends, and whose client each leaves by."""

from dataclasses import replace

import pytest

from services.customs.clients.reference import sender_rules
from services.customs.domain.documents.kinds import MESSAGE_TYPE
from services.customs.domain.messages.parties import Party, PartyRole
from services.customs.domain.messages.senders import (
    SenderWithoutClient,
    parse_sender_rules,
    sender_of,
    sending_plan,
)
from services.customs.rulebooks import sending_plan_of
from services.customs.settings import Settings
from shared.settings import SettingsError
from tests.support.customs import PARTIES

RULES = sender_rules()


def test_every_message_that_can_be_sent_has_a_rule() -> None:
    assert RULES.keys() == set(MESSAGE_TYPE.values())


def test_messages_leave_by_the_declarants_client_unless_the_park_says_otherwise() -> None:
    carrier = Party("91420700MAA1RL004W", "示例物流")
    parties = replace(PARTIES, dxp_ids={PartyRole.LOGISTICS: "DXPLOGISTICS0001"})
    plan = sending_plan("303, 603,CEB505", "505:logistics", RULES)

    assert plan.sends == {"CEB303", "CEB603", "CEB505"}
    assert sender_of("CEB603", plan, parties).party == PARTIES.declarant
    assert sender_of("CEB603", plan, parties).dxp_id == PARTIES.dxp_id
    sender = sender_of("CEB505", plan, parties)
    assert (sender.party.code, sender.dxp_id) == (carrier.code, "DXPLOGISTICS0001")


def test_nothing_leaves_by_a_client_that_is_anothers() -> None:
    plan = sending_plan("505", "505:logistics,403:payment_firm", RULES)

    with pytest.raises(SenderWithoutClient):
        sender_of("CEB505", plan, PARTIES)
    with pytest.raises(SenderWithoutClient):
        sender_of("CEB403", plan, PARTIES)


@pytest.mark.parametrize(
    ("sends", "senders"),
    [
        ("603,999", ""),
        ("604", ""),
        ("603", "603:logistics"),
        ("505", "505"),
        ("505", "505:logistics,505:declarant"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(sends: str, senders: str) -> None:
    with pytest.raises(ValueError, match=r"no message|once each"):
        sending_plan(sends, senders, RULES)


def test_a_rule_without_a_source_is_refused() -> None:
    with pytest.raises(ValueError, match="bad row"):
        parse_sender_rules("message_type,headed_by,sent_by,source\nCEB303,owner,owner,\n")


def test_a_wrong_sender_stops_the_worker_with_a_line() -> None:
    plan = sending_plan_of(Settings(database_url="postgresql://nowhere/none"))
    assert "CEB603" in plan.sends
    assert "CEB403" not in plan.sends

    wrong = Settings(database_url="postgresql://nowhere/none", senders="603:platform")
    with pytest.raises(SettingsError, match="CUSTOMS_SENDERS"):
        sending_plan_of(wrong)
