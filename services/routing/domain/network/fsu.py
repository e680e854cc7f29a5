"""Cargo-IMP FSU status codes (IATA code list 1.18), DIS with its reasons written out."""

from typing import Final

FSU_CODES: Final = frozenset(
    (
        "BKD FOH RCS PRE MAN DEP ARR RCF AWR NFD AWD DLV DDL DPU TRM TFD RCT CRC CCD TGC DOC FIW"
        " FOW OSI OCI DFLD OFLD OVCD SSPD MSCA MSAV MSAW MSMB FDCA FDAV FDAW FDMB"
    ).split()
)
MANIFESTED: Final = "MAN"
DEPARTED: Final = "DEP"
ARRIVED: Final = "ARR"
DELIVERED: Final = "DLV"
OFFLOADED: Final = "OFLD"
