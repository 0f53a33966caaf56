"""Figures of W-04: what the report gives in sum, and the single amounts that are chosen so that they add up to it.

Given (F-031…F-043): the totals, the counts, the four named projects and the four added ones, three units of Langxi, and
that one project was open at the end of the year. Everything else here is a demonstration value. Amounts in 万元.
"""
from __future__ import annotations

from typing import NamedTuple

#: The report masks its year; a demonstration value.
YEAR = 2014
OPEN_TENDER, CONSULTATION, SUBSIDY = "OPEN_TENDER", "CONSULTATION", ""
CITY, LANGXI = "341800", "341821"
#: code, name, level, parent
REGIONS = (
    ("34", "安徽省（演示）", "PROVINCE", None), (CITY, "宣城市", "CITY", "34"), ("341802", "宣州区", "COUNTY", CITY),
    (LANGXI, "郎溪县", "COUNTY", CITY), ("341822", "广德县", "COUNTY", CITY), ("341824", "绩溪县", "COUNTY", CITY),
    ("341825", "旌德县", "COUNTY", CITY),
)  # fmt: skip


class Bought(NamedTuple):
    """One project: `agreed` and `paid` are None while nothing is signed; `coming` is next year's budget."""

    region: str
    agency: str
    title: str
    leaf: str
    method: str
    planned: str
    agreed: str | None
    paid: str | None
    coming: str


class Added(NamedTuple):
    """A project that begins next year."""

    region: str
    agency: str
    title: str
    leaf: str
    coming: str


PILOTS = (
    Bought(CITY, "市人力资源和社会保障局", "职业技能培训", "A0302", SUBSIDY, "600", "545", "430", "480"),
    Bought(CITY, "市民政局", "公共养老服务", "A0402", OPEN_TENDER, "500", None, None, "420"),
    Bought(CITY, "市教育局", "青少年校外综合素质教育培训", "A0202", SUBSIDY, "400", "380", "310", "260"),
    Bought(CITY, "市城市管理局", "市容管理社会化", "A1101", OPEN_TENDER, "900", "836", "640", "560"),
    Bought(CITY, "市城市管理局", "城区道路清扫保洁", "A1101", OPEN_TENDER, "800", "738", "590", "520"),
    Bought(CITY, "市城市管理局", "公共绿地养护", "A1101", OPEN_TENDER, "450", "412", "330", "290"),
    Bought(CITY, "市民政局", "残疾人康复服务", "A0406", SUBSIDY, "200", "190", "152", "120"),
    Bought(CITY, "市司法局", "法律援助服务", "A0407", SUBSIDY, "120", "116", "90", "80"),
    Bought(CITY, "市文化局", "群众文化活动", "A0802", SUBSIDY, "230", "225", "180", "150"),
    Bought(CITY, "市民政局", "留守儿童关爱服务", "A0409", CONSULTATION, "160", "150", "115", "90"),
    Bought(CITY, "市文化局", "文化遗产保护宣传", "A0803", SUBSIDY, "140", "135", "120", "90"),
)
#: What Langxi agreed is not in the report; it is taken as planned.
LANGXI_PROJECTS = tuple(
    Bought(LANGXI, agency, title, leaf, OPEN_TENDER, planned, planned, paid, coming)
    for agency, title, leaf, planned, paid, coming in (
        ("交通运输局", "农村公路养护", "A1101", "520", "312", "540"), ("交通运输局", "客运服务监督", "A1302", "180", "108", "190"),
        ("机关事务管理局", "机关物业管理", "B1102", "460", "276", "470"), ("机关事务管理局", "会议服务", "B0401", "90", "54", "95"),
        ("国土资源局", "地质灾害监测预警", "A1401", "260", "156", "270"), ("国土资源局", "土地利用社会调查", "B0202", "310", "186", "320"),
        ("民政局", "居家养老服务", "A0402", "380", "228", "400"), ("民政局", "社会工作服务", "A1003", "140", "84", "150"),
        ("教育局", "校外综合实践活动", "A0202", "220", "132", "230"), ("城市管理局", "城区环卫保洁", "A1101", "540", "323.34", "580"),
        ("城市管理局", "公园绿地养护", "A1101", "260", "156", "275"), ("文化广电新闻出版局", "送戏下乡", "A0802", "120", "72", "125"),
        ("文化广电新闻出版局", "体育场馆开放", "A0902", "114", "68", "120"), ("卫生局", "特殊群体健康服务", "A0505", "200", "120", "210"),
        ("卫生局", "传染病防控辅助", "A0501", "120", "72", "125"),
    )
)  # fmt: skip
NEW_IN_THE_CITY = (
    Added(CITY, "市文化局", "电视手语新闻", "A1501", "30"), Added(CITY, "市民政局", "残疾人协理员", "A0406", "48"),
    Added(CITY, "市城市管理局", "宛陵湖景区物业管理", "A1101", "60"), Added(CITY, "市城市管理局", "彩螺广场管护", "A1101", "30"),
)  # fmt: skip
#: Counties that tried part of it this year without figures; next year they are in the total.
_COMMON = (
    ("民政局", "居家养老服务", "A0402"), ("城市管理局", "城区环卫保洁", "A1101"), ("交通运输局", "农村公路养护", "A1101"),
    ("文化局", "群众文化活动", "A0802"), ("司法局", "法律援助服务", "A0407"), ("民政局", "社会工作服务", "A1003"),
    ("城市管理局", "公园绿地养护", "A1101"), ("人力资源和社会保障局", "职业技能培训", "A0302"),
)  # fmt: skip
_COMING = {
    "341802": ("210", "330", "280", "90", "60", "110", "240", "180"), "341822": ("200", "300", "260", "80", "60", "100", "200"),
    "341824": ("150", "240", "200", "70", "50", "70"), "341825": ("140", "220", "190", "70", "50", "70"),
}  # fmt: skip
NEW_IN_THE_COUNTIES = tuple(
    Added(region, agency, title, leaf, coming)
    for region, amounts in _COMING.items() for (agency, title, leaf), coming in zip(_COMMON, amounts, strict=False)
)  # fmt: skip
THIS_YEAR = (*PILOTS, *LANGXI_PROJECTS)
NEXT_YEAR = (*NEW_IN_THE_CITY, *NEW_IN_THE_COUNTIES)
