"""CEB792: what became of a summary. It names the formal declaration that was made of our lists, and
each line of it; it is no answer to a document and has no return status.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SummaryResultLine:
    """`gseqno` numbers the lines of the declaration, `gnum` those of the list."""

    invt_no: str
    logistics_no: str
    gseqno: str
    gnum: str
    gcode: str


@dataclass(frozen=True, slots=True)
class SummaryResult:
    """Known by (sum_no, decl_seq_no, part). `part` of `parts`: msgSeqNo of msgCount. Weights in kg;
    None: not said, or no number. What else is not said is empty.
    """

    sum_no: str
    decl_seq_no: str
    part: int
    parts: int
    op_date: datetime
    dec_state: str
    guid: str | None
    customs_code: str
    entry_id: str
    dec_tmp_no: str
    dec_pre_no: str
    agent_code: str
    agent_name: str
    ebc_code: str
    ebc_name: str
    decl_agent_code: str
    decl_agent_name: str
    gross_weight_kg: Decimal | None
    net_weight_kg: Decimal | None
    note: str
    lines: tuple[SummaryResultLine, ...]
