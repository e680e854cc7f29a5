"""CSV files of all kinds as rows: encodings, delimiters, quotes, broken lines."""

from pathlib import Path

import pytest

from services.catalog.clients.sheets import Sheet, SheetLimits, SheetRefused, SheetTooLarge
from tests.support.sheets import Opened, sheet_of

_KOREAN = (
    "하얀색 하트 모양 촛대 브랜드 조명 램프 제품 한국어 상품 설명 가격 무게 그램 색상 크기"
    " 여성 의류 신발 가방 화장품 브러시 세트 무료 배송 고품질 주방 용품 어린이 장난감"
)


def _cells(sheet: Sheet) -> list[tuple[int, tuple[object, ...]]]:
    return [(row.line, row.cells) for row in sheet.rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_encoding_is_found_by_content(opened: Opened, encoding: str) -> None:
    sheet = opened("货号,英文品名\nA1,White lamp 白色\n".encode(encoding))

    assert sheet.shape.columns == ("货号", "英文品名")
    assert _cells(sheet) == [(2, ("A1", "White lamp 白色"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(opened: Opened, delimiter: str) -> None:
    rows = [["SKU", "Title (English)", "Price USD"], ["A1", "a, b; c", "1,5"]]
    quoted = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    sheet = opened(quoted.encode())

    assert sheet.shape.delimiter == delimiter
    assert _cells(sheet) == [(2, ("A1", "a, b; c", "1,5"))]


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n"])
def test_line_breaks_and_blank_lines(opened: Opened, line_break: str) -> None:
    lines = ["sku,title", "A1,x", "", ",", '"A2","two', 'lines"', "A3,z"]

    sheet = opened(line_break.join(lines).encode())

    assert _cells(sheet) == [
        (2, ("A1", "x")),
        (5, ("A2", f"two{line_break}lines")),
        (7, ("A3", "z")),
    ]


def test_hint_of_excel_names_the_delimiter(opened: Opened) -> None:
    sheet = opened(b"sep=;\nsku;title\nA1;a,b\n")

    assert sheet.shape.delimiter == ";"
    assert _cells(sheet) == [(3, ("A1", "a,b"))]


def test_quote_that_is_never_closed_costs_one_row(opened: Opened) -> None:
    sheet = opened(b'sku,title\nA1,"open\nA2,x\nA3,"5"" pipe"\nA4,"bad" end\nA5,y\n')

    rows = list(sheet.rows())

    assert [(row.line, row.fault.code if row.fault else None) for row in rows] == [
        (2, "catalog.row.quotes"),
        (3, None),
        (4, None),
        (5, "catalog.row.quotes"),
        (6, None),
    ]
    assert rows[2].cells == ("A3", '5" pipe')


def test_rows_too_long_and_too_short_are_faults(opened: Opened) -> None:
    sheet = opened(b"sku,title,brand\nA1,a,b,,\nA2,a,b,c\nA3,a\n")

    rows = list(sheet.rows())

    assert rows[0].cells == ("A1", "a", "b")
    assert [row.fault and row.fault.code for row in rows] == [
        None,
        "catalog.row.too_many_cells",
        "catalog.row.too_few_cells",
    ]


def test_reading_goes_on_after_a_line(opened: Opened) -> None:
    sheet = opened(b'sku,title\nA1,"x\ny"\nA2,x\nA3,x\n')

    assert [row.line for row in sheet.rows(after_line=2)] == [4, 5]
    assert [row.line for row in sheet.rows(after_line=4)] == [5]


def test_bytes_that_are_no_text_are_refused_with_their_place(opened: Opened) -> None:
    content = b"sku,title\n" + "货物名称货物名称".encode() + b"\nA1,\xff\xff\xff\n"

    with pytest.raises(SheetRefused, match="encoding_unknown") as refused:
        opened(content)

    assert refused.value.params == {"offset": content.index(b"\xff"), "line": 3}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Weißer Kerzenhalter für Bäume in großer Größe"),
        ("cp1250", "Biały świecznik w kształcie serca, żółty"),
        ("cp1251", "Белый подсвечник в форме сердца для дома"),
        ("iso8859_7", "Λευκό κηροπήγιο σε σχήμα καρδιάς"),
        ("big5", "家用裝飾燈具產品說明白色心形燭臺掛飾女裝連衣裙無線耳機"),
        ("shift_jis", "白いハート型キャンドルホルダー商品説明価格重量"),
        ("euc_jp", "白いハート型キャンドルホルダー商品説明価格重量色サイズ女性衣類靴"),
        ("euc_kr", _KOREAN),
    ],
)
def test_other_encodings_are_not_read_as_chinese(opened: Opened, encoding: str, text: str) -> None:
    with pytest.raises(SheetRefused, match="encoding_unknown"):
        opened(f"sku;title\nA1;{text}\n".encode(encoding))


@pytest.mark.parametrize("text", ["白色心形烛台", "镕喆堃烛台😀", "灯", "Größe 灯", "橡皮泥彩泥"])
def test_short_chinese_text_is_read(opened: Opened, text: str) -> None:
    sheet = opened(f"货号,英文品名,品名\nA1,Lamp,{text}\n".encode("gb18030"))

    assert sheet.shape.encoding == "gb18030"
    assert _cells(sheet) == [(2, ("A1", "Lamp", text))]


def test_number_of_rows_is_that_of_lines(opened: Opened) -> None:
    assert opened(b"sku,title\nA1,x\nA2,y").rows_total == 2
    assert opened(b"sku,title\r\nA1,x\r\nA2,y\r\n").rows_total == 2
    assert opened(b"sku,title\rA1,x\rA2,y\r").rows_total == 2


def test_zero_bytes_stay_in_their_cells(opened: Opened) -> None:
    content = b"sku,title\n" + b"A1,some longer text with one\0zero byte\n" * 3

    assert next(opened(content).rows()).cells == ("A1", "some longer text with one\0zero byte")


def test_title_lines_above_the_header_are_passed_over(opened: Opened) -> None:
    sheet = opened("商品资料表,,\n2026-11,,\n货号,英文品名,HS编码\nA1,x,940550\n".encode())

    assert sheet.shape.columns == ("货号", "英文品名", "HS编码")
    assert [row.line for row in sheet.rows()] == [4]


def test_header_of_unknown_names_is_the_first_line_of_names(opened: Opened) -> None:
    sheet = opened(b"abc,def,ghi\n1,2,3\n")

    assert sheet.shape.columns == ("abc", "def", "ghi")


def test_full_width_commas_are_named(opened: Opened) -> None:
    with pytest.raises(SheetRefused, match="full_width_commas"):
        opened("货号，英文品名\nA1，x\n".encode())


def test_file_without_a_header_is_refused(opened: Opened) -> None:
    with pytest.raises(SheetRefused, match="no_header"):
        opened(b"1,2,3\n4,5,6\n")


@pytest.mark.parametrize(
    "limits",
    [
        SheetLimits(bytes_max=20),
        SheetLimits(rows_max=2),
        SheetLimits(columns_max=1),
    ],
)
def test_files_above_the_limits_are_refused(tmp_path: Path, limits: SheetLimits) -> None:
    with pytest.raises(SheetTooLarge):
        list(sheet_of(tmp_path / "x", b"sku,title\n" + b"A1,x\n" * 3, limits).rows())


def test_cell_above_the_limit_costs_one_row(tmp_path: Path) -> None:
    content = b"sku,title\nA1," + b"x" * 50 + b"\nA2,x\n"

    long, short = sheet_of(tmp_path / "x", content, SheetLimits(cell_max=40)).rows()

    assert long.fault is not None
    assert long.fault.code == "catalog.row.cell_too_long"
    assert short.fault is None


def test_line_without_an_end_is_refused(tmp_path: Path) -> None:
    content = b"sku,title\nA1," + b"x" * 5000

    with pytest.raises(SheetRefused, match="broken"):
        list(sheet_of(tmp_path / "x", content, SheetLimits(line_max=1000)).rows())


def test_names_for_people_and_for_programs_are_one_header(opened: Opened) -> None:
    lines = [
        "TemplateType=fptcustom,Version=2024,,",
        "Seller SKU,Brand Name,Product Name,Standard Price",
        "item_sku,brand_name,item_name,standard_price",
        "A1,Acme,Lamp,5",
    ]

    sheet = opened("\n".join(lines).encode())

    assert sheet.shape.columns == tuple(lines[1].split(","))
    assert [row.line for row in sheet.rows()] == [4]


@pytest.mark.parametrize("end", ["", '"', "\n"], ids=["plain", "quoted", "several"])
def test_cell_that_is_far_too_long_is_named_as_such(opened: Opened, end: str) -> None:
    cell = "x" * 200_000
    quote = '"' if end == '"' else ""
    rows = f"SKU,Brand\nA1,{quote}{cell}{end}\nA2,b\n".encode()

    long, other = [row for row in opened(rows).rows() if row.cells != ("",)]

    assert long.fault is not None
    assert long.fault.kind.code == "catalog.row.cell_too_long"
    assert (long.line, other.cells) == (2, ("A2", "b"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("place", [1, 2, 13, 14])
def test_a_zero_in_a_short_file_is_no_sign_of_utf_16(opened: Opened, place: int, end: str) -> None:
    text = f"SKU,Brand{end}A1,Acme{end}A2,x{end}".encode()
    assert opened(text[:place] + b"\x00" + text[place:]).shape.encoding == "utf-8"


def test_header_and_rows_in_two_encodings_are_refused(opened: Opened) -> None:
    rows = "A-1,化妆刷套装专业级大号化妆刷,12.5\n".encode("gb18030") * 50
    with pytest.raises(SheetRefused, match="neither UTF-8"):
        opened("SKU,中文品名,价格\n".encode() + rows)


def test_mark_of_the_end_of_a_file_is_no_row(opened: Opened) -> None:
    assert [row.cells for row in opened(b"SKU,Brand\nA1,b\n\x1a").rows()] == [("A1", "b")]


def test_file_of_one_column_has_commas(opened: Opened) -> None:
    assert opened(b"SKU\nA1\nA2\n").shape.delimiter == ","


def test_file_whose_quotes_do_not_match_is_refused_with_its_line(opened: Opened) -> None:
    sheet = opened(b"SKU,Brand\nA1,b\n" + b'"x"y,1\n' * 1_100)
    with pytest.raises(SheetRefused, match="1001 rows up to line 1003"):
        list(sheet.rows())
