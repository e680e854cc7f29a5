"""Names of countries and territories in Chinese and English, and the domains of marketplaces."""

import re
from typing import Final

from services.catalog.domain.imports.units import folded
from shared.kernel.country import COUNTRIES

# Alpha-2, alpha-3, then names separated by `/`; spaces and punctuation do not matter.
_NAMES: Final = """
AD AND 安道尔/Andorra
AE ARE 阿联酋/阿拉伯联合酋长国/United Arab Emirates/UAE
AF AFG 阿富汗/Afghanistan
AG ATG 安提瓜和巴布达/Antigua and Barbuda
AI AIA 安圭拉/Anguilla
AL ALB 阿尔巴尼亚/Albania
AM ARM 亚美尼亚/Armenia
AO AGO 安哥拉/Angola
AR ARG 阿根廷/Argentina
AS ASM 美属萨摩亚/American Samoa
AT AUT 奥地利/Austria/Österreich
AU AUS 澳大利亚/澳洲/Australia
AW ABW 阿鲁巴/Aruba
AZ AZE 阿塞拜疆/Azerbaijan
BA BIH 波黑/波斯尼亚和黑塞哥维那/Bosnia and Herzegovina/Bosnia
BB BRB 巴巴多斯/Barbados
BD BGD 孟加拉国/孟加拉/Bangladesh
BE BEL 比利时/Belgium
BF BFA 布基纳法索/Burkina Faso
BG BGR 保加利亚/Bulgaria
BH BHR 巴林/Bahrain
BI BDI 布隆迪/Burundi
BJ BEN 贝宁/Benin
BM BMU 百慕大/Bermuda
BN BRN 文莱/Brunei/Brunei Darussalam
BO BOL 玻利维亚/Bolivia
BR BRA 巴西/Brazil/Brasil
BS BHS 巴哈马/Bahamas
BT BTN 不丹/Bhutan
BW BWA 博茨瓦纳/Botswana
BY BLR 白俄罗斯/Belarus
BZ BLZ 伯利兹/Belize
CA CAN 加拿大/Canada
CD COD 刚果民主共和国/刚果金/刚果（金）/DR Congo/Democratic Republic of the Congo
CF CAF 中非/中非共和国/Central African Republic
CG COG 刚果共和国/刚果布/刚果（布）/Republic of the Congo
CH CHE 瑞士/Switzerland
CI CIV 科特迪瓦/象牙海岸/Ivory Coast/Cote d'Ivoire/Côte d'Ivoire
CL CHL 智利/Chile
CM CMR 喀麦隆/Cameroon
CN CHN 中国/中国大陆/中国内地/中华人民共和国/China/Mainland China/China mainland
CN PRC People's Republic of China/PR China
CO COL 哥伦比亚/Colombia
CR CRI 哥斯达黎加/Costa Rica
CU CUB 古巴/Cuba
CV CPV 佛得角/Cape Verde/Cabo Verde
CY CYP 塞浦路斯/Cyprus
CZ CZE 捷克/捷克共和国/Czech Republic/Czechia
DE DEU 德国/Germany/Deutschland
DJ DJI 吉布提/Djibouti
DK DNK 丹麦/Denmark
DM DMA 多米尼克/Dominica
DO DOM 多米尼加/多米尼加共和国/Dominican Republic
DZ DZA 阿尔及利亚/Algeria
EC ECU 厄瓜多尔/Ecuador
EE EST 爱沙尼亚/Estonia
EG EGY 埃及/Egypt
ER ERI 厄立特里亚/Eritrea
ES ESP 西班牙/Spain/España
ET ETH 埃塞俄比亚/Ethiopia
FI FIN 芬兰/Finland
FJ FJI 斐济/Fiji
FM FSM 密克罗尼西亚/Micronesia
FO FRO 法罗群岛/Faroe Islands
FR FRA 法国/France
GA GAB 加蓬/Gabon
GB GBR 英国/United Kingdom/UK/Great Britain/Britain/England
GD GRD 格林纳达/Grenada
GE GEO 格鲁吉亚/Georgia
GF GUF 法属圭亚那/French Guiana
GG GGY 根西岛/Guernsey
GH GHA 加纳/Ghana
GI GIB 直布罗陀/Gibraltar
GL GRL 格陵兰/Greenland
GM GMB 冈比亚/Gambia
GN GIN 几内亚/Guinea
GP GLP 瓜德罗普/Guadeloupe
GQ GNQ 赤道几内亚/Equatorial Guinea
GR GRC 希腊/Greece
GT GTM 危地马拉/Guatemala
GU GUM 关岛/Guam
GW GNB 几内亚比绍/Guinea-Bissau
GY GUY 圭亚那/Guyana
HK HKG 香港/中国香港/Hong Kong/Hong Kong SAR
HN HND 洪都拉斯/Honduras
HR HRV 克罗地亚/Croatia
HT HTI 海地/Haiti
HU HUN 匈牙利/Hungary
ID IDN 印度尼西亚/印尼/Indonesia
IE IRL 爱尔兰/Ireland
IL ISR 以色列/Israel
IM IMN 马恩岛/Isle of Man
IN IND 印度/India
IQ IRQ 伊拉克/Iraq
IR IRN 伊朗/Iran/Iran, Islamic Republic of
IS ISL 冰岛/Iceland
IT ITA 意大利/Italy/Italia
JE JEY 泽西岛/Jersey
JM JAM 牙买加/Jamaica
JO JOR 约旦/Jordan
JP JPN 日本/Japan
KE KEN 肯尼亚/Kenya
KG KGZ 吉尔吉斯斯坦/Kyrgyzstan
KH KHM 柬埔寨/Cambodia
KI KIR 基里巴斯/Kiribati
KM COM 科摩罗/Comoros
KN KNA 圣基茨和尼维斯/Saint Kitts and Nevis
KP PRK 朝鲜/North Korea
KR KOR 韩国/South Korea/Korea/Republic of Korea/Korea, Republic of
KW KWT 科威特/Kuwait
KY CYM 开曼群岛/Cayman Islands
KZ KAZ 哈萨克斯坦/Kazakhstan
LA LAO 老挝/Laos
LB LBN 黎巴嫩/Lebanon
LC LCA 圣卢西亚/Saint Lucia
LI LIE 列支敦士登/Liechtenstein
LK LKA 斯里兰卡/Sri Lanka
LR LBR 利比里亚/Liberia
LS LSO 莱索托/Lesotho
LT LTU 立陶宛/Lithuania
LU LUX 卢森堡/Luxembourg
LV LVA 拉脱维亚/Latvia
LY LBY 利比亚/Libya
MA MAR 摩洛哥/Morocco
MC MCO 摩纳哥/Monaco
MD MDA 摩尔多瓦/Moldova/Moldova, Republic of
ME MNE 黑山/Montenegro
MG MDG 马达加斯加/Madagascar
MK MKD 北马其顿/马其顿/North Macedonia/Macedonia
ML MLI 马里/Mali
MM MMR 缅甸/Myanmar/Burma
MN MNG 蒙古/Mongolia
MO MAC 澳门/中国澳门/Macao/Macau
MQ MTQ 马提尼克/Martinique
MR MRT 毛里塔尼亚/Mauritania
MT MLT 马耳他/Malta
MU MUS 毛里求斯/Mauritius
MV MDV 马尔代夫/Maldives
MW MWI 马拉维/Malawi
MX MEX 墨西哥/Mexico/México
MY MYS 马来西亚/Malaysia
MZ MOZ 莫桑比克/Mozambique
NA NAM 纳米比亚/Namibia
NC NCL 新喀里多尼亚/New Caledonia
NE NER 尼日尔/Niger
NG NGA 尼日利亚/Nigeria
NI NIC 尼加拉瓜/Nicaragua
NL NLD 荷兰/Netherlands/The Netherlands/Holland
NO NOR 挪威/Norway
NP NPL 尼泊尔/Nepal
NZ NZL 新西兰/New Zealand
OM OMN 阿曼/Oman
PA PAN 巴拿马/Panama
PE PER 秘鲁/Peru
PF PYF 法属波利尼西亚/French Polynesia
PG PNG 巴布亚新几内亚/Papua New Guinea
PH PHL 菲律宾/Philippines
PK PAK 巴基斯坦/Pakistan
PL POL 波兰/Poland/Polska
PR PRI 波多黎各/Puerto Rico
PS PSE 巴勒斯坦/Palestine
PT PRT 葡萄牙/Portugal
PY PRY 巴拉圭/Paraguay
QA QAT 卡塔尔/Qatar
RE REU 留尼汪/Reunion/Réunion
RO ROU 罗马尼亚/Romania
RS SRB 塞尔维亚/Serbia
RU RUS 俄罗斯/俄国/Russia/Russian Federation
RW RWA 卢旺达/Rwanda
SA SAU 沙特阿拉伯/沙特/Saudi Arabia/KSA
SB SLB 所罗门群岛/Solomon Islands
SC SYC 塞舌尔/Seychelles
SD SDN 苏丹/Sudan
SE SWE 瑞典/Sweden/Sverige
SG SGP 新加坡/Singapore
SI SVN 斯洛文尼亚/Slovenia
SK SVK 斯洛伐克/Slovakia
SL SLE 塞拉利昂/Sierra Leone
SM SMR 圣马力诺/San Marino
SN SEN 塞内加尔/Senegal
SO SOM 索马里/Somalia
SR SUR 苏里南/Suriname
SS SSD 南苏丹/South Sudan
SV SLV 萨尔瓦多/El Salvador
SY SYR 叙利亚/Syria
SZ SWZ 斯威士兰/Eswatini/Swaziland
TD TCD 乍得/Chad
TG TGO 多哥/Togo
TH THA 泰国/Thailand
TJ TJK 塔吉克斯坦/Tajikistan
TL TLS 东帝汶/Timor-Leste/East Timor
TM TKM 土库曼斯坦/Turkmenistan
TN TUN 突尼斯/Tunisia
TO TON 汤加/Tonga
TR TUR 土耳其/Turkey/Türkiye/Turkiye
TT TTO 特立尼达和多巴哥/Trinidad and Tobago
TW TWN 台湾/中国台湾/Taiwan
TZ TZA 坦桑尼亚/Tanzania/Tanzania, United Republic of
UA UKR 乌克兰/Ukraine
UG UGA 乌干达/Uganda
US USA 美国/United States/United States of America/America
UY URY 乌拉圭/Uruguay
UZ UZB 乌兹别克斯坦/Uzbekistan
VA VAT 梵蒂冈/Vatican/Holy See
VE VEN 委内瑞拉/Venezuela
VN VNM 越南/Vietnam/Viet Nam
VU VUT 瓦努阿图/Vanuatu
WS WSM 萨摩亚/Samoa
YE YEM 也门/Yemen
ZA ZAF 南非/South Africa
ZM ZMB 赞比亚/Zambia
ZW ZWE 津巴布韦/Zimbabwe
"""


def _by_name() -> dict[str, str]:
    names = {code.casefold(): code for code in COUNTRIES}
    for line in _NAMES.strip().splitlines():
        code, alpha3, spoken = line.split(" ", 2)
        for name in (alpha3, *spoken.split("/")):
            names[folded(name)] = code
    return names


_CODES: Final = _by_name()
# Sheets of Chinese factories name the province.
_PROVINCES: Final = tuple(
    "广东 浙江 江苏 福建 山东 河北 河南 湖北 湖南 安徽 江西 四川 重庆 上海 北京 天津 辽宁 吉林"
    " 黑龙江 陕西 山西 广西 云南 贵州 海南 甘肃 青海 宁夏 新疆 西藏 内蒙古 中国".split()
)
_MADE_IN: Final = re.compile(r"^(?:made in|产自|产地[:：]?)\s*", re.IGNORECASE)
# `Amazon.co.uk`, `amazon.de`, `www.amazon.com.tr`
_SHOP: Final = re.compile(
    r"(?:https?://)?(?:www\.)?amazon(?:\.(?:com?|[a-z]{2}))?\.([a-z]{2,3})/?", re.IGNORECASE
)
_DIRECT: Final = frozenset(map(folded, ("独立站", "direct", "自建站", "官网")))
# The store of the United Kingdom is called UK; its market has the country's code.
_STORE_OF_COUNTRY: Final = {"GB": "UK"}


def country_code(name: str) -> str | None:
    """ISO 3166 alpha-2 code of a code or a name. UK is read as GB."""
    if (code := _CODES.get(folded(name))) is not None:
        return code
    # `CN 中国`, `中国(CN)`: two names of one country.
    words = [folded(word) for word in re.split(r"[\s()（）/,，-]+", _MADE_IN.sub("", name)) if word]
    codes = {_CODES.get(word) for word in words}
    if len(codes) == 1 and len(words) > 1:
        return codes.pop()
    joined = "".join(words)
    return _CODES.get(joined) or ("CN" if joined.startswith(_PROVINCES) else None)


def market_code(name: str) -> str | None:
    """The country of a marketplace, by code, name or domain."""
    if (shop := _SHOP.fullmatch(name.strip())) is not None:
        return "US" if shop[1].lower() == "com" else country_code(shop[1])
    key = folded(name).removesuffix("站点").removesuffix("站").removeprefix("amazon")
    return country_code(key) if key else None


def store_code(name: str) -> str | None:
    """The store as orders name it: `DE`, `UK`, or `direct`."""
    if folded(name) in _DIRECT:
        return "direct"
    country = market_code(name)
    return None if country is None else _STORE_OF_COUNTRY.get(country, country)
