"""What reading a declaration can be refused with."""

from shared.kernel.errors import Invalid, NotFound, Text


class DeclarationNotFound(NotFound):
    code = "customs.declaration.not_found"
    text = Text("There is no declaration {declaration_id}.", "申报单 {declaration_id} 不存在。")


class RepairImpossible(Invalid):
    code = "customs.declaration.repair_impossible"
    text = Text("{target} cannot be repaired to this value.", "{target} 不能修正为该值。")
    fix = Text(
        "Use the pointer and value of a suggested repair, or place the order again.",
        "请使用建议的修正项，或重新下单。",
    )
