"""HTTP for every service: one app factory, one dependency per route, one format for refusals."""

from shared.http.admission import Limits
from shared.http.app import create_app
from shared.http.call import Call, call
from shared.http.keys import GivenKeys, KeySource
from shared.http.openapi_parts import problems
from shared.http.pages import Page, PageOf, PageParams, decode_cursor, encode_cursor, page_params
from shared.http.replies import Reply, json_reply, representation

__all__ = [
    "Call",
    "GivenKeys",
    "KeySource",
    "Limits",
    "Page",
    "PageOf",
    "PageParams",
    "Reply",
    "call",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "json_reply",
    "page_params",
    "problems",
    "representation",
]
