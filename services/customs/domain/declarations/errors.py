"""What reading a declaration can be refused with."""

from shared.kernel.errors import NotFound, Text


class DeclarationNotFound(NotFound):
    code = "customs.declaration.not_found"
    text = Text("There is no declaration {declaration_id}.", "申报单 {declaration_id} 不存在。")
