"""What keeps documents from leaving that are ready to: their door, or the key that is to sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations.outstanding import Outstanding
from services.customs.domain.doors.breaker import DoorStatus
from services.customs.domain.messages.signing.complaint import KeyComplaint, KnownKey
from shared.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Stop:
    """`detail`: which it is and since when; `remedy`: how it is ended."""

    detail: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Stops:
    """`keys`: of holders of whom no key signs, by name."""

    door: Stop | None = None
    keys: Mapping[str, Stop] = field(default_factory=dict)

    def of(self, *, unsigned_holder: str | None) -> Stop | None:
        """Of a message that is composed and has not left. `unsigned_holder`: who has to sign it."""
        if unsigned_holder is not None and unsigned_holder in self.keys:
            return self.keys[unsigned_holder]
        return self.door


def stopped(one: Outstanding, stop: Stop | None) -> Outstanding:
    """Whose move it is stays: those who run the service see to its doors and its keys."""
    return one if stop is None else replace(one, detail=stop.detail, remedy=stop.remedy)


def door_stop(
    name: str, status: DoorStatus, *, is_held: bool, opened_at: datetime | None
) -> Stop | None:
    """None: messages pass."""
    if status is DoorStatus.CLOSED:
        return None
    since = _since(opened_at)
    if is_held:
        return Stop(
            Text(
                f"It waits at the door {name}, which an operator has stopped{since.en}.",
                f"报文在通道 {name} 等待：运营人员已停用该通道{since.zh}。",
            ),
            Text(
                f"Operators let messages pass again by POST /v1/doors/{name}:close.",
                f"由运营人员通过 POST /v1/doors/{name}:close 恢复。",
            ),
        )
    return Stop(
        Text(
            f"It waits at the door {name}, by which nothing gets through{since.en}.",
            f"报文在通道 {name} 等待：该通道无法送达{since.zh}。",
        ),
        Text(
            "Nothing: the door is tried again by itself. GET /v1/doors has its last error.",
            "无需操作：系统会自动重试；最近的错误见 GET /v1/doors。",
        ),
    )


def key_stops(keys: Iterable[KnownKey], complaints: Iterable[KeyComplaint]) -> dict[str, Stop]:
    """By the name of the holder: why no key of his signs. The first key to end is named."""
    distrusted = {one.key_name: one for one in complaints if one.trusted_at is None}
    of_holder: dict[str, list[KnownKey]] = {}
    for key in keys:
        of_holder.setdefault(key.holder_name, []).append(key)
    return {
        holder: _key_stop(own[0], distrusted.get(own[0].key_name))
        for holder, own in of_holder.items()
        if all(one.key_name in distrusted or one.status in _WORDS for one in own)
    }


def _key_stop(key: KnownKey, complaint: KeyComplaint | None) -> Stop:
    name = key.key_name
    if complaint is not None:
        since = _since(complaint.distrusted_at)
        return Stop(
            Text(
                f"No key may sign it: {name} is distrusted{since.en}.",
                f"没有可用的签名密钥：{name} 已停止信任{since.zh}。",
            ),
            Text(
                "Operators see to the reason, then let the key sign again by"
                f" POST /v1/signing-keys/{name}:trust.",
                f"由运营人员处理原因后通过 POST /v1/signing-keys/{name}:trust 恢复。",
            ),
        )
    words, remedy = _WORDS[key.status]
    since = _since(key.valid_until if key.status == "expired" else None)
    return Stop(
        Text(
            f"No key may sign it: {name} {words.en}{since.en}.",
            f"没有可用的签名密钥：{name} {words.zh}{since.zh}。",
        ),
        remedy,
    )


_WORDS: Final[Mapping[str, tuple[Text, Text]]] = MappingProxyType(
    {
        "distrusted": (
            Text("is distrusted", "已停止信任"),
            Text("Operators see to the reason, then trust it.", "由运营人员处理原因后恢复信任。"),
        ),
        "expired": (
            Text("has ended", "证书已到期"),
            Text("Operators set up a new certificate.", "由运营人员配置新证书。"),
        ),
        "not_yet_valid": (
            Text("has not begun", "证书尚未生效"),
            Text(
                "It leaves once the certificate has begun; another one may sign before.",
                "证书生效后自动发送，也可先使用其他证书。",
            ),
        ),
        "set_aside": (
            Text("fails", "发生故障"),
            Text(
                "Operators look at the card, its reader or its service; it is tried again.",
                "由运营人员检查签名卡、读卡器或签名服务；系统会自动重试。",
            ),
        ),
    }
)


def _since(at: datetime | None) -> Text:
    """As the end of a sentence; empty if it is not known."""
    if at is None:
        return Text("", "")
    utc = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Text(f" since {utc}", f"（自 {utc} 起）")
