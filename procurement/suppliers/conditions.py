"""What suppliers are, who registered them, how large they are, and the seven conditions they prove (S-04, S-55, R102-05)."""
from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SupplierType(TextChoices):
    """Who may supply (R102-05), and the two kinds that may not (R102-07), so that the refusal can say why."""

    ENTERPRISE = "ENTERPRISE", _("企业")
    SOCIAL_ASSOCIATION = "SOCIAL_ASSOCIATION", _("社会团体")
    SOCIAL_SERVICE = "SOCIAL_SERVICE", _("社会服务机构（民办非企业单位）")
    FOUNDATION = "FOUNDATION", _("基金会")
    CLASS_TWO_INSTITUTION = "CLASS_TWO_INSTITUTION", _("公益二类事业单位")
    COMMERCIAL_INSTITUTION = "COMMERCIAL_INSTITUTION", _("从事生产经营活动的事业单位")
    RURAL_COLLECTIVE = "RURAL_COLLECTIVE", _("农村集体经济组织")
    GRASS_ROOTS = "GRASS_ROOTS", _("基层群众性自治组织")
    CLASS_ONE_INSTITUTION = "CLASS_ONE_INSTITUTION", _("公益一类事业单位")
    MASS_BODY = "MASS_BODY", _("使用事业编制且由财政拨款保障的群团组织")


#: Neither purchaser nor supplier (R102-07).
BARRED_TYPES = frozenset({SupplierType.CLASS_ONE_INSTITUTION, SupplierType.MASS_BODY})
SOCIAL_ORGANISATIONS = frozenset({SupplierType.SOCIAL_ASSOCIATION, SupplierType.SOCIAL_SERVICE, SupplierType.FOUNDATION})
INSTITUTIONS = frozenset({
    SupplierType.CLASS_ONE_INSTITUTION, SupplierType.CLASS_TWO_INSTITUTION, SupplierType.COMMERCIAL_INSTITUTION,
})

#: What the first two characters of a credit code leave open (RCV-23); codes not named here are not judged.
TYPES_OF_CODE: dict[str, frozenset[str]] = {
    "11": frozenset(),  # state organs purchase, they do not supply
    "12": INSTITUTIONS,
    "13": frozenset({SupplierType.MASS_BODY}),
    "51": frozenset({SupplierType.SOCIAL_ASSOCIATION}),
    "52": frozenset({SupplierType.SOCIAL_SERVICE}),
    "53": frozenset({SupplierType.FOUNDATION}),
    "91": frozenset({SupplierType.ENTERPRISE}),
    "92": frozenset({SupplierType.ENTERPRISE}),  # sole traders count as enterprises (R46-01)
    "93": frozenset({SupplierType.ENTERPRISE, SupplierType.RURAL_COLLECTIVE}),
}


class Authority(TextChoices):
    """Who registered the supplier (S-04, R-011)."""

    CIVIL_AFFAIRS = "CIVIL_AFFAIRS", _("民政部门")
    MARKET_REGULATION = "MARKET_REGULATION", _("市场监管部门")
    ESTABLISHMENT = "ESTABLISHMENT", _("机构编制部门")
    AGRICULTURE = "AGRICULTURE", _("农业农村部门")
    SECTOR = "SECTOR", _("行业主管部门")
    EXEMPT = "EXEMPT", _("经国务院批准免予登记")


class Size(TextChoices):
    """Size class of an enterprise by the state standard (R46-01)."""

    LARGE = "LARGE", _("大型")
    MEDIUM = "MEDIUM", _("中型")
    SMALL = "SMALL", _("小型")
    MICRO = "MICRO", _("微型")


SMALL_OR_MEDIUM = frozenset({Size.MEDIUM, Size.SMALL, Size.MICRO})


class Condition(TextChoices):
    """The seven conditions of a supplier (S-55, R-012)."""

    CIVIL_LIABILITY = "CIVIL_LIABILITY", _("独立承担民事责任的能力")
    GOVERNANCE = "GOVERNANCE", _("健全的内部治理和监督制度")
    ACCOUNTING = "ACCOUNTING", _("独立健全的财务、会计和资产管理制度")
    CAPACITY = "CAPACITY", _("必需的设施、人员和专业技术能力")
    TAX_AND_INSURANCE = "TAX_AND_INSURANCE", _("依法缴纳税收和社会保险的良好记录")
    CLEAN_RECORD = "CLEAN_RECORD", _("前三年内无重大违法记录，年检或者考核合格，信誉良好")
    OTHER = "OTHER", _("法律、法规规定的其他条件")


#: What usually proves each condition (R-GP-11), said beside the upload.
PROOFS = {
    Condition.CIVIL_LIABILITY: _("营业执照或者登记证书"),
    Condition.GOVERNANCE: _("章程、组织机构和监督制度"),
    Condition.ACCOUNTING: _("上年度财务报告或者审计报告"),
    Condition.CAPACITY: _("场地、设备清单和人员资格证明"),
    Condition.TAX_AND_INSURANCE: _("近期纳税和缴纳社会保险的凭证"),
    Condition.CLEAN_RECORD: _("前三年内无重大违法记录的书面声明和年检（考核）结论"),
    Condition.OTHER: _("本行业的许可或者资质证书；没有要求的，写明“无其他条件”的声明"),
}


class Relation(TextChoices):
    """How a person is tied to a supplier; conflicts are found by these (R-GP-14, R-GP-20)."""

    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE", _("法定代表人")
    MANAGER = "MANAGER", _("单位负责人")
    DIRECTOR = "DIRECTOR", _("董事、理事")
    SUPERVISOR = "SUPERVISOR", _("监事")
    SHAREHOLDER = "SHAREHOLDER", _("股东、举办者")
