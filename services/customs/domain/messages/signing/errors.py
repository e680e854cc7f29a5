"""Why a message is not signed, one class per broken rule."""

from shared.kernel.errors import Conflict, NotFound, Text, Unavailable


class MessageAlreadySigned(Conflict):
    code = "customs.message.already_signed"
    text = Text("The message carries a signature already.", "该报文已含签名。")
    fix = Text("Sign the message as it was composed.", "请对原始报文签名。")


class NoKeyOfParty(Conflict):
    """Customs compares agentCode and agentName with the certificate (-625013, -621015, -621016)."""

    code = "customs.message.no_key_of_party"
    text = Text(
        "No signing key belongs to {name} ({code}): {reason}.",
        "没有属于 {name}（{code}）的签名证书：{reason}。",
    )
    fix = Text(
        "Declare with the code and name of a certificate of this park, or add that party's key.",
        "请使用本园区证书上的企业代码和名称申报，或添加该企业的签名证书。",
    )


class NoUsableKey(Unavailable):
    code = "customs.message.no_usable_key"
    text = Text("No key of {name} may sign: {reason}.", "{name} 没有可用的签名证书：{reason}。")
    fix = Text(
        "Renew the certificate, or trust the key again once customs' complaint is settled.",
        "请更新证书；若因海关回执停用，请在问题解决后重新启用。",
    )
    retry_after_s = 60


class SignerBusy(Unavailable):
    code = "customs.message.signer_busy"
    text = Text("{waiting} messages wait for a signature.", "已有 {waiting} 份报文等待签名。")
    fix = Text("Try again later, or add signing keys.", "请稍后重试，或增加签名证书。")
    retry_after_s = 10


class SigningTimedOut(Unavailable):
    code = "customs.message.signing_timed_out"
    text = Text("No key signed within {seconds} s.", "{seconds} 秒内未能完成签名。")
    fix = Text("Try again later; see the health of the keys.", "请稍后重试，并检查签名证书状态。")
    retry_after_s = 30


class KeyNotFound(NotFound):
    code = "customs.signer.key_not_found"
    text = Text("Nobody has found fault with a key {key}.", "没有对证书 {key} 的停用记录。")
    fix = Text("Give the number of its certificate.", "请填写证书编号。")
