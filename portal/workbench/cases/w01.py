"""W-01: the practice park of Hongshan district as its contractor reported it half-way, 13 January 2021.

Known: parties, term, the eleven services with their quotas, the half-year figures (the contractor's own, verified by
nobody). Not known, and therefore marked as demonstration values: amount, instalments, filing number, dates of signing
and publication, visits. Earlier stages keep no date. The contract is published as the rules of its day ask (R1787-06),
so that everybody can read what was bought from whom, for how much and how long.
"""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal import clock
from portal.accounts.actor import Actor, actor_for, system_actor
from portal.accounts.demo import load_people, organisation
from portal.accounts.models import User
from portal.workflow import perform
from procurement.contracts.models import Contract, Deliverable, Filing, Inspection, SupplierReport
from procurement.plans.models import Project

TITLE = "赤峰红山社会组织公益实践园本地化运营服务项目"
AMOUNT = Decimal("468000.00")  # a demonstration value
STARTS_ON, ENDS_ON, AS_OF = date(2020, 7, 14), date(2021, 7, 13), date(2021, 1, 13)
REPORTED_UNTIL = date(2021, 1, 12)
SOURCE = "合同金额、付款安排、签订日期、公告、备案号和现场检查为演示数据；服务内容、定额和半年实际取自承接主体中期报告，未经任何一方核实。"
YEAR, QUARTER, TWO_MONTHS, WEEK, TERM = "YEAR", "QUARTER", "TWO_MONTHS", "WEEK", "TERM"

#: name, requirement, quota, unit, period, sub-condition, sub-quota
DELIVERABLES = (
    ("实践园托管运营", "日常运营、安全管理、场地预约", None, "", TERM, "", None),
    ("日常活动与团队建设", "团建每季度不少于 1 次", 1, "次", QUARTER, "", None),
    ("三大平台、八大服务", "服务、培育、资源平台", None, "", TERM, "", None),
    ("宣传推广", "每周推送不少于 3 篇", 3, "篇", WEEK, "", None),
    ("宣传品、双月刊、墙面", "双月刊每期印制 200 册", 1, "期", TWO_MONTHS, "", None),
    ("能力建设培训", "全年不少于 12 期", 12, "期", YEAR, "全国优秀社会组织的经验分享与交流", 6),
    ("入园评估筛选、出壳", "全年不少于 2 次", 2, "次", YEAR, "", None),
    ("志愿组织孵化", "配合新时代文明实践", None, "", TERM, "", None),
    ("“金点子”大赛", "指导大赛并落地实施", None, "", TERM, "", None),
    ("接待参访", "调研、参访接待", None, "", TERM, "", None),
    ("党建", "实践园党支部工作", None, "", TERM, "", None),
)
#: What the mid-term report says of each: quantity (None for continuous services), standing, words.
HALF_YEAR = (
    (None, "MET", "制定管理制度；入驻组织按需填写场地预约使用申请表。"),
    (2, "", "自七月以来团建 2 次；场地使用 86 次、1,108 人次；场外活动 60 余场，直接受益 2,300 余人。"),
    (None, "MET", "9 家组织获资金支持 16.4 万元；9 家近 9 万元；3 家中标 30 万元；10 余家参与社工宣传周。"),
    (183, "", "推文 183 条，阅读 59,736 人次，转发 2,022 次；媒体宣传 41 次。"),
    (3, "", "双月刊 3 期，每期 200 册。"),
    (6, "", "培训 6 期，610 人次，82 家组织参加。"),
    (1, "", "第五批：7 家申请，4 家入驻。"),
    (None, "MET", "征集金点子 110 个，优化出预支持项目 28 个。"),
    (None, "BEHIND", "覆盖 13 个镇街，优化 25 次，形成 94 个项目（五类人群）；因疫情等原因，项目未能落地实施。"),
    (None, "MET", "调研参访 26 场次，参观 1,232 人次。"),
    (None, "MET", "主题党日 9 次，党员大会 8 次。"),
)
TERMS = (
    {"name": "首期", "percent": Decimal(40), "condition": "SIGNED", "year": 2020, "note": "合同备案后"},
    {"name": "中期", "percent": Decimal(30), "condition": "REPORT", "year": 2021, "report_number": 1, "note": "中期报告经购买主体确认"},
    {"name": "尾款", "percent": Decimal(30), "condition": "ACCEPTANCE", "year": 2021, "note": "验收合格"},
)
VISITS = (
    (datetime(2021, 1, 5, 10, 0, tzinfo=clock.SHANGHAI), "SCHEDULED", "园区开放正常，场地预约登记完整。"),
    (datetime(2021, 1, 8, 10, 5, tzinfo=clock.SHANGHAI), "UNANNOUNCED", "现场有活动，签到表与预约单一致，未见问题。"),
)


def load_w01() -> Project:
    """Load the case, or find it where it was loaded before."""
    found = Project.objects.filter(title=TITLE, is_history=True).first()
    if found is not None:
        _publish(Contract.objects.get(project=found))
        return found
    load_people()
    project = _project()
    contract = _contract(project)
    _publish(contract)
    _file(contract)
    _visit(contract)
    _log(contract)
    _report(contract)
    return Project.objects.get(pk=project.pk)


def _at(year: int, month: int, day: int, hour: int = 9, minute: int = 0):
    return clock.history(datetime(year, month, day, hour, minute, tzinfo=clock.SHANGHAI))


def _person(username: str) -> Actor:
    return actor_for(User.objects.get(username=username))


def _project() -> Project:
    from catalogue.models import CatalogueItem

    agency = organisation("hongshan_civil")
    leaf = CatalogueItem.objects.leaves().filter(code="A1002", version__state="ISSUED").order_by("-id").first()
    with _at(2020, 7, 14):
        return perform(
            Project(
                title=TITLE, agency=agency, region=agency.region, year=2020, amount=AMOUNT, leaf=leaf,
                leaf_name="社会组织建设与管理服务", as_of=AS_OF, rules_as_of=STARTS_ON,
            ),
            "take_over", actor=system_actor(),
        )  # fmt: skip


def _contract(project: Project) -> Contract:
    deliverables = [
        {"name": name, "requirement": requirement, "quota": None if quota is None else Decimal(quota), "unit": unit, "period": period,
         "sub_condition": condition, "sub_quota": None if part is None else Decimal(part)}
        for name, requirement, quota, unit, period, condition, part in DELIVERABLES
    ]
    clauses = [
        {"kind": "CONTENT", "text": "公益实践园的本地化运营：托管运营、活动、平台服务、宣传、培训、评估筛选、志愿孵化、参访接待和党建。"},
        {"kind": "TERM", "text": "自 2020 年 7 月 14 日至 2021 年 7 月 13 日。"},
    ]
    with _at(2020, 7, 14):
        return perform(
            Contract(
                project=project, agency=project.agency, supplier=organisation("hongyi"), title=TITLE, amount=AMOUNT,
                rules_as_of=STARTS_ON, place="赤峰市红山区", report_cadence="HALF_YEAR", inspection_cadence="WEEK",
                project_officer=User.objects.get(username="hongshan_project_officer"), source_note=SOURCE,
                signed_at=datetime(2020, 7, 10, 14, 20, tzinfo=clock.SHANGHAI),
            ),
            "take_over", actor=system_actor(), starts_on=STARTS_ON, ends_on=ENDS_ON, deliverables=deliverables,
            terms=[dict(term) for term in TERMS], clauses=clauses,
        )  # fmt: skip


def _publish(contract: Contract) -> None:
    """On the second working day after the signing; once, also where the case was loaded before it was published."""
    if contract.published_at is None:
        with _at(2020, 7, 14, 16, 10):
            perform(contract, "publish", actor=_person("hongshan_head"))


def _file(contract: Contract) -> None:
    with _at(2020, 7, 16, 15, 30):
        filing = perform(Filing(contract=contract), "prepare", actor=system_actor())
        perform(filing, "submit", actor=_person("hongshan_buyer"))
    with _at(2020, 7, 17, 11, 2):
        perform(filing, "file", actor=_person("hongshan_finance_officer"))


def _log(contract: Contract) -> None:
    """One entry a service, summing up the half year: single dates are not known."""
    contractor = _person("hongyi_officer")
    with _at(2021, 1, 12, 15, 0):
        for deliverable, (quantity, standing, text) in zip(
            Deliverable.objects.filter(contract=contract).order_by("order"), HALF_YEAR, strict=True
        ):
            perform(
                deliverable, "log", actor=contractor, on=REPORTED_UNTIL, since=STARTS_ON, text=text, standing=standing,
                quantity=None if quantity is None else Decimal(quantity),
            )


def _visit(contract: Contract) -> None:
    officer = _person("hongshan_project_officer")
    for moment, kind, findings in VISITS:
        with clock.history(moment.replace(hour=17)):
            perform(
                Inspection(source_note="演示数据"), "visit", actor=officer, contract=contract, kind=kind, visited_at=moment,
                place="赤峰红山社会组织公益实践园", findings=findings, no_photo_reason="演示记录，资料没有照片",
            )


def _report(contract: Contract) -> None:
    with _at(2021, 1, 12, 16, 0):
        report = perform(
            SupplierReport(contract=contract, number=1, kind="MID_TERM", period_from=STARTS_ON, period_until=REPORTED_UNTIL),
            "expect", actor=system_actor(),
        )
    with _at(2021, 1, 12, 16, 40):
        perform(
            report, "submit", actor=_person("hongyi_head"), income=None, expenditure=None, ledger_kept=False,
            narrative="协议时间过半，各项工作均按照协议约定推进；受疫情影响，“金点子”大赛项目未能落地实施。对接资源 41.54 万元。",
            rows=[{"order": order, "text": text} for order, (_quantity, _standing, text) in enumerate(HALF_YEAR, 1)],
        )
