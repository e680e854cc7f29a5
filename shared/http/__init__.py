"""HTTP for every service: one app factory, one dependency per route, one format for refusals."""

from shared.http.admission import Limits
from shared.http.app import create_app
from shared.http.call import Call, call
from shared.http.chosen import Fields, fields_of
from shared.http.keys import GivenKeys, KeySource
from shared.http.openapi_parts import problems
from shared.http.pages import (
    TOTAL_APPLIED,
    CountedPage,
    Page,
    PageOf,
    PageParams,
    TotalWanted,
    decode_cursor,
    encode_cursor,
    page_params,
    total_of,
)
from shared.http.replies import Reply, json_reply, representation

__all__ = [
    "TOTAL_APPLIED",
    "Call",
    "CountedPage",
    "Fields",
    "GivenKeys",
    "KeySource",
    "Limits",
    "Page",
    "PageOf",
    "PageParams",
    "Reply",
    "TotalWanted",
    "call",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "fields_of",
    "json_reply",
    "page_params",
    "problems",
    "representation",
    "total_of",
]
