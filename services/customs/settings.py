"""What the operator of customs can set: environment variables CUSTOMS_…

The enterprises are the seed of the park's registrations: at its first start the worker registers
them, and from then on what is registered counts. Their defaults are made up, with a valid check
character; a real park sets its own. The worker refuses codes whose check character is wrong.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings.service import Port, ServiceSettings

PartyCode = Annotated[str, Field(pattern=r"^([0-9A-HJ-NPQRTUWXY]{18}|[0-9]{4}[0-9A-Z]{6})$")]
PartyName = Annotated[str, Field(min_length=1, max_length=100)]
_DISTRICT = r"^[0-9]{4}$"


class RemoteKeySettings(BaseModel):
    """A key in the card or server behind a signing service, and the PEM file of its certificate."""

    url: str = Field(pattern=r"^https?://")
    certificate_file: Path


class SignerSettings(BaseSettings):
    """Who signs messages: the CUSTOMS_SIGNER_… variables (docs/customs/signing.md)."""

    model_config = SettingsConfigDict(
        env_prefix="CUSTOMS_SIGNER_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )

    kind: Literal["none", "test", "rsa", "sm2", "remote"] = Field(
        default="test",
        description="none: messages leave unsigned; test: a key made at start, which customs does"
        " not know; rsa, sm2: a key in a file; remote: cards or servers behind signing services.",
    )
    key_file: Path | None = Field(
        default=None, description="PEM file with the private key, no password (kinds rsa and sm2)."
    )
    certificate_file: Path | None = Field(
        default=None, description="PEM file with its certificate (kinds rsa and sm2)."
    )
    remote_keys: tuple[RemoteKeySettings, ...] = Field(
        default=(),
        description='JSON, a key each (kind remote): [{"url": "…", "certificate_file": "…"}, …].',
    )
    remote_token: SecretStr | None = Field(
        default=None, description="Bearer token for the signing services (kind remote)."
    )
    remote_timeout_s: float = Field(
        default=30.0, gt=0, le=300, description="Deadline of one request to a signing service."
    )
    rate_per_minute: int = Field(
        default=250, ge=1, description="Signatures of one remote key in a minute."
    )
    batch_max: int = Field(
        default=10, ge=1, le=100, description="Messages that a key gets in one request."
    )
    waiting_max: int = Field(
        default=1000, ge=1, description="Messages waiting for a signature; above it, refused."
    )
    patience_s: float = Field(
        default=60.0, gt=0, le=600, description="How long a message waits for a signature."
    )
    environment: str = Field(
        default="local", validation_alias="AIRLANE_ENV", description="local, staging, production …"
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        fault = None
        if self.kind in ("rsa", "sm2") and not (self.key_file and self.certificate_file):
            fault = "needs CUSTOMS_SIGNER_KEY_FILE and CUSTOMS_SIGNER_CERTIFICATE_FILE"
        elif self.kind == "remote" and not self.remote_keys:
            fault = "needs CUSTOMS_SIGNER_REMOTE_KEYS"
        elif self.kind == "test" and self.environment == "production":
            fault = "is not for AIRLANE_ENV=production: customs does not know that key"
        if fault is not None:
            fault = f"CUSTOMS_SIGNER_KIND = {self.kind!r} {fault}"
            raise PydanticCustomError("customs_signer", "{fault}", {"fault": fault})
        return self


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CUSTOMS_")

    api_port: Port = Field(default=8002, description="Port of the API.")
    worker_port: Port = Field(default=8102, description="Port of the worker's probes and metrics.")
    single_window_dir: Path = Field(
        default=Path(".airlane/single-window"),
        description="Folder of the Single Window's transfer client: out/ for messages, in/ for "
        "answers.",
    )
    single_window_file_mode: str = Field(
        default="0640",
        pattern=r"^06[0-6]{2}$",
        description="Who may read messages in out/, in octal: by default our user and its group, "
        "which is to be that of the transfer client. They name merchants, buyers and goods.",
    )
    door: Literal["folder", "http"] = Field(
        default="folder",
        description="By which way messages leave: the folder out/, or a transfer service by HTTP.",
    )
    door_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Where the door http posts messages, one in each request.",
    )
    door_timeout_s: float = Field(
        default=30.0, gt=0, le=120, description="How long the door http waits for an answer."
    )
    envelope: Literal["bare", "dxp"] = Field(
        default="bare",
        description="bare: the message itself, for the port's own client; dxp: in a DxpMsg, for a"
        " client of one's own.",
    )
    envelope_receiver: str = Field(
        default="DXPEDCCEB0000002",
        min_length=1,
        max_length=16,
        description="The port's address in a DxpMsg. Check it with the port before use.",
    )
    message_age_s: float = Field(
        default=0.1,
        gt=0,
        le=10,
        description="How long a document waits for others to share a message, in real time.",
    )
    lane_lease_s: float = Field(
        default=300.0,
        gt=0,
        description="How long a lane keeps parcels it took without reporting, in real time.",
    )
    signer: SignerSettings = Field(
        default_factory=SignerSettings, description="The CUSTOMS_SIGNER_… variables."
    )
    declarant_code: PartyCode = Field(
        default="91420700MAA1RL001K", description="agentCode: who declares. The default is made up."
    )
    declarant_name: PartyName = Field(default="示例报关有限公司", description="agentName.")
    merchant_code: PartyCode = Field(
        default="91420700MAA1RL002N",
        description="ebcCode and ownerCode: the selling enterprise. The default is made up.",
    )
    merchant_name: PartyName = Field(default="示例跨境电商有限公司", description="ebcName.")
    platform_code: PartyCode = Field(
        default="91420700MAA1RL003R",
        description="ebpCode: the platform that took the order. The default is made up.",
    )
    platform_name: PartyName = Field(default="示例电商平台有限公司", description="ebpName.")
    carrier_code: PartyCode = Field(
        default="91420700MAA1RL004W",
        description="logisticsCode: who issues house waybills. The default is made up.",
    )
    carrier_name: PartyName = Field(default="示例国际物流有限公司", description="logisticsName.")
    operator_code: PartyCode = Field(
        default="91420700MAA1RL0050",
        description="operatorCode: who runs the supervised site. The default is made up.",
    )
    operator_name: PartyName = Field(
        default="示例监管场所经营有限公司", description="operatorName."
    )
    dxp_id: str = Field(
        default="DXPENT0000000000",
        min_length=1,
        max_length=16,
        description="Address of the transfer client. The terminal layer takes no more than 16"
        " characters. The default is made up.",
    )
    sends: str = Field(
        default="303,505,507,509,603,605,607,213,215,701",
        description="Messages that the park sends itself, by their numbers. Others are sent by the"
        " enterprises they belong to.",
    )
    senders: str = Field(
        default="",
        description="Messages that leave by another client than the declarant's: number, colon and"
        " the role of the enterprise that owns it, as in 505:logistics. Its registration needs a"
        " dxp_id.",
    )
    customs_code: str = Field(
        default="4700",
        pattern=_DISTRICT,
        description="District the list is declared to. Check the park's own code before use.",
    )
    port_code: str = Field(
        default="4700",
        pattern=_DISTRICT,
        description="District the goods leave by. Check the airport's own code before use.",
    )
    tariff_file: Path | None = Field(
        default=None,
        description="CSV of the tariff with codes of ten digits: prefix, unit1, unit2, elements, "
        "controls, basis. Without it the park's sample is used, which is no tariff.",
    )
