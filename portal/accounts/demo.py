"""The demonstration jurisdiction: one person per duty, so that separation of duty is real. Names are invented.

Loaded in demo mode and by tests; the codes carry true check digits so that every check of the portal holds for them.
"""
from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from portal.identifiers import check_character

from .models import Membership, Organisation, Region, User
from .roles import OrganisationKind as Kind
from .roles import Role

CITY = "360199"
WORKED_CASE_DISTRICT = "150402"
REGIONS = (  # code, name, level, parent
    ("36", "江西省", Region.Level.PROVINCE, None),
    (CITY, "赣江市（演示）", Region.Level.CITY, "36"),
    ("15", "内蒙古自治区", Region.Level.PROVINCE, None),
    ("1504", "赤峰市", Region.Level.CITY, "15"),
    (WORKED_CASE_DISTRICT, "红山区", Region.Level.COUNTY, "1504"),
)


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    key: str
    kind: str
    stem: str  # 17 characters of the credit code; the check digit is computed
    name: str
    short_name: str
    region: str
    superior: str = ""


ORGANISATIONS = (
    DemoOrganisation("housing", Kind.AGENCY, "11360199014500001", "赣江市住房和城乡建设局", "市住建局", CITY),
    DemoOrganisation("agency", Kind.AGENCY, "11360199014500002", "赣江市城市管理局", "市城管局", CITY, "housing"),
    DemoOrganisation("agency_2", Kind.AGENCY, "11360199014500003", "赣江市民政局", "市民政局", CITY),
    DemoOrganisation("finance", Kind.FINANCE, "11360199014500004", "赣江市财政局", "市财政局", CITY),
    DemoOrganisation("establishment", Kind.ESTABLISHMENT, "11360199014500005", "赣江市机构编制委员会办公室", "市编办", CITY),
    DemoOrganisation("human_resources", Kind.HUMAN_RESOURCES, "11360199014500006", "赣江市人力资源和社会保障局", "市人社局", CITY),
    DemoOrganisation("meeting", Kind.JOINT_MEETING, "11360199014500007", "赣江市政府购买服务联席会议", "联席会议", CITY),
    DemoOrganisation("registry", Kind.CIVIL_AFFAIRS, "11360199014500008", "赣江市社会组织登记管理局", "市社会组织管理局", CITY),
    DemoOrganisation("audit", Kind.AUDIT, "11360199014500009", "赣江市审计局", "市审计局", CITY),
    DemoOrganisation("supplier_a", Kind.SUPPLIER, "91360199MA3A00001", "赣江清源环境服务有限公司", "清源环境", CITY),
    DemoOrganisation("supplier_b", Kind.SUPPLIER, "91360199MA3A00002", "江西绿城养护工程有限公司", "绿城养护", CITY),
    DemoOrganisation("supplier_c", Kind.SUPPLIER, "52360199MJ3A00003", "赣江市洁净家园社会服务中心", "洁净家园", CITY),
    DemoOrganisation("evaluation", Kind.EVALUATOR, "52360199MJ3A00004", "江西公共服务绩效评价中心", "绩效评价中心", CITY),
    DemoOrganisation("experts", Kind.EXPERTS, "12360000491000005", "江西省政府采购评审专家库", "专家库", "36"),
    DemoOrganisation("operations", Kind.OPERATIONS, "12360199491000006", "赣江市政务信息中心", "信息中心", CITY),
    DemoOrganisation("hongshan_civil", Kind.AGENCY, "11150402011500001", "赤峰市红山区民政局", "红山区民政局", WORKED_CASE_DISTRICT),
    DemoOrganisation("hongshan_finance", Kind.FINANCE, "11150402011500002", "赤峰市红山区财政局", "红山区财政局", WORKED_CASE_DISTRICT),
    DemoOrganisation("hongyi", Kind.SUPPLIER, "52150402MJY000003", "赤峰弘益社会组织服务中心", "弘益中心", WORKED_CASE_DISTRICT),
    DemoOrganisation(
        "hongshan_meeting", Kind.JOINT_MEETING, "11150402011500004", "红山区政府购买服务联席会议", "联席会议", WORKED_CASE_DISTRICT
    ),
    DemoOrganisation(
        "hongshan_establishment", Kind.ESTABLISHMENT, "11150402011500005", "红山区机构编制委员会办公室", "区编办", WORKED_CASE_DISTRICT
    ),
    DemoOrganisation("hongshan_audit", Kind.AUDIT, "11150402011500006", "赤峰市红山区审计局", "区审计局", WORKED_CASE_DISTRICT),
)

PEOPLE = (  # account, name, organisation, role
    ("planner", "陈思远", "agency", Role.PLANNER),
    ("buyer", "林晓东", "agency", Role.OFFICER),
    ("acceptor", "赵文静", "agency", Role.ACCEPTOR),
    ("payer", "孙立新", "agency", Role.PAYER),
    ("project_officer", "吴建国", "agency", Role.PROJECT_OFFICER),
    ("head", "周海涛", "agency", Role.HEAD),
    ("reviewer_procurement", "郑雅琴", "agency", Role.REVIEWER_PROCUREMENT),
    ("reviewer_finance", "王丽华", "agency", Role.REVIEWER_FINANCE),
    ("reviewer_business", "冯志强", "agency", Role.REVIEWER_BUSINESS),
    ("reviewer_supervision", "褚明哲", "agency", Role.REVIEWER_SUPERVISION),
    ("opener_a", "卫国平", "agency", Role.OPENER),
    ("opener_b", "蒋玉兰", "agency", Role.OPENER),
    ("witness", "沈敬之", "agency", Role.WITNESS),
    ("department", "韩志刚", "housing", Role.DEPARTMENT),
    ("planner_2", "杨帆", "agency_2", Role.PLANNER),
    ("buyer_2", "朱晓燕", "agency_2", Role.OFFICER),
    ("head_2", "秦伟", "agency_2", Role.HEAD),
    ("finance_officer", "高远", "finance", Role.FINANCE_OFFICER),
    ("finance_head", "许静怡", "finance", Role.FINANCE_HEAD),
    ("budget_officer", "何家明", "finance", Role.BUDGET_OFFICER),
    ("establishment", "吕方正", "establishment", Role.ESTABLISHMENT_REVIEWER),
    ("human_resources", "施敏", "human_resources", Role.HUMAN_RESOURCES_REVIEWER),
    ("secretary", "张书航", "meeting", Role.MEETING_SECRETARY),
    ("convener", "孔令仪", "meeting", Role.CONVENER),
    ("registrar", "曹慧敏", "registry", Role.REGISTRAR),
    ("auditor", "严守正", "audit", Role.AUDITOR),
    ("supplier_a_officer", "华清", "supplier_a", Role.SUPPLIER_OFFICER),
    ("supplier_a_head", "金大明", "supplier_a", Role.SUPPLIER_HEAD),
    ("supplier_b_officer", "魏蓝", "supplier_b", Role.SUPPLIER_OFFICER),
    ("supplier_b_head", "陶然", "supplier_b", Role.SUPPLIER_HEAD),
    ("supplier_c_officer", "姜小禾", "supplier_c", Role.SUPPLIER_OFFICER),
    ("supplier_c_head", "戚家声", "supplier_c", Role.SUPPLIER_HEAD),
    *((f"expert_{n}", name, "experts", Role.EXPERT)
      for n, name in enumerate(("谢博文", "邹慧", "喻安平", "柏青", "水静", "窦文涛", "章怀瑾"), start=1)),
    ("evaluator", "云若曦", "evaluation", Role.EVALUATOR),
    ("evaluator_head", "苏明远", "evaluation", Role.EVALUATOR_HEAD),
    ("administrator", "潘运维", "operations", Role.ADMINISTRATOR),
    ("hongshan_planner", "李雪梅", "hongshan_civil", Role.PLANNER),
    ("hongshan_buyer", "白立军", "hongshan_civil", Role.OFFICER),
    ("hongshan_project_officer", "白立新", "hongshan_civil", Role.PROJECT_OFFICER),
    ("hongshan_payer", "包海燕", "hongshan_civil", Role.PAYER),
    ("hongshan_head", "斯琴", "hongshan_civil", Role.HEAD),
    ("hongshan_finance_officer", "高娃", "hongshan_finance", Role.FINANCE_OFFICER),
    ("hongshan_finance_head", "宝音", "hongshan_finance", Role.FINANCE_HEAD),
    ("hongshan_budget_officer", "孟和", "hongshan_finance", Role.BUDGET_OFFICER),
    ("hongshan_secretary", "乌兰", "hongshan_meeting", Role.MEETING_SECRETARY),
    ("hongshan_convener", "巴特尔", "hongshan_meeting", Role.CONVENER),
    ("hongshan_establishment", "娜仁", "hongshan_establishment", Role.ESTABLISHMENT_REVIEWER),
    ("hongshan_auditor", "赛罕", "hongshan_audit", Role.AUDITOR),
    ("hongyi_officer", "孙敏", "hongyi", Role.SUPPLIER_OFFICER),
    ("hongyi_head", "孙静", "hongyi", Role.SUPPLIER_HEAD),
)


@transaction.atomic
def load_people() -> dict[str, User]:
    """Make the demonstration regions, organisations and people; what is there already stays as it is."""
    regions: dict[str, Region] = {}
    for code, name, level, parent in REGIONS:
        regions[code], _made = Region.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "parent": regions.get(parent)}
        )
    organisations: dict[str, Organisation] = {}
    for each in ORGANISATIONS:
        organisations[each.key], _made = Organisation.objects.get_or_create(
            code=each.stem + check_character(each.stem),
            defaults={
                "kind": each.kind, "name": each.name, "short_name": each.short_name, "region": regions[each.region],
                "superior": organisations.get(each.superior), "phone": "0791-0000000",
                "address": f"{regions[each.region].name}（演示地址）",
            },
        )
    people: dict[str, User] = {}
    for account, name, organisation, role in PEOPLE:
        people[account], made = User.objects.get_or_create(
            username=account, defaults={"name": name, "email": f"{account}@demo.invalid", "is_demo": True}
        )
        if made:
            people[account].set_unusable_password()
            people[account].save()
        Membership.objects.get_or_create(user=people[account], organisation=organisations[organisation], role=role)
    return people


def organisation(key: str) -> Organisation:
    """The demonstration organisation of that key."""
    each = next(each for each in ORGANISATIONS if each.key == key)
    return Organisation.objects.select_related("region").get(code=each.stem + check_character(each.stem))
