"""Open work that is no declaration's: keys that end or do not sign, and parcels of which a report
to customs waits for too long.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations.missing import Missing
from services.customs.domain.messages.signing.complaint import KnownKey
from services.customs.domain.movements.waiting import Movement, Stall
from shared.kernel.errors import Text

_SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ParkItem:
    """`by`: until when. `key_name` or `declaration_id` and `house_waybill`: what it is about."""

    said: Missing
    by: datetime | None
    reason: str | None = None
    key_name: str | None = None
    declaration_id: str | None = None
    house_waybill: str | None = None


_EXPIRES: Final = Missing(
    "key_expires",
    "us",
    Text("The certificate of a signing key ends soon.", "签名密钥的证书即将到期。"),
    Text(
        "Get a new certificate and set it up beside the old one, before the old one ends.",
        "请在到期前申请新证书，并与旧证书并行配置。",
    ),
)
_NOT_SIGNING: Final[Mapping[str, Missing]] = MappingProxyType(
    {
        "expired": Missing(
            "key_expired",
            "us",
            Text("The certificate of a signing key has ended.", "签名密钥的证书已到期。"),
            Text(
                "Set up a new certificate: this one signs nothing.",
                "请配置新证书，旧证书已不能签名。",
            ),
        ),
        "not_yet_valid": Missing(
            "key_not_yet_valid",
            "us",
            Text("The certificate of a signing key has not begun.", "签名密钥的证书尚未生效。"),
            Text("Sign with another key until it begins.", "生效前请使用其他密钥签名。"),
        ),
        "set_aside": Missing(
            "key_failing",
            "us",
            Text("A signing key fails.", "签名密钥故障。"),
            Text(
                "Look at the card, its reader or its service; the log of the worker says more.",
                "请检查签名卡、读卡器或签名服务，详见日志。",
            ),
        ),
        "distrusted": Missing(
            "key_distrusted",
            "us",
            Text("Customs found fault with the signatures of a key.", "海关认定该密钥的签名无效。"),
            Text(
                "See to the reason, then let it sign again: POST /v1/signing-keys/{key}:trust.",
                "请处理所述原因，然后通过 POST /v1/signing-keys/{key}:trust 恢复使用。",
            ),
        ),
    }
)
_STALLED: Final[Mapping[Stall, Missing]] = MappingProxyType(
    {
        Stall.ARRIVAL_WITHOUT_BILL: Missing(
            "arrival_without_bill",
            "park",
            Text(
                "The arrival cannot be reported: nobody has named its bill.",
                "无法申报运抵：未提供提运单号。",
            ),
            Text(
                "Report the arrival with bill_number, or bind the list: POST /v1/bills.",
                "请在运抵报告中填写 bill_number，或通过 POST /v1/bills 绑定清单。",
            ),
        ),
        Stall.ARRIVAL_NOT_ACCEPTED: Missing(
            "arrival_not_accepted",
            "park",
            Text(
                "Customs has not accepted the arrival (CEB507).", "海关尚未接受运抵单（CEB507）。"
            ),
            Text(
                "See its receipt, and ask customs if there is none.",
                "请查看其回执；无回执请向海关查询。",
            ),
        ),
        Stall.DEPARTED_UNCLEARED: Missing(
            "departed_uncleared",
            "park",
            Text("The parcel has left, its list is not released.", "包裹已离境，清单尚未放行。"),
            Text(
                "Tell customs at once; the departure is reported once the list is released.",
                "请立即向海关说明；清单放行后自动申报离境。",
            ),
        ),
        Stall.BILL_NOT_ACCEPTED: Missing(
            "bill_not_accepted",
            "park",
            Text(
                "Customs has not accepted the master bill (CEB607).",
                "海关尚未接受清单总分单（CEB607）。",
            ),
            Text(
                "See its receipt, and bind the list again: POST /v1/bills.",
                "请查看其回执，并通过 POST /v1/bills 重新绑定清单。",
            ),
        ),
        Stall.NO_ENTERPRISE: Missing(
            "no_enterprise",
            "park",
            Text(
                "Nobody is registered whom the report to customs could name.",
                "没有可在报文中填写的已备案企业。",
            ),
            Text(
                "Register the enterprise: POST /v1/registrations.",
                "请通过 POST /v1/registrations 备案企业。",
            ),
        ),
        Stall.DEPARTURE_NOT_ACCEPTED: Missing(
            "departure_not_accepted",
            "park",
            Text(
                "Customs has not accepted the departure (CEB509).", "海关尚未接受离境单（CEB509）。"
            ),
            Text(
                "See its receipt, and ask customs if there is none.",
                "请查看其回执；无回执请向海关查询。",
            ),
        ),
    }
)


def work_of_keys(keys: Iterable[KnownKey], *, real_now: datetime) -> Iterator[ParkItem]:
    """Of those that do not sign, which is due at once, and those that end within 30 days."""
    for key in keys:
        said = _NOT_SIGNING.get(key.status)
        if said is None and key.valid_until - real_now < _SOON:
            said = _EXPIRES
        if said is not None:
            ends = key.status == "ready"
            by = key.valid_until if ends else real_now
            yield ParkItem(_named(said, key.key_name), by, key.reason, key_name=key.key_name)


def _named(said: Missing, key_name: str) -> Missing:
    """With the path of this key."""
    remedy = said.remedy
    named = Text(remedy.en.replace("{key}", key_name), remedy.zh.replace("{key}", key_name))
    return replace(said, remedy=named)


def work_of_movements(stalled: Iterable[tuple[Movement, Stall]]) -> Iterator[ParkItem]:
    for movement, stall in stalled:
        yield ParkItem(
            _STALLED[stall],
            movement.due_at,
            declaration_id=movement.declaration_id,
            house_waybill=movement.house_waybill,
        )
