"""Codes and numbers the portal gives or checks: credit codes, division codes, numbers of its own papers.

Pure functions, no database. A code is normalised before it is looked at, and what was changed can be shown; a wrong
check digit refuses, everything softer only warns.
"""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# --- unified social credit code 统一社会信用代码 (GB 32100-2015) ---------------------------------------------------
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters; I, O, S, V, Z are not used (RCV-20)
_VALUE: Final = {character: index for index, character in enumerate(ALPHABET)}
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

DEPARTMENTS: Final[dict[str, Promise]] = {  # position 1, who registered it (RCV-23)
    "1": _("机构编制"),
    "2": _("外交"),
    "3": _("司法行政"),
    "4": _("文化"),
    "5": _("民政"),
    "6": _("旅游"),
    "7": _("宗教"),
    "8": _("工会"),
    "9": _("市场监管"),
    "A": _("军队"),
    "N": _("农业农村"),
    "Y": _("其他"),
}
KINDS: Final[dict[str, Promise]] = {  # positions 1-2, what it is (RCV-23)
    "11": _("机关"),
    "12": _("事业单位"),
    "13": _("群团组织"),
    "51": _("社会团体"),
    "52": _("社会服务机构（民办非企业单位）"),
    "53": _("基金会"),
    "91": _("企业"),
    "92": _("个体工商户"),
    "93": _("农民专业合作社"),
}


class Fault(StrEnum):
    """Why a credit code is refused."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK = "check"

    @property
    def sentence(self) -> Promise:
        return _FAULTS[self]


_FAULTS: Final = {
    Fault.LENGTH: _("统一社会信用代码应为 18 位"),
    Fault.CHARACTER: _("统一社会信用代码只用数字和大写字母，不用 I、O、S、V、Z"),
    Fault.CHECK: _("统一社会信用代码的校验位不符，请逐位核对"),
}


class InvalidCreditCode(ValueError):
    """A credit code that cannot be right. `fault` says why, `fault.sentence` says it to the person."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(f"{text!r}: {fault}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A credit code whose check digit holds, in its parts."""

    code: str
    given: str

    @property
    def changed(self) -> bool:
        """Whether normalising altered what was typed; the page then shows both."""
        return self.code != self.given

    @property
    def kind_code(self) -> str:
        return self.code[:2]

    @property
    def department(self) -> Promise | None:
        return DEPARTMENTS.get(self.code[0])

    @property
    def kind(self) -> Promise | None:
        return KINDS.get(self.kind_code)

    @property
    def division_code(self) -> str:
        return self.code[2:8]

    @property
    def organisation_code(self) -> str:
        return self.code[8:17]

    @property
    def warnings(self) -> list[Promise]:
        """What is unusual but no reason to refuse: unknown leading codes, organisation code check (RCV-24)."""
        found = []
        if self.kind is None:
            found.append(_("登记管理部门和机构类别代码不在已知范围内"))
        if organisation_check_character(self.organisation_code[:8]) != self.organisation_code[8]:
            found.append(_("第 9 至 17 位（组织机构代码）的校验位不符"))
        if division_level(self.division_code) is None:
            found.append(_("第 3 至 8 位不是行政区划代码的形式"))
        return found


def normalise_credit_code(text: str) -> str:
    """What was typed in the form the code is written in: half width, upper case, without spaces and hyphens."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", text)).upper()


def credit_code(text: str) -> CreditCode:
    """The credit code somebody typed, checked (RCV-20 to RCV-22). Raises InvalidCreditCode."""
    code = normalise_credit_code(text)
    if len(code) != 18:
        raise InvalidCreditCode(text, Fault.LENGTH)
    if any(character not in _VALUE for character in code):
        raise InvalidCreditCode(text, Fault.CHARACTER)
    if check_character(code[:17]) != code[17]:
        raise InvalidCreditCode(text, Fault.CHECK)
    return CreditCode(code, text)


def is_credit_code(text: str) -> bool:
    """Whether a text is a credit code with a right check digit."""
    try:
        credit_code(text)
    except InvalidCreditCode:
        return False
    return True


def check_character(first_17: str) -> str:
    """The 18th character that belongs to the first 17 (RCV-21)."""
    total = sum(_VALUE[character] * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(first_8: str) -> str:
    """The ninth character of an organisation code (GB 11714, RCV-24)."""
    total = sum(int(character, 36) * weight for character, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def compose_credit_code(kind_code: str, division_code: str, organisation_8: str) -> str:
    """A well-formed credit code from its parts, both check characters computed: for made-up organisations only."""
    first_17 = kind_code + division_code + organisation_8 + organisation_check_character(organisation_8)
    return first_17 + check_character(first_17)


# --- administrative division code 行政区划代码 (GB/T 2260) --------------------------------------------------------
PROVINCES: Final[dict[str, Promise]] = {  # RCV-31
    "11": _("北京市"), "12": _("天津市"), "13": _("河北省"), "14": _("山西省"), "15": _("内蒙古自治区"),
    "21": _("辽宁省"), "22": _("吉林省"), "23": _("黑龙江省"),
    "31": _("上海市"), "32": _("江苏省"), "33": _("浙江省"), "34": _("安徽省"), "35": _("福建省"), "36": _("江西省"),
    "37": _("山东省"), "41": _("河南省"), "42": _("湖北省"), "43": _("湖南省"), "44": _("广东省"),
    "45": _("广西壮族自治区"), "46": _("海南省"), "50": _("重庆市"), "51": _("四川省"), "52": _("贵州省"),
    "53": _("云南省"), "54": _("西藏自治区"), "61": _("陕西省"), "62": _("甘肃省"), "63": _("青海省"),
    "64": _("宁夏回族自治区"), "65": _("新疆维吾尔自治区"), "71": _("台湾省"), "81": _("香港特别行政区"),
    "82": _("澳门特别行政区"),
}  # fmt: skip


class DivisionLevel(StrEnum):
    """How far down the country a division code reaches; its length is the level's length (RCV-30)."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


def division_level(code: str) -> DivisionLevel | None:
    """The level a division code stands for, None when it has not the form of one (RCV-30).

    Provinces and cities may be written short ("36", "3601"). Only the form is judged: codes are re-issued, so an
    abolished division is never refused.
    """
    if not code.isascii() or not code.isdigit() or code[:2] not in PROVINCES:
        return None
    if len(code) in (2, 4):
        code = code.ljust(6, "0")
    if len(code) == 12:
        return DivisionLevel.VILLAGE
    if len(code) == 9:
        return DivisionLevel.TOWN
    if len(code) != 6:
        return None
    if code[2:] == "0000":
        return DivisionLevel.PROVINCE
    return DivisionLevel.CITY if code[4:] == "00" else DivisionLevel.COUNTY


def parent_division(code: str) -> str | None:
    """The code of the division above, None for a province; a county run by its province (..90..) has that above.

    The answer is written in full. Raises ValueError for what has not the form of a division code.
    """
    match division_level(code):
        case None:
            raise ValueError(f"{code!r} is not a division code")
        case DivisionLevel.PROVINCE:
            return None
        case DivisionLevel.CITY:
            return code[:2] + "0000"
        case DivisionLevel.COUNTY:
            return code[:2] + "0000" if code[2:4] == "90" else code[:4] + "00"
        case DivisionLevel.TOWN:
            return code[:6]
        case _:
            return code[:9]


# --- numbers of the portal's own papers ---------------------------------------------------------------------------
class Series(StrEnum):
    """What a number is for; the letters stand between the agency's code and the year. A project's own has none."""

    PROJECT = ""
    PLAN = "JH"
    BUDGET = "YS"
    TENDER = "CG"
    NOTICE = "GG"
    BID = "TB"
    CONTRACT = "HT"
    FILING = "BA"
    ACCEPTANCE = "YA"
    PAYMENT = "ZF"
    ASSESSMENT = "PJ"
    MEETING = "HY"
    REPORT = "BB"


_NUMBER: Final = re.compile(r"([A-Z0-9]{2,12})(?:-([A-Z]{2}))?-([0-9]{4})-([0-9]{4,})")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the portal in its parts, written "HSQ-HT-2020-0117"; given once, never reused (L2.5)."""

    agency_code: str
    series: Series
    year: int
    serial: int

    def __str__(self) -> str:
        parts = (self.agency_code, self.series, f"{self.year:04d}", f"{self.serial:04d}")
        return "-".join(part for part in parts if part)


def number(series: Series, agency_code: str, year: int, serial: int) -> str:
    """The number of a paper: agency code, series, year, serial of at least four digits.

    Raises ValueError for an agency code that is not 2 to 12 capital letters and digits, a year of not four digits or a
    serial below 1.
    """
    text = str(Number(agency_code, series, year, serial))
    if serial < 1 or not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number of the portal")
    return text


def read_number(text: str) -> Number:
    """The parts of a number somebody typed or scanned. Raises ValueError."""
    found = _NUMBER.fullmatch(normalise_number(text))
    if not found:
        raise ValueError(f"{text!r} is not a number of the portal")
    agency_code, letters, year, serial = found.groups()
    return Number(agency_code, Series(letters or ""), int(year), int(serial))


def normalise_number(text: str) -> str:
    """A typed number in the form it is written in: half width, upper case, plain hyphens."""
    return re.sub(r"[‐-―−]", "-", unicodedata.normalize("NFKC", text)).strip().upper()


def project_number(agency_code: str, year: int, serial: int) -> str:
    """The number of a project, given for ever at its first submission: "PLGK-2026-0087"."""
    return number(Series.PROJECT, agency_code, year, serial)


def plan_number(agency_code: str, year: int, serial: int) -> str:
    """The number of a yearly plan: "PLGK-JH-2026-0001"."""
    return number(Series.PLAN, agency_code, year, serial)


def notice_number(agency_code: str, year: int, serial: int) -> str:
    """The number of a public notice: "PLGK-GG-2026-0012"."""
    return number(Series.NOTICE, agency_code, year, serial)


def contract_number(agency_code: str, year: int, serial: int) -> str:
    """The number of a contract: "PLGK-HT-2026-0117"."""
    return number(Series.CONTRACT, agency_code, year, serial)
