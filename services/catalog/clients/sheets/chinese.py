"""Whether text that was read as GB18030 is Chinese. Nearly any bytes are valid GB18030: Western
accents, Cyrillic, Korean and Japanese come out as rare or unusual characters.
"""

from typing import Final

# Characters that every Chinese text has many of, and those of headers of goods.
_FREQUENT: Final = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用"
    "道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意"
    "无力与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体美相见利二等产或"
    "新制身果加西月合回特代内信表化老位次度门常先海通原东提立及比员解水名真处各入口认条平系气题活更别打女变"
    "四总何电数安少报结反受目太量再建务做接必场件计管期市直资金指统区保至队形便空展科五基书非白光放强即式色"
    "路记南品住类求据程北边交规万取格领共确清切带导运货号商编码标价库存质颜尺寸宽图片描述税净毛单币英型备注"
    "条材料包装支持适用款组套红黑蓝绿灰粉紫黄银棕男童婴厨卫浴车灯布棉铁木塑玻璃不锈钢假发刷烛台"
    "杯碗盘锅罐瓶壶盒袋架垫帘枕被帐篷裙衣裤鞋帽袜巾箱绳链圈环针线料皮革丝绒麻纱刀剪锤钉锯钻泵阀管轴承齿轮刹"
    "滤器仪表屏键鼠耳充池缆插座光纤镜玩具球拍桌椅柜床沙发窗锁笔纸本册胶漆油膏霜妆夹梳镯戒项坠茶咖啡水饭汤牛"
    "奶糖果饼干烟草席竹藤花狗猫宠露营户裙袍睡跑运拖凉短手机电脑动自行摩托工农食医药疗械化妆美容洗护香"
)
# Chinese text has about half; other text that is read as Chinese has about a twentieth.
_FREQUENT_SHARE: Final = 0.28
_PROOF_SHARE: Final = 0.35
# Of the characters that GBK added to GB2312, Chinese text has few; accents become nothing else.
_RARE_SHARE: Final = 0.2
_KANA_SHARE: Final = 0.2
# Fewer characters have no shares; those of a few words vary.
_ENOUGH: Final = 10
_MANY: Final = 50
_FEW_SHARE: Final = 0.2


def is_chinese(text: str) -> bool:
    """`text`: the characters beyond ASCII of a file."""
    if not text:
        return True
    han = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    frequent = sum(character in _FREQUENT for character in han)
    if han and len(han) >= _ENOUGH and frequent >= _PROOF_SHARE * len(han):
        return True
    # Characters of four bytes are no accident; rare ones of two bytes are what accents look like.
    common = len(text.encode("gb2312", "ignore"))
    rare = (len(text.encode("gbk", "ignore")) - common) / 2
    kana = sum("\u3040" <= character <= "\u30ff" for character in text)
    if rare > _RARE_SHARE * len(text) or kana > _KANA_SHARE * len(text):
        return False
    share = _FREQUENT_SHARE if len(han) >= _MANY else _FEW_SHARE
    return len(han) < _ENOUGH or frequent >= share * len(han)
