"""Names of a province: cities and counties of Jiangxi, bodies, people, firms and projects; people and firms are invented."""

# ruff: noqa: E501  (lists of words)
from __future__ import annotations

from collections.abc import Iterator
from random import Random

#: City and its districts and counties. The city of the demonstration is not among them: it has no like on the map.
CITIES = {
    "南昌市": "东湖区 西湖区 青云谱区 青山湖区 新建区 红谷滩区 南昌县 安义县 进贤县",
    "景德镇市": "昌江区 珠山区 浮梁县 乐平市",
    "萍乡市": "安源区 湘东区 莲花县 上栗县 芦溪县",
    "九江市": "濂溪区 浔阳区 柴桑区 武宁县 修水县 永修县 德安县 都昌县 湖口县 彭泽县 瑞昌市 共青城市 庐山市",
    "新余市": "渝水区 分宜县",
    "鹰潭市": "月湖区 余江区 贵溪市",
    "赣州市": "章贡区 南康区 赣县区 信丰县 大余县 上犹县 崇义县 安远县 定南县 全南县 宁都县 于都县 兴国县 会昌县 寻乌县 石城县 瑞金市 龙南市",
    "吉安市": "吉州区 青原区 吉安县 吉水县 峡江县 新干县 永丰县 泰和县 遂川县 万安县 安福县 永新县 井冈山市",
    "宜春市": "袁州区 奉新县 万载县 上高县 宜丰县 靖安县 铜鼓县 丰城市 樟树市 高安市",
    "抚州市": "临川区 东乡区 南城县 黎川县 南丰县 崇仁县 乐安县 宜黄县 金溪县 资溪县 广昌县",
    "上饶市": "信州区 广丰区 广信区 玉山县 铅山县 横峰县 弋阳县 余干县 鄱阳县 万年县 婺源县 德兴市",
}  # fmt: skip
BUREAUX = ("城市管理局", "民政局", "教育局", "卫生健康委员会", "交通运输局", "农业农村局", "水利局", "文化广电新闻出版旅游局", "生态环境局",
           "应急管理局", "林业局", "司法局", "自然资源局", "退役军人事务局", "残疾人联合会", "科学技术局")  # fmt: skip
#: Bodies under a bureau that buy for themselves: where a region has more purchasers than bureaux.
UNITS = ("服务中心", "综合执法大队", "事业发展中心", "信息中心", "监测站", "培训中心", "保障中心", "研究所", "管理处", "技术推广站", "档案馆", "后勤中心")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国志海燕春梅晓东文斌辉俊波宁浩宇鹏飞雪琴慧颖婷欣怡思远佳嘉雅子涵博瑞安康清源景行知书怀瑾若曦书航"
FIRM_STEMS = "洪城 赣江 滕王 豫章 庐山 鄱湖 井冈 翠微 梅岭 三清 龙虎 婺源 浔阳 青云 红谷 瑶湖 象湖 锦江 抚河 信江 饶河 修水 袁河 章江 贡水 仰天 云居 武功 明月 仙女 东江 丰城 樟树 临川 吉州 渝州".split()
FIRM_WORDS = "清源 绿城 洁净 安康 博远 众诚 恒信 嘉禾 明德 启航 瑞丰 盛达 天佑 同心 万象 新锐 兴业 阳光 永泰 致远 中正 卓越 和谐 家园 互助 益民 惠民 春晖 仁爱 康宁 智汇 云帆 方圆 金桥 长青 汇丰".split()
FIRM_KINDS = (("环境服务有限公司", "91"), ("养护工程有限公司", "91"), ("物业管理有限公司", "91"), ("信息技术有限公司", "91"), ("工程咨询有限公司", "91"),
              ("检测技术有限公司", "91"), ("文化传媒有限公司", "91"), ("社会工作服务中心", "52"), ("养老服务中心", "52"), ("社区服务中心", "52"))  # fmt: skip
OCCASIONS = ("", "", "", "委托", "第三方", "全域", "城区", "乡镇", "一体化", "专项")


def purchasers() -> Iterator[str]:
    """What the purchasers of a region are called behind its name: its bureaux, then what stands under them."""
    yield from BUREAUX
    for unit in UNITS:
        for bureau in BUREAUX:
            yield bureau + unit


def person(rng: Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _n in range(rng.choice((1, 2, 2, 2))))


def firm(rng: Random, place: str, number: int) -> tuple[str, str]:
    """Name and the first two characters of the credit code; the number keeps two firms from one name."""
    kind, prefix = rng.choice(FIRM_KINDS)
    stem = rng.choice(FIRM_STEMS) + rng.choice(FIRM_WORDS)
    return f"{place}{stem}{_counted(number)}{kind}", prefix


def _counted(number: int) -> str:
    """A number in the heavenly stems and earthly branches, as firms like to call themselves."""
    stems, branches = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
    signs = stems + branches
    text = ""
    while True:
        number, rest = divmod(number, len(signs))
        text = signs[rest] + text
        if not number:
            return text


def project_title(rng: Random, place: str, year: int, leaf: str) -> str:
    return f"{place}{rng.choice(('', f'{year}年', f'{year}年度'))}{rng.choice(OCCASIONS)}{leaf.removesuffix('服务')}服务项目"
