"""Registrations that cannot be found or accepted, one class per broken rule."""

from shared.kernel.errors import Conflict, Invalid, NotFound, Text


class RegistrationNotFound(NotFound):
    code = "customs.registration.not_found"
    text = Text(
        "There is no registration {registration_id}, or not that version of it.",
        "登记 {registration_id} 或其该版本不存在。",
    )


class UsccWrong(Invalid):
    code = "customs.registration.uscc"
    text = Text(
        "{uscc} is no unified social credit code: its check character is wrong.",
        "{uscc} 不是有效的统一社会信用代码：校验位不正确。",
    )
    fix = Text("Copy the code from the business licence.", "请按营业执照填写统一社会信用代码。")


class PartyCodeMissing(Invalid):
    code = "customs.registration.code_missing"
    text = Text(
        "An enterprise in the roles {roles} is declared by its code, and none is given.",
        "角色 {roles} 的企业须以代码申报，但未填写任何代码。",
    )
    fix = Text(
        "Give its customs code or its USCC. Only a maker that is not registered and a platform"
        " abroad have none.",
        "请填写海关注册编码或统一社会信用代码。仅未登记的生产企业和境外平台可以没有代码。",
    )


class ValidityEmpty(Invalid):
    code = "customs.registration.validity_empty"
    text = Text(
        "The registration ends on {valid_to}, before it is valid for a day.",
        "登记在 {valid_to} 终止，没有任何有效日期。",
    )
    fix = Text(
        "valid_to is the first day on which it no longer counts: later than valid_from.",
        "valid_to 为失效首日，须晚于 valid_from。",
    )


class LedgerWithoutArea(Invalid):
    code = "customs.registration.ledger_without_area"
    text = Text(
        "A bonded ledger is kept by an area enterprise only.", "仅区内企业可以有保税账册编号。"
    )
    fix = Text(
        "Leave out ems_no, or add the role area_enterprise.",
        "请省略 ems_no，或增加角色 area_enterprise。",
    )


class RegistrationExists(Conflict):
    code = "customs.registration.exists"
    text = Text(
        "An enterprise of this code is already registered as {existing_id}.",
        "该代码的企业已登记为 {existing_id}。",
    )
    fix = Text(
        "Change that registration: PUT /v1/registrations/{existing_id}.",
        "请修改已有登记：PUT /v1/registrations/{existing_id}。",
    )
    members = ("existing_id",)


class UsccChanged(Conflict):
    code = "customs.registration.uscc_changed"
    text = Text(
        "The registration is of the enterprise {uscc}; another code is another enterprise.",
        "该登记属于企业 {uscc}，代码不同即为另一企业。",
    )
    fix = Text(
        "End this registration with valid_to, and register the other enterprise.",
        "请以 valid_to 终止本登记，并为另一企业新建登记。",
    )


class ParkEnterpriseMissing(Conflict):
    """A report about goods has nobody to name."""

    code = "customs.party.park_incomplete"
    text = Text("{findings}", "{findings_zh}")
    fix = Text(
        "Register the park's enterprise, or a valid version of it: /v1/registrations.",
        "请在 /v1/registrations 登记园区企业或其有效版本。",
    )
