"""What a receipt code means, in words, and whose move it is next."""

from dataclasses import dataclass
from typing import Final

from services.customs.domain.receipts.outcome import phase_of_code
from shared.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Meaning:
    text: Text
    owner: str  # merchant · park · customs · nobody


_MEANINGS: Final[dict[str, Meaning]] = {
    "1": Meaning(Text("Staged at the e-port.", "电子口岸已暂存。"), "park"),
    "2": Meaning(Text("Being declared at the e-port.", "电子口岸申报中。"), "customs"),
    "3": Meaning(Text("Sent to customs.", "发送海关成功。"), "customs"),
    "4": Meaning(Text("Could not be sent to customs.", "发送海关失败。"), "park"),
    "100": Meaning(Text("Returned by customs.", "海关退单。"), "merchant"),
    "120": Meaning(Text("Entered in customs' system.", "海关入库。"), "customs"),
    "300": Meaning(Text("Under manual review.", "人工审核。"), "customs"),
    "500": Meaning(Text("Under inspection.", "查验。"), "customs"),
    "399": Meaning(Text("Examined and concluded.", "海关审结。"), "customs"),
    "800": Meaning(Text("Released.", "放行。"), "nobody"),
    "899": Meaning(Text("Closed.", "结关。"), "nobody"),
}
_REFUSED: Final = Meaning(Text("Refused by the port.", "口岸处理失败。"), "park")
_UNKNOWN: Final = Meaning(
    Text("A code this version does not know; kept as it is.", "未知回执代码，已原样保存。"), "park"
)


def meaning_of(return_status: str) -> Meaning:
    known = _MEANINGS.get(return_status)
    if known is not None:
        return known
    return _UNKNOWN if phase_of_code(return_status) is None else _REFUSED
