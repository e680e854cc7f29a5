"""The URL of an endpoint: what is accepted, and the spelling that is stored.

The host is normalised before anything is checked or stored, so that the text that was checked is
the text that is connected to. Path and query belong to the receiver and stay byte for byte: signed
URLs would break otherwise. Name resolution needs the network (`clients.http_sender`).
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from shared.kernel.addresses import is_public
from shared.kernel.errors import Invalid, Text

URL_CHARS_MAX: Final = 2048
_FORBIDDEN_CHARACTERS: Final = re.compile(r"[\x00-\x20\x7f\\]")
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMERIC_LABEL: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
_VISIBLE_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))
# Letters that the two standards of international names (RFC 3490, RFC 5891) read differently.
_AMBIGUOUS_LETTERS: Final = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")


class UrlNotUsable(Invalid):
    code = "webhooks.url.not_usable"
    text = Text("The url cannot be used: {why_en}.", "该网址无法使用：{why_zh}。")
    fix = Text(
        "Send an absolute http or https URL, such as https://partner.example/hooks.",
        "请填写完整的 http 或 https 网址，例如 https://partner.example/hooks。",
    )


class UrlNotPublic(Invalid):
    code = "webhooks.url.not_public"
    text = Text(
        "The url leads to {address}, which is not a public address.",
        "该网址指向 {address}，不是公网地址。",
    )
    fix = Text("Use a host that is reachable from the internet.", "请使用可从互联网访问的主机。")


@dataclass(frozen=True, slots=True)
class EndpointUrl:
    """`text` is the normal form; `host` has no brackets; `is_literal`: host is an IP address."""

    text: str
    host: str
    port: int
    is_literal: bool


def parse_url(raw: str) -> EndpointUrl:
    """Checks and normalises. Raises UrlNotUsable with the reason."""
    if not 1 <= len(raw) <= URL_CHARS_MAX:
        raise _unusable(f"it is longer than {URL_CHARS_MAX} characters or empty", "长度不符")
    if _FORBIDDEN_CHARACTERS.search(raw):
        raise _unusable(
            "it has a space, backslash or control character", "含有空格、反斜杠或控制字符"
        )
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError as error:
        raise _unusable("its host or port is malformed", "主机或端口格式错误") from error
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"}:
        raise _unusable("only http and https are allowed", "仅支持 http 和 https")
    if "@" in parts.netloc:
        raise _unusable("it carries a user name or password", "含有用户名或密码")
    if "#" in raw:
        raise _unusable("it has a fragment", "含有片段标识")
    host, is_literal = _normal_host(parts.hostname or "")
    if port == 0:
        raise _unusable("port 0 does not exist", "端口 0 不存在")
    default_port = 443 if scheme == "https" else 80
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, default_port} else f":{port}"
    text = f"{scheme}://{shown_host}{shown_port}{_target(raw, parts)}"
    return EndpointUrl(text=text, host=host, port=port or default_port, is_literal=is_literal)


def refuse_private(addresses: list[str]) -> None:
    """Raises UrlNotPublic if any of the addresses a host stands for is not public."""
    for address in addresses:
        if not is_public(address):
            raise UrlNotPublic(pointer="/url", address=address)


def _target(raw: str, parts: SplitResult) -> str:
    """Path and query as they were written. Only what HTTP cannot carry is changed: letters beyond
    ASCII are percent-encoded, a missing path is `/`, a `?` with nothing behind it goes."""
    target = raw.partition("://")[2][len(parts.netloc) :]
    if not parts.path:
        target = f"/{target}"
    if not parts.query:
        target = target.removesuffix("?")
    return quote(target, safe=_VISIBLE_ASCII)


def _normal_host(host: str) -> tuple[str, bool]:
    """Lower case, ASCII (IDNA), no trailing dot; every spelling of an IP address in its usual one.

    `2130706433`, `127.1`, `0x7f.1` and `0177.0.0.1` all name 127.0.0.1 to the C library.
    """
    if ":" in host:
        try:
            return str(IPv6Address(host)) if "%" not in host else _refuse_zone(), True
        except ValueError as error:
            raise _unusable("its IPv6 address is malformed", "IPv6 地址格式错误") from error
    if _AMBIGUOUS_LETTERS.search(host):
        raise _unusable(
            "its host name can be read in two ways, so write it as xn--…",
            "主机名存在两种解读，请改用 xn--… 形式",
        )
    try:
        name = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except UnicodeError as error:
        raise _unusable("its host name is malformed", "主机名格式错误") from error
    name = name.removesuffix(".")
    if not name or len(name) > 253 or not _HOST_NAME.fullmatch(name):
        raise _unusable("its host name is malformed", "主机名格式错误")
    if _NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]):
        try:
            return socket.inet_ntoa(socket.inet_aton(name)), True
        except OSError as error:
            raise _unusable("its IPv4 address is malformed", "IPv4 地址格式错误") from error
    return name, False


def _refuse_zone() -> str:
    raise _unusable("an IPv6 zone has no meaning here", "不支持 IPv6 区域标识")


def _unusable(why_en: str, why_zh: str) -> UrlNotUsable:
    return UrlNotUsable(pointer="/url", why_en=why_en, why_zh=why_zh)
