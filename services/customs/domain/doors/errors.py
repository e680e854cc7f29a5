"""What is refused about doors, one class per broken rule."""

from shared.kernel.errors import NotFound, Text


class DoorNotFound(NotFound):
    code = "customs.door.not_found"
    text = Text("There is no door {name}.", "通道 {name} 不存在。")
    fix = Text("GET /v1/doors lists them.", "可通过 GET /v1/doors 查看全部通道。")
