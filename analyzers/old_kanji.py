"""Kanji as they were written before 1946, and as names still are: 横濱 is 横浜, 渡邊 and 渡邉 are 渡辺.

Left out are those that are ordinary today (烏龍茶), stand for several (辯, 餘) or for numbers and amounts (萬, 圓).
Source: 当用漢字字体表 (1949) and 常用漢字表 (2010), whose old forms stand in brackets.
"""

import re

_OLD = (
    "亞惡壓圍醫爲隱榮營衞驛鹽緣艷應歐毆櫻奧橫溫穩假價畫會繪壞懷槪擴殼覺學嶽樂渴罐卷陷勸寬關歡觀氣歸僞戲犧舊據擧虛"
    "峽挾狹鄕曉薰羣徑莖惠揭溪經螢輕繼鷄藝擊硏縣儉劍險圈檢獻權顯驗嚴廣效恆黃鑛號國黑碎濟齋劑雜參棧蠶慘贊殘齒兒辭濕"
    "實寫釋壽收從澁獸縱肅處緖敍將稱涉燒證獎條狀乘淨剩疊繩壤孃讓釀觸囑眞寢愼盡圖粹醉穗隨髓樞數瀨聲靜齊攝竊專淺戰踐"
    "錢潛纖禪雙壯爭莊搜插巢裝總騷藏臟卽屬續墮對體帶滯臺瀧擇澤擔單膽團斷彈遲癡蟲晝鑄廳聽敕鎭遞鐵轉點傳燈當黨盜稻鬪"
    "德獨讀屆惱腦霸拜廢賣麥發髮拔蠻濱甁拂佛竝變邊邉寶豐襃沒飜每滿麵默譯藥與譽搖樣謠來賴亂覽兩獵綠淚壘隸靈齡戀爐勞"
    "樓錄灣區髙﨑嶌冨"
)
_NEW = (
    "亜悪圧囲医為隠栄営衛駅塩縁艶応欧殴桜奥横温穏仮価画会絵壊懐概拡殻覚学岳楽渇缶巻陥勧寛関歓観気帰偽戯犠旧拠挙虚"
    "峡挟狭郷暁薫群径茎恵掲渓経蛍軽継鶏芸撃研県倹剣険圏検献権顕験厳広効恒黄鉱号国黒砕済斎剤雑参桟蚕惨賛残歯児辞湿"
    "実写釈寿収従渋獣縦粛処緒叙将称渉焼証奨条状乗浄剰畳縄壌嬢譲醸触嘱真寝慎尽図粋酔穂随髄枢数瀬声静斉摂窃専浅戦践"
    "銭潜繊禅双壮争荘捜挿巣装総騒蔵臓即属続堕対体帯滞台滝択沢担単胆団断弾遅痴虫昼鋳庁聴勅鎮逓鉄転点伝灯当党盗稲闘"
    "徳独読届悩脳覇拝廃売麦発髪抜蛮浜瓶払仏並変辺辺宝豊褒没翻毎満麺黙訳薬与誉揺様謡来頼乱覧両猟緑涙塁隷霊齢恋炉労"
    "楼録湾区高崎島富"
)
_TO_NEW = dict(zip(_OLD, _NEW, strict=True))
_ANY_OLD = re.compile(f"[{_OLD}]")


def modernize_kanji(text: str) -> str:
    """As many characters as there were.

    >>> modernize_kanji("横濱 渡邊"), modernize_kanji("烏龍茶")
    ('横浜 渡辺', '烏龍茶')
    """
    return _ANY_OLD.sub(lambda match: _TO_NEW[match[0]], text)
