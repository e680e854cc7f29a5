"""The receipt of payment as CEB403 (edition 202205): one Receipts node without lines."""

from datetime import datetime

from services.customs.domain.declarations.codes import CodeTables
from services.customs.domain.declarations.documents import OrderDocument, Payment
from services.customs.domain.declarations.upload import NEW, upload_values
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.messages.values import amount, compact_time


def payment_document(
    order: OrderDocument,
    payment: Payment,
    *,
    platform: Party,
    guid: str,
    app_time: datetime,
    parties: Parties,
    codes: CodeTables,
    app_type: str = NEW,
) -> Document:
    head = upload_values(guid, app_time, app_type=app_type) | {
        "ebpCode": platform.code,
        "ebpName": platform.name,
        "ebcCode": parties.merchant.code,
        "ebcName": parties.merchant.name,
        "orderNo": order.order_no,
        "payCode": payment.pay_code,
        "payName": payment.pay_name,
        "payNo": payment.pay_number,
        "charge": amount(payment.charge_minor, payment.currency),
        "currency": codes.currency.get(payment.currency),
        "accountingDate": compact_time(payment.accounted_at),
    }
    return Document(head, ())
