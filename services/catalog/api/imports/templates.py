"""Empty files to fill in and import."""

import asyncio
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogRead
from services.catalog.api.imports.results import MEDIA_TYPES
from services.catalog.domain.imports.rows import ImportKind, SheetFormat
from services.catalog.domain.products.product import UnknownProductType
from services.catalog.domain.types.product_type import TypeNotFound
from services.catalog.queries.types import get_type
from services.catalog.schemas.products.details import TYPE_CODE_PATTERN
from services.catalog.use_cases.imports.templates import make_template
from shared.http import Call, json_reply, problems
from shared.kernel.errors import Locale
from shared.kernel.json import JsonObject

templates_api = APIRouter(tags=["imports"])


class TemplateFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


class TemplateLocale(StrEnum):
    EN = "en"
    ZH_CN = "zh-CN"


_LOCALES: Final[dict[TemplateLocale, Locale]] = {
    TemplateLocale.EN: "en",
    TemplateLocale.ZH_CN: "zh-CN",
}


@templates_api.get(
    "/v1/import-templates/{kind}",
    response_class=Response,
    responses={
        200: {
            "description": "A file with the header of an import, and no rows.",
            "content": {
                MEDIA_TYPES[form]: {"schema": {"type": "string"}}
                for form in (SheetFormat.XLSX, SheetFormat.CSV)
            },
        },
        **problems(422),
    },
)
async def get_import_template(
    kind: Annotated[ImportKind, Path(description="What the rows are about.")],
    call: CatalogRead,
    *,
    form: Annotated[TemplateFormat, Query(alias="format")] = TemplateFormat.XLSX,
    product_type: Annotated[
        str | None,
        Query(
            pattern=TYPE_CODE_PATTERN,
            description="With a column for each attribute of the type; for products only.",
        ),
    ] = None,
    locale: Annotated[
        TemplateLocale | None,
        Query(description="Language of the headers; that of `Accept-Language` if it is left out."),
    ] = None,
) -> Response:
    """Read an empty file to fill in.

    Its headers are recognised by an import of that kind. A workbook has a second sheet that says
    what belongs into each column, and offers the values of columns that have few; it is not
    imported.
    """
    schema = None if product_type is None else await _schema(call, product_type)
    language = call.locale if locale is None else _LOCALES[locale]
    sheet = SheetFormat(form.value)
    content = await asyncio.to_thread(
        make_template, kind, sheet, language, product_type=product_type, schema=schema
    )
    headers = {
        "content-type": MEDIA_TYPES[sheet],
        "content-disposition": f'attachment; filename="{kind.value}.{form.value}"',
    }
    return json_reply(content, headers=headers)


async def _schema(call: Call, product_type: str) -> JsonObject:
    try:
        async with call.read() as reader:
            found = await get_type(reader, code=product_type, version=None)
    except TypeNotFound:
        raise UnknownProductType(pointer="/query/product_type", product_type=product_type) from None
    return found.type.schema
