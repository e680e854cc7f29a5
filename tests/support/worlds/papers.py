"""Orders and house waybills at customs, which the park sends before the list."""

from typing import Any
from xml.etree import ElementTree as ET

from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder


async def sent(park: CustomsWorld, merchant_id: str) -> tuple[MadeOrder, dict[str, Any]]:
    """CEB303 and CEB505 have left; the list waits for them."""
    order = park.an_order(merchant_id, lines=1)
    await park.consume(park.placed(order), park.booked(order))
    await park.send()
    return order, await park.declaration(order)


class Papers:
    """What customs says of them, second by second."""

    def __init__(self, park: CustomsWorld, office: CustomsOperator, order: MadeOrder) -> None:
        self.park, self.office, self.order = park, office, order

    async def say(self, kind: str, code: str) -> None:
        self.park.clock.advance(seconds=10)
        (document,) = await self.park.sql(
            "SELECT d.party_code, d.number FROM customs.documents AS d"
            " JOIN customs.declarations AS c ON c.id = d.declaration_id"
            " WHERE d.kind = $1 AND c.order_id = $2",
            kind,
            self.order.order_id,
        )
        party, number = document["party_code"], document["number"]
        message_type, node, key = {
            "order": (
                "CEB304",
                "OrderReturn",
                {"ebpCode": party, "ebcCode": "1", "orderNo": number},
            ),
            "waybill": (
                "CEB506",
                "LogisticsReturn",
                {"logisticsCode": party, "logisticsNo": number},
            ),
            "list": ("CEB604", "InventoryReturn", {"agentCode": party, "copNo": number}),
        }[kind]
        await self.office.answer_xml(message_type, node, key, code, at=self.park.clock.now())

    async def send(self) -> None:
        self.park.clock.advance(seconds=10)
        await self.park.send()


def heads(park: CustomsWorld, message_type: str) -> list[ET.Element]:
    found = park.documents(message_type)
    return [one.find(f"{NS}OrderHead") or one for one in found]


def types(park: CustomsWorld, message_type: str) -> list[str | None]:
    return [one.findtext(f"{NS}appType") for one in heads(park, message_type)]
