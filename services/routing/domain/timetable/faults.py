"""What can be wrong with a timetable file, its rows and its trips: a stable code, and texts and fix
in both languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shared.kernel.errors import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """Texts are filled with the fault's parameters."""

    code: str
    text: Text
    fix: Text
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where. `line` 1 is the header; `column` is "" where it is the whole row.

    `flight_number` is "" where it cannot be read.
    """

    line: int
    column: str
    kind: FaultKind
    params: Mapping[str, str | int] = field(default_factory=dict)
    flight_number: str = ""


def _kind(
    name: str, en: str, zh: str, fix_en: str, fix_zh: str, *, severity: Severity = "error"
) -> FaultKind:
    code = f"routing.timetable.{name}"
    return FaultKind(code, Text(en, zh), Text(fix_en, fix_zh), severity)


# Cells
MISSING: Final = _kind(
    "value_missing",
    "{column} is empty.",
    "{column} 为空。",
    "Fill it in; docs/timetable-files.md says which columns may be empty.",
    "请填写；可以为空的列见 docs/timetable-files.md。",
)
NOT_CARRIER: Final = _kind(
    "carrier_unknown",
    "There is no carrier {value} in the network.",
    "网络中没有承运人 {value}。",
    "Correct the code, or add the carrier to the network's file first.",
    "请更正代码，或先将该承运人加入网络数据文件。",
)
NOT_FLIGHT_NUMBER: Final = _kind(
    "flight_number_wrong",
    "{value} is no flight number of carrier {carrier}.",
    "{value} 不是承运人 {carrier} 的航班号。",
    "Write the carrier's code and 1 to 4 digits, and a letter after them if there is one: LH8400.",
    "请写承运人代码加 1 至 4 位数字，可带一个后缀字母，如 LH8400。",
)
NOT_DATE: Final = _kind(
    "date_wrong",
    "{value} in {column} is no date.",
    "{column} 的 {value} 不是日期。",
    "Write year, month and day as 2026-11-28.",
    "请按 2026-11-28 的格式填写。",
)
NOT_WEEKDAYS: Final = _kind(
    "weekdays_wrong",
    "{value} are no days of the week.",
    "{value} 不是有效的班期。",
    "Write the digits of the days, 1 is Monday: 1234567 is daily, 1.3.5.. Monday, Wednesday,"
    " Friday.",
    "请填写班期数字，1 为周一：1234567 为每日，1.3.5.. 为周一、三、五。",
)
NOT_TIME: Final = _kind(
    "time_wrong",
    "{value} in {column} is no time of day.",
    "{column} 的 {value} 不是有效时间。",
    "Write hours and minutes of the airport's local time, 00:00 to 23:59.",
    "请填写机场当地时间的时和分，00:00 至 23:59。",
)
NOT_NUMBER: Final = _kind(
    "number_wrong",
    "{value} in {column} is no whole number from {least} to {most}.",
    "{column} 的 {value} 不是 {least} 至 {most} 的整数。",
    "Write it without decimals, signs and separators.",
    "请填写整数，不要带小数点、符号或分隔符。",
)
NOT_AIRPORT: Final = _kind(
    "airport_unknown",
    "There is no airport {value} in the network.",
    "网络中没有机场 {value}。",
    "Correct the IATA code; GET /v1/airports lists all airports.",
    "请更正 IATA 代码；可通过 GET /v1/airports 查看全部机场。",
)
NOT_VEHICLE: Final = _kind(
    "vehicle_unknown",
    "There is no type of aircraft or truck {value} in the network.",
    "网络中没有机型或车型 {value}。",
    "Correct the code, or add the type to the network's file first.",
    "请更正代码，或先将该型号加入网络数据文件。",
)
NOT_BASIS: Final = _kind(
    "basis_wrong",
    "{value} is neither reported nor synthetic.",
    "{value} 既不是 reported 也不是 synthetic。",
    "Write reported if somebody published it, synthetic if it was made up.",
    "已公布的数据填 reported，生成的数据填 synthetic。",
)
TOO_LONG: Final = _kind(
    "value_too_long",
    "{column} has more than {most} characters.",
    "{column} 超过 {most} 个字符。",
    "Shorten it.",
    "请缩短。",
)
CELLS_COUNT: Final = _kind(
    "row_cells",
    "The row has {count} cells, the header {expected}.",
    "该行有 {count} 个单元格，表头有 {expected} 个。",
    "Put cells that hold a comma between quotation marks, and leave none out.",
    "请将含逗号的单元格放入双引号，并补齐缺少的单元格。",
)

# Legs and trips
VALIDITY: Final = _kind(
    "validity_wrong",
    "valid_to {valid_to} is before valid_from {valid_from}.",
    "valid_to {valid_to} 早于 valid_from {valid_from}。",
    "Correct the period; leave valid_to empty if it has no end.",
    "请更正有效期；无截止日期时 valid_to 留空。",
)
NO_DAY: Final = _kind(
    "no_operating_day",
    "No day of the period is one of these weekdays.",
    "有效期内没有符合班期的日期。",
    "Correct the period or the weekdays.",
    "请更正有效期或班期。",
)
SAME_AIRPORT: Final = _kind(
    "leg_to_itself",
    "The leg ends where it begins, at {value}.",
    "该航段的起点和终点均为 {value}。",
    "Correct one of the two airports.",
    "请更正其中一个机场。",
)
ARRIVES_BEFORE: Final = _kind(
    "arrives_before_departure",
    "On {day} it would arrive {minutes} minutes after it departs, by the clocks of both airports.",
    "{day} 按两地时钟计算，到达时间为起飞后 {minutes} 分钟。",
    "Correct the times, or say in arrives_day how many days after the operating day it arrives.",
    "请更正时间，或在 arrives_day 中填写到达日相对运营日的天数。",
)
TOO_FAST: Final = _kind(
    "leg_too_fast",
    "{distance_km} km in {minutes} minutes is faster than any {mode} vehicle.",
    "{minutes} 分钟行驶 {distance_km} 公里，超出 {mode} 运输工具的速度。",
    "Correct the times, which are local at each airport, or departs_day and arrives_day.",
    "请更正时间（均为各机场当地时间）或 departs_day、arrives_day。",
)
OUT_OF_RANGE: Final = _kind(
    "leg_out_of_range",
    "{distance_km} km is more than a {vehicle} flies without a stop, {range_km} km.",
    "{distance_km} 公里超出 {vehicle} 的不经停航程 {range_km} 公里。",
    "Correct the vehicle, or give the stop as a leg of its own.",
    "请更正机型，或将经停列为单独航段。",
)
OVER_PAYLOAD: Final = _kind(
    "capacity_above_vehicle",
    "{column} {value} is more than a {vehicle} takes over that distance, {most}.",
    "{column} {value} 超过 {vehicle} 在该航程下的上限 {most}。",
    "Correct it, or leave the cell empty for what the vehicle takes.",
    "请更正，或留空以采用该型号的上限。",
)
LEG_TWICE: Final = _kind(
    "leg_twice",
    "Leg {leg} of {flight_number} is also in line {other}, for the same period and weekdays.",
    "{flight_number} 的第 {leg} 航段在第 {other} 行已有相同有效期和班期的记录。",
    "Delete one of the two rows.",
    "请删除其中一行。",
)
LEG_MISSING: Final = _kind(
    "leg_missing",
    "{flight_number} has no leg {leg} for this period and these weekdays.",
    "{flight_number} 在该有效期和班期内没有第 {leg} 航段。",
    "Number the legs from 1 without gaps; all legs of a trip have the same period and weekdays.",
    "请从 1 起连续编号；同一航程各航段的有效期和班期须一致。",
)
NO_CHAIN: Final = _kind(
    "legs_do_not_chain",
    "Leg {leg} begins at {origin}, but the leg before it ends at {destination}.",
    "第 {leg} 航段始于 {origin}，而前一航段止于 {destination}。",
    "Correct the airports or the numbers of the legs.",
    "请更正机场或航段编号。",
)
LEAVES_BEFORE: Final = _kind(
    "leg_leaves_before_arrival",
    "Leg {leg} leaves {minutes} minutes before the leg before it arrives.",
    "第 {leg} 航段比前一航段到达早 {minutes} 分钟出发。",
    "Correct the times, or departs_day: days after the operating day of the first leg.",
    "请更正时间或 departs_day（相对首航段运营日的天数）。",
)
LEGS_DISAGREE: Final = _kind(
    "legs_disagree",
    "{column} differs from that of the first leg, {value}.",
    "{column} 与首航段的 {value} 不一致。",
    "All legs of a trip have one carrier, basis, source and as_of.",
    "同一航程各航段的承运人、basis、source 和 as_of 须一致。",
)
OVERLAP: Final = _kind(
    "periods_overlap",
    "{flight_number} already flies on {days} of these days by line {other}, first on {day}.",
    "{flight_number} 按第 {other} 行已在其中 {days} 天运营，首日为 {day}。",
    "A flight number is flown once a day: cut one of the two periods, or use another number.",
    "同一航班号每日只能运营一次：请截短其中一个有效期，或使用其他航班号。",
)
TRIP_BAD: Final = _kind(
    "trip_not_taken",
    "Nothing of {flight_number} for this period is taken: line {other} has a fault.",
    "{flight_number} 在该有效期内未被采用：第 {other} 行有误。",
    "Correct that line and send the file again.",
    "请更正该行后重新提交。",
)

# Files
COLUMN_UNKNOWN: Final = _kind(
    "column_unknown",
    "The column {column} is not read.",
    "未读取列 {column}。",
    "Correct its name if it is a misspelling; docs/timetable-files.md lists the columns.",
    "如为拼写错误请更正；列名见 docs/timetable-files.md。",
    severity="warning",
)
NOTHING_CANCELLED: Final = _kind(
    "replace_incomplete",
    "Nothing was cancelled: a row whose flight number cannot be read may be a flight that stays.",
    "未取消任何航班：有一行的航班号无法识别，可能是应保留的航班。",
    "Correct the row and send the file again with mode=replace.",
    "请更正该行后以 mode=replace 重新提交。",
    severity="warning",
)

# Flights that are there
CAPACITY_KEPT: Final = _kind(
    "capacity_kept_at_booked",
    "{flight_number} of {day}, leg {leg}: {column} stays at {value}, because so much is booked.",
    "{day} 的 {flight_number} 第 {leg} 航段：{column} 保持为 {value}，因为已订舱量如此。",
    "Rebook shipments by cancelling the flight, or find a larger vehicle.",
    "请取消该航班以改订货件，或更换更大的运输工具。",
    severity="warning",
)
NOT_CHANGED: Final = _kind(
    "flight_not_changed",
    "{flight_number} of {day}, leg {leg} is {status} and stays as it is.",
    "{day} 的 {flight_number} 第 {leg} 航段状态为 {status}，保持不变。",
    "Nothing to do: what has been closed or has left is not changed any more.",
    "无需处理：已关闭或已出发的航班不再更改。",
    severity="warning",
)

KINDS: Final[Mapping[str, FaultKind]] = {
    kind.code: kind for kind in tuple(globals().values()) if isinstance(kind, FaultKind)
}
