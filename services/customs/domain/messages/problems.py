"""What is wrong with a message, in Chinese. Problems are stored as short English clauses; here each
has its Chinese one, which is looked up when somebody reads it.
"""

import re
from typing import Final

from shared.kernel.errors import Text

_CLAUSES: Final = (
    # Elements and rules of the messages that are written.
    Text("is missing", "缺失"),
    Text("is missing; only mail may leave it out", "缺失，仅邮件运输可不填"),
    Text("is missing; trade mode {mode} needs it", "缺失，监管方式 {mode} 必填"),
    Text("is missing; both times come together", "缺失，起止时间须同时填写"),
    Text("must be {number} or more", "不得小于 {number}"),
    Text("must be at most msgCount, {number}", "不得大于 msgCount（{number}）"),
    Text("must have {least} to {most} characters", "应为 {least} 至 {most} 个字符"),
    Text("must have {number} characters", "应为 {number} 个字符"),
    Text("may have at most {number} characters", "不得超过 {number} 个字符"),
    Text("is not a number", "不是数字"),
    Text("has more than {number} decimals", "小数超过 {number} 位"),
    Text("must be whole", "应为整数"),
    Text("has more than {number} digits", "数字超过 {number} 位"),
    Text("is not a time of the form {form}", "不是格式为 {form} 的时间"),
    Text("needs at least 1 where there is no startTime", "未填 startTime 时至少需要 1 项"),
    Text("needs at least {number}", "至少需要 {number} 项"),
    Text("needs 1 to {number} receivers", "须有 1 至 {number} 个接收方"),
    Text("may come at most {number} times", "最多出现 {number} 次"),
    Text("stands twice: {number}", "重复（{number}）"),
    Text("must not be before startTime", "不得早于 startTime"),
    Text("must not be China", "不得为中国"),
    Text("is no element of this node", "不是该节点的元素"),
    # Receipts.
    Text("stands twice", "重复出现"),
    Text("has no root guid, and there is no oriCopMsgId", "没有根节点 guid，且无 oriCopMsgId"),
    Text("must be one line of visible characters", "应为单行可见字符"),
    Text("must be a whole number from 1 on", "应为不小于 1 的整数"),
    Text(
        "must be yyyyMMddHHmmssfff or an instant with an offset",
        "应为 yyyyMMddHHmmssfff 格式，或带时区的时间",
    ),
    Text("must lie between {first} and {last}", "应在 {first} 与 {last} 之间"),
    Text("must stand once", "应出现一次"),
    Text("must be one of {values}", "应为其中之一：{values}"),
    Text("must be an object", "应为对象"),
    Text("is not part of a receipt", "不属于回执"),
    Text("must be text", "应为文本"),
    Text("must be {first} or {second}", "应为 {first} 或 {second}"),
    Text("must be {value}", "应为 {value}"),
    # XML and envelopes.
    Text("the root is no CEB message in the namespace {name}", "根节点不是命名空间 {name} 的报文"),
    Text("the envelope holds another one", "信封内仍是信封"),
    Text("the envelope holds no message", "信封内没有报文"),
    Text("Data is not base64: {why}", "Data 不是 base64 编码"),
    Text("byte {number} is not {codec}", "第 {number} 个字节不是 {codec} 编码"),
    Text("the encoding {name} is not known here", "不支持编码 {name}"),
    Text("a tag or a comment is too long", "标签或注释过长"),
    Text("it has too many elements", "元素过多"),
    Text("it is nested too deeply", "嵌套过深"),
    Text("an element has too many attributes", "元素的属性过多"),
    Text("{what}: line {line}, column {column}", "XML 语法有误（第 {line} 行第 {column} 列）"),
)


def _pattern(clause: Text) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", clause.en)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)),
        re.DOTALL,
    )


_KNOWN: Final = tuple((_pattern(clause), clause.zh) for clause in _CLAUSES)


def in_chinese(clause: str) -> str | None:
    """The Chinese of an English clause. None: it is not known, such as somebody's own words."""
    for pattern, zh in _KNOWN:
        if match := pattern.fullmatch(clause):
            values = {
                name: value.replace(" or ", " 或 ") for name, value in match.groupdict().items()
            }
            return zh.format(**values)
    return None


def problem_text(clause: str) -> Text:
    """In both languages, to be put into another text."""
    escaped = (clause, in_chinese(clause) or clause)
    return Text(*(one.replace("{", "{{").replace("}", "}}") for one in escaped))
