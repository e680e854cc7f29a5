"""The ds:Signature of a message. Oracles: libxml2's canonicalization and OpenSSL's RSA."""

import hashlib
from base64 import b64decode
from xml.sax.saxutils import escape

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.samples import samples_of
from services.customs.domain.messages.signing.algorithms import DS, Algorithm
from services.customs.domain.messages.signing.canonical import (
    NotCanonicalizable,
    canonical_root,
    take_apart,
)
from services.customs.domain.messages.signing.checking import Fault, NotVerified, Verified, verify
from services.customs.domain.messages.signing.errors import MessageAlreadySigned
from services.customs.domain.messages.signing.signature import prepare, signature_of, signed
from services.customs.domain.messages.writer import Extension, write_message
from tests.support.signing import (
    DECLARANT,
    NOW,
    SM2_CERTIFICATE,
    a_message,
    a_signature,
    a_signed_message,
    an_rsa_pair,
)


def c14n(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, method="c14n", exclusive=False, with_comments=False))


def is_signed_by_rsa(text: str) -> bool:
    """XMLDSig core validation by libxml2 and OpenSSL."""
    root = etree.fromstring(text.encode())
    signature = root.find(f"{{{DS}}}Signature")
    info = signature.find(f"{{{DS}}}SignedInfo")
    certificate = x509.load_der_x509_certificate(
        b64decode(signature.findtext(f".//{{{DS}}}X509Certificate"))
    )
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    value = b64decode(signature.findtext(f"{{{DS}}}SignatureValue"))
    key.verify(value, c14n(info), padding.PKCS1v15(), hashes.SHA1())
    digest = b64decode(info.findtext(f".//{{{DS}}}DigestValue"))
    assert signature.tail is None
    root.remove(signature)
    return digest == hashlib.sha1(c14n(root)).digest()


def test_signed_message_is_valid_for_another_implementation() -> None:
    assert is_signed_by_rsa(a_signed_message())
    assert not is_signed_by_rsa(a_signed_message().replace(">HW1<", ">HW2<"))


def test_signature_names_its_algorithms_and_its_certificate() -> None:
    pair = an_rsa_pair()
    root = etree.fromstring(a_signed_message(pair).encode())

    def one(name: str) -> etree._Element:
        (found,) = root.iter(f"{{{DS}}}{name}")
        return found

    c14n_uri = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    assert one("CanonicalizationMethod").get("Algorithm") == c14n_uri
    assert one("SignatureMethod").get("Algorithm") == f"{DS}rsa-sha1"
    assert one("DigestMethod").get("Algorithm") == f"{DS}sha1"
    assert one("Transform").get("Algorithm") == f"{DS}enveloped-signature"
    assert one("Reference").get("URI") == ""
    assert one("KeyName").text == "01691fe9"
    assert b64decode(one("X509Certificate").text) == pair.certificate.der


def test_sm2_has_the_algorithms_of_the_e_port() -> None:
    info = prepare(a_message().body, Algorithm.SM2_SM3).signed_info.decode()

    assert '"http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"' in info
    assert '"http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"' in info


def test_signature_stands_between_the_subscription_and_the_extension() -> None:
    transfer = {"copCode": DECLARANT.code, "copName": DECLARANT.name, "dxpMode": "DXP"}
    body = write_message(
        CEB509,
        guid="01900000-0000-7000-8000-000000000000",
        documents=[Document({"appType": "1"}, ())],
        transfer=transfer,
        subscribes=[{"status": "ALL", "dxpMode": "DXP"}] * 2,
        extend=Extension("other", "1", "Signature", "of somebody"),
    )
    text = signed(body, a_signature(body))

    names = [etree.QName(child).localname for child in etree.fromstring(text.encode())]
    assert names[1:] == [
        "BaseTransfer",
        "BaseSubscribe",
        "BaseSubscribe",
        "Signature",
        "ExtendMessage",
    ]
    assert is_signed_by_rsa(text)


def test_a_message_is_signed_once() -> None:
    with pytest.raises(MessageAlreadySigned):
        prepare(a_signed_message(), Algorithm.RSA_SHA1)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.message_type)
def test_every_kind_of_message_can_be_signed(kind: MessageKind) -> None:
    for sample in samples_of(kind):
        text = signed(sample.message, a_signature(sample.message))

        assert is_signed_by_rsa(text), sample.name
        assert isinstance(verify(text), Verified), sample.name


# Canonicalization

texts = st.text(st.sampled_from("ab<&>\"'\t\n 中\U00020000"), max_size=6)
names = st.sampled_from(["a", "b", "p:a", "q:b"])
namespaces = st.dictionaries(
    st.sampled_from(["xmlns:p", "xmlns:q", "xmlns"]), st.sampled_from(["urn:1", "urn:2"])
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    """An element with declarations, attributes, references, comments and CDATA sections."""
    attributes = draw(st.dictionaries(st.sampled_from(["z", "y", "p:x"]), texts, max_size=3))
    given_names = {**draw(namespaces), **attributes}
    head = "".join(f" {n}={_quoted(v)}" for n, v in given_names.items())
    inside = "".join(draw(st.lists(_content(depth), max_size=3)))
    name = draw(names)
    return f"<{name}{head}>{inside}</{name}>" if inside else f"<{name}{head}/>"


def _quoted(value: str) -> str:
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")
    return "'" + text.replace("\t", "&#9;") + "'"


def _content(depth: int) -> st.SearchStrategy[str]:
    text = texts.map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    kinds = [
        text,
        texts.map(lambda t: f"<![CDATA[{t}]]>"),
        st.sampled_from(["<!-- c -->", "&#13;", "\r\n"]),
    ]
    if depth:
        kinds.append(elements(depth=depth - 1))
    return st.one_of(kinds)


ROOTS = st.sampled_from(
    [
        "<?xml version='1.0'?>\n<r xmlns:q='urn:2' b='' a='1' xmlns:p='urn:1'>",
        '<?xml version="1.0" encoding="UTF-8"?>\n<r xmlns:p="urn:1" xmlns:q="urn:2" a="1" b="">',
        '<r xmlns:p="urn:1" xmlns:q="urn:2" b="" a="1">',
        '<r xmlns:p="urn:1" xmlns:q="urn:2" a="1"  b="">',
        '<r xmlns:p="urn:1" xmlns:q="urn:2" q:a="1" p:b="">',
    ]
)


PLAIN = texts.map(lambda text: f"<p:a>{escape(text)}</p:a>")
# Well-formed, and not canonical.
LOOSE = st.sampled_from(["<p:a>b > c</p:a>", "<a >b</a>", "<a>b</a\n>", "<a>&quot;</a>", "<a\t/>"])


@given(ROOTS, st.one_of(elements(), PLAIN, LOOSE))
def test_canonical_text_is_that_of_another_implementation(root: str, inside: str) -> None:
    body = f"{root}{inside}</r>\n"

    assert canonical_root(body) == c14n(etree.fromstring(body.encode()))


@given(
    inside=elements(depth=1),
    declared=st.dictionaries(st.sampled_from(["xmlns:q", "xmlns:r"]), st.just("urn:3")),
)
def test_signed_info_has_the_namespaces_in_force(inside: str, declared: dict[str, str]) -> None:
    # No default namespace here: lxml loses it when it copies a part of a tree.
    more = "".join(f' {name}="{uri}"' for name, uri in declared.items())
    body = (
        f'<r xmlns:p="urn:1" xmlns:q="urn:2"><ds:Signature xmlns:ds="{DS}"{more}>'
        f"<ds:SignedInfo>{inside}</ds:SignedInfo></ds:Signature></r>"
    )
    info = etree.fromstring(body.encode()).find(f".//{{{DS}}}SignedInfo")

    assert take_apart(body).signed_info == c14n(info)


def test_message_of_our_writer_is_taken_as_it_is_and_any_other_is_written_anew() -> None:
    body = a_message().body
    other = body.replace("<ceb:", "<!-- c --><ceb:", 1).replace("gnum>1<", "gnum><![CDATA[1]]><")

    assert canonical_root(body) == c14n(etree.fromstring(body.encode()))
    assert canonical_root(body) == canonical_root(other)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<a>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        "<a><?do it?></a>",
        '<a xml:lang="zh"></a>',
        "<a>\ud800</a>",
    ],
)
def test_what_no_message_has_is_refused(body: str) -> None:
    with pytest.raises(NotCanonicalizable):
        canonical_root(body)
    assert isinstance(verify(body), NotVerified)


# Checking


def test_own_signature_is_verified() -> None:
    body, pair = a_message().body, an_rsa_pair()
    signature = a_signature(body, pair)
    found = verify(signed(body, signature))

    assert found == Verified(Algorithm.RSA_SHA1, "01691fe9", pair.certificate, signature.digest)


def test_layout_of_the_signature_does_not_matter() -> None:
    text = a_signed_message().replace("<ds:SignatureValue>", "\n  <ds:SignatureValue>\n")

    assert isinstance(verify(text), Verified)


def test_what_is_not_as_signed_is_refused_for_its_reason() -> None:
    good = a_signed_message()
    foreign = a_signature(a_message().body, an_rsa_pair(key=1))
    start, end = good.index("<ds:X509Certificate>") + 20, good.index("</ds:X509Certificate>")
    other = foreign.xml[foreign.xml.index("<ds:X509Certificate>") + 20 :].partition("<")[0]
    element = good[good.index("<ds:Signature ") : good.index("</ds:Signature>") + 15]
    sm2 = "".join(SM2_CERTIFICATE.splitlines()[1:-1])
    cases = {
        Fault.UNSIGNED: a_message().body,
        Fault.DIGEST: good.replace(">HW1<", ">HW2<"),
        Fault.SIGNATURE: good[:start] + other + good[end:],
        Fault.CERTIFICATE: good[:start] + sm2 + good[end:],
        Fault.FORM: good.replace(element, element * 2),
    }

    for fault, text in cases.items():
        found = verify(text)
        assert isinstance(found, NotVerified), fault
        assert found.fault is fault, found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('URI=""', 'URI="#a"'),
        ("REC-xml-c14n-20010315", "REC-xml-c14n-20010315#WithComments"),
        ("xmldsig#sha1", "xmldsig#sha0"),
        ("xmldsig#enveloped-signature", "xmldsig#base64"),
        ("xmldsig#rsa-sha1", "xmldsig#none"),
        ("</ds:Reference>", '</ds:Reference><ds:Reference URI="#b"></ds:Reference>'),
        ("<ds:KeyName>01691fe9</ds:KeyName>", ""),
        ("<ds:SignatureValue>", "<ds:SignatureValue>*"),
    ],
)
def test_another_form_of_signature_is_refused(old: str, new: str) -> None:
    assert old in a_signed_message()
    found = verify(a_signed_message().replace(old, new))

    assert isinstance(found, NotVerified)
    assert found.fault is Fault.FORM


def test_signed_info_that_was_changed_and_digested_anew_is_refused() -> None:
    body = a_message().body
    forged = body.replace(">HW1<", ">HW2<")
    old, new = (prepare(text, Algorithm.RSA_SHA1).digest for text in (body, forged))
    found = verify(signed(forged, a_signature(body)).replace(old, new))

    assert isinstance(found, NotVerified)
    assert found.fault is Fault.SIGNATURE


def test_signature_is_kept_with_what_it_is_about() -> None:
    body, pair = a_message().body, an_rsa_pair()
    to_sign = prepare(body, Algorithm.RSA_SHA1)
    signature = signature_of(
        to_sign, b"x" * 256, certificate=pair.certificate, at=NOW, is_test=True
    )

    root = etree.fromstring(body.encode())
    assert b64decode(signature.digest) == hashlib.sha1(c14n(root)).digest()
    assert signature.certificate_sha256 == hashlib.sha256(pair.certificate.der).hexdigest()
    assert (signature.key_name, signature.signed_at, signature.is_test) == ("01691fe9", NOW, True)
