"""What reports about goods are refused with, one class per broken rule."""

from shared.kernel.errors import Conflict, NotFound, Text


class WaybillNotFound(NotFound):
    code = "customs.waybill.not_found"
    text = Text(
        "No declaration has the house waybill {house_waybill}.",
        "没有清单使用分运单号 {house_waybill}。",
    )
    fix = Text(
        "Check the number, or report it again once the shipment is booked.",
        "请核对单号，或在运单订舱后重新上报。",
    )
    members = ("house_waybill",)


class ArrivalContradicted(Conflict):
    code = "customs.arrival.contradicted"
    text = Text(
        "{house_waybill} has already arrived, at another time or by another truck.",
        "{house_waybill} 已有不同时间或车辆的运抵记录。",
    )
    fix = Text(
        "Report the identical arrival again, or clarify with the site.",
        "请重复上报相同的运抵信息，或与监管场所核实。",
    )


class OperatorNotRegistered(Conflict):
    code = "customs.arrival.operator_not_registered"
    text = Text(
        "Nobody is registered as the operator of the supervised site.",
        "未登记监管场所经营企业。",
    )
    fix = Text(
        "Register an enterprise with the role site_operator.",
        "请登记角色为 site_operator 的企业。",
    )


class BillNotFound(NotFound):
    code = "customs.bill.not_found"
    text = Text("There is no bill {bill_id}.", "总运单 {bill_id} 不存在。")


class BillWaybillsNotEntered(Conflict):
    code = "customs.bill.not_entered"
    text = Text(
        "Customs does not have the lists of {house_waybills}, or they are cancelled.",
        "{house_waybills} 的清单尚未入库或已撤销。",
    )
    fix = Text(
        "Leave them out, or wait until they are accepted.",
        "请移除上述运单，或等待清单入库。",
    )
    members = ("house_waybills",)


class BillWaybillsBound(Conflict):
    code = "customs.bill.already_bound"
    text = Text(
        "On another bill that customs has, or that is under way: {house_waybills}.",
        "{house_waybills} 已绑定其他总运单。",
    )
    fix = Text("Leave them out.", "请移除上述运单。")
    members = ("house_waybills",)
