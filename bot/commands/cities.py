"""Where a zone's name stands in a sentence: large cities in Chinese and English, IANA names in any letter case.

Invariant: every answer is an IANA name that bot.days accepts; a name that means several zones is not guessed.
"""

import re
import unicodedata
from functools import cache

from bot.days import zone_names

# One line a zone; "_" stands for a space. Cities people in China live in or travel to, and what they call them.
_CITIES = """
Asia/Shanghai 北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 成都 武汉 西安 长沙 郑州 济南 青岛 沈阳 大连 长春 哈尔滨
Asia/Shanghai 石家庄 太原 呼和浩特 合肥 福州 厦门 南昌 南宁 海口 三亚 贵阳 昆明 拉萨 兰州 西宁 银川 宁波 无锡 温州 东莞 佛山 珠海 桂林
Asia/Shanghai 烟台 洛阳 泉州 延安 遵义 雄安 中国 国内 大陆 中国大陆 内地
Asia/Shanghai beijing peking tianjin chongqing guangzhou canton shenzhen hangzhou nanjing suzhou chengdu wuhan xian
Asia/Shanghai changsha zhengzhou jinan qingdao shenyang dalian changchun harbin shijiazhuang taiyuan hohhot hefei
Asia/Shanghai fuzhou xiamen nanchang nanning haikou sanya guiyang kunming lhasa lanzhou xining yinchuan ningbo
Asia/Shanghai china prc
Asia/Urumqi 乌鲁木齐 新疆 喀什
Asia/Hong_Kong 香港 hongkong hkt
Asia/Macau 澳门 macao
Asia/Taipei 台北 高雄 台中 台湾 taiwan kaohsiung roc
Asia/Tokyo 东京 大阪 京都 横滨 名古屋 札幌 福冈 冲绳 日本 osaka kyoto yokohama nagoya sapporo fukuoka okinawa japan jst
Asia/Seoul 首尔 汉城 釜山 济州 韩国 busan korea south_korea rok kst
Asia/Pyongyang 平壤 朝鲜
Asia/Ulaanbaatar 乌兰巴托 蒙古 ulan_bator mongolia
Asia/Singapore 新加坡 sgt
Asia/Kuala_Lumpur 吉隆坡 槟城 马来西亚 malaysia penang
Asia/Bangkok 曼谷 清迈 普吉 普吉岛 芭提雅 泰国 thailand phuket chiang_mai pattaya
Asia/Ho_Chi_Minh 胡志明 胡志明市 西贡 河内 岘港 芽庄 越南 hanoi da_nang vietnam
Asia/Phnom_Penh 金边 暹粒 西哈努克 柬埔寨 cambodia siem_reap
Asia/Vientiane 万象 琅勃拉邦 老挝 laos
Asia/Yangon 仰光 曼德勒 内比都 缅甸 myanmar mandalay
Asia/Manila 马尼拉 宿务 长滩 菲律宾 philippines cebu
Asia/Jakarta 雅加达 泗水 surabaya bandung
Asia/Makassar 巴厘 巴厘岛 登巴萨 bali denpasar
Asia/Brunei 文莱
Asia/Kolkata 新德里 德里 孟买 加尔各答 班加罗尔 金奈 印度 delhi new_delhi mumbai bombay bangalore bengaluru chennai india
Asia/Kathmandu 加德满都 尼泊尔 nepal
Asia/Dhaka 达卡 孟加拉国 bangladesh
Asia/Colombo 科伦坡 斯里兰卡 sri_lanka
Indian/Maldives 马累 马尔代夫 male
Asia/Karachi 卡拉奇 伊斯兰堡 拉合尔 巴基斯坦 pakistan islamabad lahore
Asia/Kabul 喀布尔 阿富汗
Asia/Tashkent 塔什干 乌兹别克斯坦 uzbekistan
Asia/Almaty 阿拉木图 阿斯塔纳 哈萨克斯坦 astana kazakhstan
Asia/Bishkek 比什凯克 吉尔吉斯斯坦
Asia/Dushanbe 杜尚别 塔吉克斯坦
Asia/Ashgabat 阿什哈巴德 土库曼斯坦
Asia/Dubai 迪拜 阿布扎比 阿联酋 abu_dhabi uae
Asia/Qatar 多哈 卡塔尔 doha
Asia/Riyadh 利雅得 吉达 麦加 沙特 沙特阿拉伯 jeddah mecca saudi_arabia
Asia/Kuwait 科威特
Asia/Baghdad 巴格达 伊拉克 iraq
Asia/Tehran 德黑兰 伊朗 iran
Asia/Jerusalem 耶路撒冷 特拉维夫 以色列 tel_aviv israel
Europe/Istanbul 伊斯坦布尔 安卡拉 土耳其 ankara turkey
Europe/Moscow 莫斯科 圣彼得堡 st_petersburg saint_petersburg
Asia/Vladivostok 海参崴 符拉迪沃斯托克
Asia/Novosibirsk 新西伯利亚
Asia/Irkutsk 伊尔库茨克
Europe/Minsk 明斯克 白俄罗斯
Europe/Kyiv 基辅 乌克兰 ukraine
Europe/London 伦敦 曼彻斯特 爱丁堡 伯明翰 剑桥 牛津 利物浦 英国 uk britain england manchester edinburgh cambridge oxford liverpool gb
Europe/Dublin 都柏林 爱尔兰 ireland eire
Europe/Paris 巴黎 里昂 马赛 尼斯 法国 lyon marseille france
Europe/Berlin 柏林 慕尼黑 法兰克福 汉堡 科隆 杜塞尔多夫 斯图加特 德国 munich frankfurt hamburg cologne germany
Europe/Madrid 马德里 巴塞罗那 西班牙 barcelona spain
Europe/Rome 罗马 米兰 威尼斯 佛罗伦萨 意大利 milan venice florence italy
Europe/Lisbon 里斯本 葡萄牙 portugal
Europe/Amsterdam 阿姆斯特丹 鹿特丹 海牙 荷兰 rotterdam netherlands
Europe/Brussels 布鲁塞尔 比利时 belgium
Europe/Luxembourg 卢森堡
Europe/Zurich 苏黎世 日内瓦 伯尔尼 瑞士 geneva bern switzerland
Europe/Vienna 维也纳 奥地利 austria
Europe/Prague 布拉格 捷克 czech
Europe/Budapest 布达佩斯 匈牙利 hungary
Europe/Warsaw 华沙 波兰 poland
Europe/Belgrade 贝尔格莱德 塞尔维亚 serbia
Europe/Bucharest 布加勒斯特 罗马尼亚 romania
Europe/Sofia 索非亚 保加利亚 bulgaria
Europe/Athens 雅典 希腊 greece
Europe/Copenhagen 哥本哈根 丹麦 denmark
Europe/Stockholm 斯德哥尔摩 瑞典 sweden
Europe/Oslo 奥斯陆 挪威 norway
Europe/Helsinki 赫尔辛基 芬兰 finland
Atlantic/Reykjavik 雷克雅未克 冰岛 iceland
America/New_York 纽约 华盛顿 波士顿 费城 迈阿密 亚特兰大 匹兹堡 奥兰多 美东 美国东部 nyc washington washington_dc boston philadelphia miami atlanta pittsburgh
America/Chicago 芝加哥 休斯敦 休斯顿 达拉斯 奥斯汀 新奥尔良 houston dallas austin new_orleans
America/Denver 丹佛 盐湖城 salt_lake_city
America/Phoenix 凤凰城
America/Los_Angeles 洛杉矶 旧金山 西雅图 圣地亚哥 硅谷 拉斯维加斯 圣何塞 波特兰 美西 美国西部 la san_francisco seattle san_diego las_vegas san_jose
America/Anchorage 安克雷奇 阿拉斯加 alaska
Pacific/Honolulu 檀香山 火奴鲁鲁 夏威夷 hawaii hst
America/Toronto 多伦多 渥太华 蒙特利尔 ottawa montreal
America/Vancouver 温哥华
America/Edmonton 卡尔加里 埃德蒙顿 calgary
America/Winnipeg 温尼伯
America/Halifax 哈利法克斯
America/Mexico_City 墨西哥城
America/Havana 哈瓦那 古巴 cuba
America/Panama 巴拿马
America/Bogota 波哥大 哥伦比亚 colombia
America/Lima 利马 秘鲁 peru
America/Santiago 智利 chile
America/Caracas 加拉加斯 委内瑞拉 venezuela
America/Sao_Paulo 圣保罗 里约热内卢 里约 巴西利亚 rio rio_de_janeiro brasilia
America/Argentina/Buenos_Aires 布宜诺斯艾利斯 阿根廷 argentina
Africa/Cairo 开罗 埃及 egypt
Africa/Casablanca 卡萨布兰卡 摩洛哥 morocco
Africa/Algiers 阿尔及尔 阿尔及利亚 algeria
Africa/Addis_Ababa 亚的斯亚贝巴 埃塞俄比亚 ethiopia
Africa/Nairobi 内罗毕 肯尼亚 kenya
Africa/Lagos 拉各斯 阿布贾 尼日利亚 nigeria abuja
Africa/Accra 阿克拉 加纳 ghana
Africa/Luanda 罗安达 安哥拉 angola
Africa/Lusaka 卢萨卡 赞比亚 zambia
Africa/Dar_es_Salaam 达累斯萨拉姆 坦桑尼亚 tanzania
Africa/Johannesburg 约翰内斯堡 开普敦 比勒陀利亚 南非 cape_town south_africa
Indian/Mauritius 毛里求斯
Australia/Sydney 悉尼 堪培拉 canberra
Australia/Melbourne 墨尔本
Australia/Brisbane 布里斯班 黄金海岸 凯恩斯 gold_coast cairns
Australia/Adelaide 阿德莱德
Australia/Perth 珀斯
Australia/Darwin 达尔文
Australia/Hobart 霍巴特
Pacific/Auckland 奥克兰 惠灵顿 基督城 皇后镇 新西兰 wellington christchurch queenstown new_zealand nz
Pacific/Fiji 斐济 苏瓦
Pacific/Apia 萨摩亚 阿皮亚
Pacific/Guam 关岛
Pacific/Saipan 塞班
Pacific/Port_Moresby 莫尔兹比港 巴布亚新几内亚
UTC utc gmt zulu 世界时 协调世界时
"""

# Fixed offsets under letters that mean a place with summer time: an hour wrong half of the year, so not taken.
_NOT_NAMES = frozenset({"EST", "MST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"})
_REGIONS = re.compile(r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/")
_VAGUE = frozenset(
    {"act", "north", "south", "west", "central", "pacific", "nsw"}
)  # Australia/North and the like

_WORD = r"[a-z\u00c0-\u024f][a-z0-9\u00c0-\u024f_/+\-'’.]*"
_LATIN = re.compile(rf"{_WORD}(?: +{_WORD}){{0,3}}")
_HAN = re.compile("[㐀-䶿一-鿿]")


def _squeezed(name: str) -> str:
    """`São Paulo`, `sao_paulo` and `saopaulo` are one name."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return re.sub(r"[ _\-'’.]", "", plain)


@cache
def _names() -> tuple[dict[str, str], dict[str, str], int]:
    """Exact names in lower case, squeezed ones, and the length of the longest Chinese one."""
    exact = {name.lower(): name for name in zone_names() - _NOT_NAMES}
    squeezed: dict[str, str] = {}
    several = set()
    for name in zone_names():
        if "Etc/" in name or not _REGIONS.match(name):
            continue
        squeezed[_squeezed(name.lower())] = name
        last = _squeezed(name.rpartition("/")[2].lower())
        if squeezed.setdefault(last, name) != name:
            several.add(last)
    for name in several | _VAGUE:
        squeezed.pop(name, None)
    for line in _CITIES.strip().splitlines():
        zone, *cities = line.split()
        for city in (*cities, zone.rpartition("/")[2].lower()):
            squeezed[_squeezed(city)] = zone
            if exact.get(city, zone) != zone:
                exact[city] = zone  # 'Japan' and 'PRC' are links: the name people know is shown
    return exact, squeezed, max(len(name) for name in squeezed if _HAN.match(name))


def zone_at(text: str, at: int) -> tuple[str, int] | None:
    """The zone whose name begins at `at` of a folded text (lower case, simplified) and where the name ends.

    >>> zone_at("7:52 los angeles", 5)
    ('America/Los_Angeles', 16)
    >>> zone_at("东京都", 0)
    ('Asia/Tokyo', 2)
    """
    exact, squeezed, longest = _names()
    if _HAN.match(text, at):
        for end in range(min(len(text), at + longest), at + 1, -1):
            if text[at:end] in squeezed:
                return squeezed[text[at:end]], end + text.startswith("市", end)
        return None
    found = _LATIN.match(text, at)
    if not found:
        return None
    end = found.end()
    while end > at:
        name = text[at:end].rstrip("'’.+-/_")
        zone = exact.get(name) or squeezed.get(_squeezed(name))
        if zone:
            return zone, at + len(name)
        end = text.rfind(" ", at, end)
    return None
