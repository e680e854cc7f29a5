"""Why a file cannot be read at all, and what to do."""

from shared.kernel.errors import Invalid, Text, TooLarge


class SheetRefused(Invalid):
    """Base of what is wrong with a file as a whole."""

    code = "catalog.sheet.refused"


class SheetEmpty(SheetRefused):
    code = "catalog.sheet.empty"
    text = Text("The file has no rows.", "文件没有数据行。")
    fix = Text(
        "Send a file with a header and at least one row.", "请提供含表头和至少一行数据的文件。"
    )


class SheetsHidden(SheetRefused):
    code = "catalog.sheet.hidden"
    text = Text("All sheets of the workbook are hidden.", "工作簿中的工作表全部被隐藏。")
    fix = Text("Show the one to be read and save it again.", "请取消隐藏要导入的工作表并重新保存。")


class SheetKindUnknown(SheetRefused):
    code = "catalog.sheet.kind_unknown"
    text = Text("The file is {kind}, which is not read here.", "文件是 {kind}，无法读取。")
    fix = Text(
        "Save it as an Excel workbook (.xlsx) or as CSV UTF-8 and send that.",
        "请另存为 Excel 工作簿（.xlsx）或“CSV UTF-8”后重新上传。",
    )


class SheetEncrypted(SheetRefused):
    code = "catalog.sheet.encrypted"
    text = Text("The file is protected by a password.", "文件受密码保护。")
    fix = Text("Remove the password and save it again.", "请取消密码后重新保存。")


class SheetDamaged(SheetRefused):
    code = "catalog.sheet.damaged"
    text = Text("The file is damaged: {reason}.", "文件已损坏：{reason}。")
    fix = Text(
        "Open it in Excel, save it again and send that; or send it anew if the upload broke off.",
        "请用 Excel 打开并重新保存后上传；若上传中断，请重新上传。",
    )


class SheetEncodingUnknown(SheetRefused):
    """`offset`: of the first byte that no encoding explains, from 0; `line` from 1."""

    code = "catalog.sheet.encoding_unknown"
    text = Text(
        "The text is neither UTF-8, UTF-16 nor GB18030 (byte {offset}, line {line}).",
        "文本不是 UTF-8、UTF-16 或 GB18030 编码（第 {offset} 字节，第 {line} 行）。",
    )
    fix = Text("In Excel, choose “CSV UTF-8” when saving.", "在 Excel 中另存为“CSV UTF-8”。")


class SheetJsonArray(SheetRefused):
    code = "catalog.sheet.json_array"
    text = Text(
        "The file is one JSON value, not one a line.", "文件是整个 JSON，而不是每行一个对象。"
    )
    fix = Text(
        "Write one object a line (NDJSON), without brackets and commas around them.",
        "请每行写一个对象（NDJSON），外层不要方括号和逗号。",
    )


class SheetNoHeader(SheetRefused):
    code = "catalog.sheet.no_header"
    text = Text("No line of the first {lines} looks like a header.", "前 {lines} 行中没有表头。")
    fix = Text("Name the columns in the first line.", "请在第一行填写列名。")


class SheetBroken(SheetRefused):
    code = "catalog.sheet.broken"
    text = Text(
        "{rows} rows up to line {line} have unbalanced quotes or endless lines.",
        "截至第 {line} 行，有 {rows} 行引号不成对或行过长。",
    )
    fix = Text(
        "Write a quote inside of text twice, or save the file again as CSV.",
        "内容中的引号请写两次，或重新保存为 CSV。",
    )


class SheetTooLarge(TooLarge):
    code = "catalog.sheet.too_large"
    text = Text("The file has more than {limit} {what}.", "文件超过 {limit} {what_zh}。")
    fix = Text("Split it into several files.", "请拆分为多个文件。")


class SheetFullWidthCommas(SheetRefused):
    code = "catalog.sheet.full_width_commas"
    text = Text(
        "The columns in line {line} are separated by full-width commas (，).",
        "第 {line} 行使用全角逗号（，）分隔列。",
    )
    fix = Text(
        "Use commas (,), or save it from Excel as CSV.", "请改用半角逗号，或从 Excel 另存为 CSV。"
    )
