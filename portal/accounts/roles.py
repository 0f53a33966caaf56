"""Who may do what, in the words of the transition tables (lifecycles 0.3)."""
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    AGENCY = "AGENCY", _("购买主体")
    FINANCE = "FINANCE", _("财政部门")
    ESTABLISHMENT = "ESTABLISHMENT", _("机构编制部门")
    HUMAN_RESOURCES = "HUMAN_RESOURCES", _("人力资源社会保障部门")
    JOINT_MEETING = "JOINT_MEETING", _("联席会议")
    CIVIL_AFFAIRS = "CIVIL_AFFAIRS", _("民政部门")
    SECTOR = "SECTOR", _("行业主管部门")
    SUPPLIER = "SUPPLIER", _("承接主体")
    EVALUATOR = "EVALUATOR", _("第三方评价机构")
    AUDIT = "AUDIT", _("审计机关")
    EXPERTS = "EXPERTS", _("评审专家库")
    OPERATIONS = "OPERATIONS", _("平台运维")


class Role(TextChoices):
    # purchaser
    OFFICER = "OFFICER", _("采购经办人")
    PLANNER = "PLANNER", _("计划编制人")
    ACCEPTOR = "ACCEPTOR", _("验收负责人")
    PAYER = "PAYER", _("支付经办人")
    PROJECT_OFFICER = "PROJECT_OFFICER", _("项目专管员")
    HEAD = "HEAD", _("单位负责人")
    DEPARTMENT = "DEPARTMENT", _("主管部门")
    REVIEWER_PROCUREMENT = "REVIEWER_PROCUREMENT", _("采购审查")
    REVIEWER_FINANCE = "REVIEWER_FINANCE", _("财务审查")
    REVIEWER_BUSINESS = "REVIEWER_BUSINESS", _("业务审查")
    REVIEWER_SUPERVISION = "REVIEWER_SUPERVISION", _("监督审查")
    OPENER = "OPENER", _("开标人")
    WITNESS = "WITNESS", _("监督见证人")
    # government
    FINANCE_OFFICER = "FINANCE_OFFICER", _("财政经办人")
    FINANCE_HEAD = "FINANCE_HEAD", _("财政负责人")
    BUDGET_OFFICER = "BUDGET_OFFICER", _("预算国库经办人")
    ESTABLISHMENT_REVIEWER = "ESTABLISHMENT_REVIEWER", _("编办审核人")
    HUMAN_RESOURCES_REVIEWER = "HUMAN_RESOURCES_REVIEWER", _("人社审核人")
    MEETING_SECRETARY = "MEETING_SECRETARY", _("联席会议秘书")
    CONVENER = "CONVENER", _("联席会议召集人")
    REGISTRAR = "REGISTRAR", _("登记管理人")
    # the other side, and those between
    SUPPLIER_OFFICER = "SUPPLIER_OFFICER", _("承接主体经办人")
    SUPPLIER_HEAD = "SUPPLIER_HEAD", _("承接主体负责人")
    EXPERT = "EXPERT", _("评审专家")
    EVALUATOR = "EVALUATOR", _("评价人员")
    EVALUATOR_HEAD = "EVALUATOR_HEAD", _("评价机构负责人")
    AUDITOR = "AUDITOR", _("审计人员")
    ADMINISTRATOR = "ADMINISTRATOR", _("系统管理员")


ROLES_OF_KIND: dict[str, frozenset[str]] = {
    OrganisationKind.AGENCY: frozenset({
        Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
        Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION,
        Role.OPENER, Role.WITNESS,
    }),
    OrganisationKind.FINANCE: frozenset({Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER}),
    OrganisationKind.ESTABLISHMENT: frozenset({Role.ESTABLISHMENT_REVIEWER}),
    OrganisationKind.HUMAN_RESOURCES: frozenset({Role.HUMAN_RESOURCES_REVIEWER}),
    OrganisationKind.JOINT_MEETING: frozenset({Role.MEETING_SECRETARY, Role.CONVENER}),
    OrganisationKind.CIVIL_AFFAIRS: frozenset({Role.REGISTRAR}),
    OrganisationKind.SECTOR: frozenset({Role.REGISTRAR}),
    OrganisationKind.SUPPLIER: frozenset({Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD}),
    OrganisationKind.EVALUATOR: frozenset({Role.EVALUATOR, Role.EVALUATOR_HEAD}),
    OrganisationKind.AUDIT: frozenset({Role.AUDITOR}),
    OrganisationKind.EXPERTS: frozenset({Role.EXPERT}),
    OrganisationKind.OPERATIONS: frozenset({Role.ADMINISTRATOR}),
}

#: Departments of a region that look at what its agencies do.
REGIONAL_KINDS = frozenset({
    OrganisationKind.FINANCE, OrganisationKind.ESTABLISHMENT, OrganisationKind.HUMAN_RESOURCES,
    OrganisationKind.JOINT_MEETING, OrganisationKind.CIVIL_AFFAIRS, OrganisationKind.SECTOR, OrganisationKind.AUDIT,
})

#: Roles that are a person's own alone, each with its rule: nobody puts them into another's hands (DLG-02).
PERSONAL_ROLES: dict[str, str] = {
    Role.OPENER: "SEAL-01", Role.WITNESS: "SEAL-06", Role.EXPERT: "R87-47", Role.ADMINISTRATOR: "ADM-02",
}
